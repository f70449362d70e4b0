// The local certificate authority: one per user, made when first needed, so that clients can trust
// what gatehouse serves as AWS's own names. It is constrained to localhost, the loopback addresses
// and amazonaws.com, so a stolen key forges nothing else. Blocks on files; any thread.
//
// Files, in its folder (0700): authority.key (0600) and authority.pem, the certificate. Each is
// replaced by rename, under a lock, so processes that start at once end with one authority. The
// certificate is renewed with the same key in its last 90 days: whoever trusts the old one trusts
// what the new one signs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gatehouse/result.h"
#include "net/loop/env_variables.h"
#include "net/tls/tls.h"

namespace gatehouse::net {

class Authority {
 public:
  // $XDG_DATA_HOME/gatehouse/ca, else $HOME/.local/share/gatehouse/ca.
  // Errors: kInvalidArgument when neither says where.
  static Result<std::string> DefaultFolder(const EnvironmentLookup& environment);

  // Reads the authority of that folder; makes or renews it when it must.
  // Errors: kIo; kInvalidArgument with a sentence when its files are damaged.
  static Result<Authority> Open(const std::string& folder, base::Millis now);
  // The certificate (PEM) if that folder has an authority; makes nothing, and looks at nothing but
  // its first line, so that reading it costs a reader of OpenSSL nothing.
  static std::optional<std::string> Find(const std::string& folder);

  const std::string& certificate() const { return certificate_; }  // PEM

  // Names of a server in that region (docs/aws/lambda.md §11.2) and further domains.
  struct Names {
    std::string region;
    std::vector<std::string> domains;
  };
  // A new key and a certificate for those names, kept in memory only. Domains that the authority
  // may not vouch for (see Covers) are left out.
  Result<TlsIdentity> IssueServer(const Names& names, base::Millis now) const;
  static bool Covers(const std::string& domain);
  // The region in one of AWS's host names: "eu-west-1" in "a.execute-api.eu-west-1.amazonaws.com";
  // empty when there is none.
  static std::string RegionOf(const std::string& host);

 private:
  Authority(std::string key, std::string certificate, base::Millis until)
      : key_(std::move(key)), certificate_(std::move(certificate)), until_(until) {}

  std::string key_;
  std::string certificate_;
  base::Millis until_;
};

// The system's root certificates and `own`, one PEM text: for programs whose setting replaces the
// system's set (AWS_CA_BUNDLE, SSL_CERT_FILE). `system_file` overrides where the system's are (the
// user's own SSL_CERT_FILE); without any found, `own` alone.
Result<std::string> CaBundle(const std::string& own, const std::optional<std::string>& system_file);

}  // namespace gatehouse::net
