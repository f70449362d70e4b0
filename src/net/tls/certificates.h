// Making X.509 certificates with ECDSA P-256 keys (OpenSSL 3); PEM texts in and out. Pure but for
// OpenSSL's randomness; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gatehouse/result.h"

namespace gatehouse::net {

struct CertificateLifetime {
  base::Millis from{};
  base::Millis to{};
};

std::string NewPrivateKey();  // PEM, PKCS #8

// A self-signed authority for `key`, constrained to those names: DNS names with what is below them,
// and address ranges as "127.0.0.0/255.0.0.0".
struct AuthorityRequest {
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<std::string> address_ranges;
  CertificateLifetime lifetime;
};
Result<std::string> MakeAuthority(const std::string& key, const AuthorityRequest& request);

// A server's certificate for `key`, signed by the authority.
struct LeafRequest {
  std::string common_name;
  std::vector<std::string> dns_names;  // may begin with "*."
  std::vector<std::string> addresses;
  CertificateLifetime lifetime;
};
Result<std::string> MakeLeaf(const std::string& key, const LeafRequest& request,
                             const std::string& authority, const std::string& authority_key);

// What one must know of a certificate that was read from a file.
struct CertificateFacts {
  bool is_authority = false;
  CertificateLifetime lifetime;
};
// Errors: kInvalidArgument when it is no certificate, or the key is not its key.
Result<CertificateFacts> ReadCertificate(const std::string& certificate, const std::string& key);

}  // namespace gatehouse::net
