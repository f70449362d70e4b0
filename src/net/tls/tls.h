// TLS 1.2 and 1.3 (OpenSSL 3) as filters of sockets. No session cache, no tickets, no
// renegotiation, ALPN http/1.1; an idle connection costs OpenSSL's own 14 KB or so and no buffers.
// Both kinds are made once and used on one loop's thread, as are the filters they make.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/function.h"
#include "gatehouse/result.h"
#include "net/socket/filter.h"

namespace gatehouse::net {

// Who a server is: PEM texts. The chain has the leaf first.
struct TlsIdentity {
  std::string certificate_chain;
  std::string private_key;
};

struct TlsServerOptions {
  std::size_t handshakes_max = 4096;  // under way at once; further sockets are told to go away
};

class TlsServer {
 public:
  // Errors: kInvalidArgument when the identity is no certificate with its key.
  static Result<std::unique_ptr<TlsServer>> Create(const TlsIdentity& identity,
                                                   TlsServerOptions options = {});
  ~TlsServer();

  // Asked when a client names a host (SNI, as it wrote it) whose name no identity bears. What it
  // gives is kept and serves every name that it bears; for nothing, and once kIdentitiesMax are
  // kept, the client is shown the first identity.
  using IdentityMaker = base::UniqueFunction<std::optional<TlsIdentity>(const std::string& name)>;
  static constexpr std::size_t kIdentitiesMax = 9;
  void UseFurtherIdentities(IdentityMaker maker);

  // For an accepted socket. Nothing while handshakes_max are under way.
  std::unique_ptr<Filter> Accept();
  std::size_t handshakes() const;

 private:
  struct State;
  explicit TlsServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whom a client believes.
struct TlsTrust {
  bool system_roots = true;           // OpenSSL's defaults, with SSL_CERT_FILE and SSL_CERT_DIR
  std::vector<std::string> ca_files;  // PEM; each must exist and hold a certificate
  std::vector<std::string> ca_pems;   // PEM texts
};

class TlsClient {
 public:
  // Errors: kInvalidArgument, naming the file that is no certificate.
  static Result<std::unique_ptr<TlsClient>> Create(const TlsTrust& trust);
  ~TlsClient();

  // For a connection to `name`, a host name or an IP address, which the certificate must bear.
  std::unique_ptr<Filter> Connect(const std::string& name);

 private:
  struct State;
  explicit TlsClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::net
