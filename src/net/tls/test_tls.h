// An authority and servers' identities made on the spot, and a client of OpenSSL's own over a raw
// peer's bytes; for tests.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "net/loop/test_peer.h"
#include "net/socket/listener.h"
#include "net/tls/certificates.h"
#include "net/tls/tls.h"
#include "net/tls/tls_filter.h"

namespace gatehouse::net {

struct TestAuthority {
  TestAuthority() : key(NewPrivateKey()) {
    AuthorityRequest request;
    request.common_name = "test authority";
    request.dns_names = {"localhost", "amazonaws.com"};
    request.address_ranges = {"127.0.0.0/255.0.0.0"};
    request.lifetime = {Now() - std::chrono::hours(1000), Now() + std::chrono::hours(1000)};
    Result<std::string> made = MakeAuthority(key, request);
    EXPECT_TRUE(made);
    if (made) certificate = *made;
  }
  static base::Millis Now() { return base::SystemClock().WallNow(); }

  // For that name; valid from and until so many hours from now.
  TlsIdentity Issue(const std::string& name, int from_hours = -1, int to_hours = 100) const {
    LeafRequest request;
    request.common_name = "test";  // no name: constraints would count it as one
    if (name.find_first_not_of("0123456789.") == std::string::npos) {
      request.addresses = {name};
    } else {
      request.dns_names = {name};
    }
    request.lifetime = {Now() + std::chrono::hours(from_hours),
                        Now() + std::chrono::hours(to_hours)};
    TlsIdentity identity;
    identity.private_key = NewPrivateKey();
    Result<std::string> leaf = MakeLeaf(identity.private_key, request, certificate, key);
    EXPECT_TRUE(leaf) << (leaf ? "" : leaf.error().message);
    if (leaf) identity.certificate_chain = *leaf;
    return identity;
  }

  TlsTrust Trust() const {
    TlsTrust trust;
    trust.system_roots = false;
    trust.ca_pems = {certificate};
    return trust;
  }

  std::string key;
  std::string certificate;
};

inline const TestAuthority& TheAuthority() {
  static const TestAuthority authority;
  return authority;
}

inline std::unique_ptr<TlsServer> NewTlsServer(TlsServerOptions options = {}) {
  static const TlsIdentity identity = TheAuthority().Issue("localhost");
  auto server = TlsServer::Create(identity, options);
  EXPECT_TRUE(server);
  return std::move(*server);
}

// OpenSSL as a client, over a peer's bytes.
class TlsPeer {
 public:
  struct Options {
    int version_max = TLS1_3_VERSION;
    int version_min = TLS1_VERSION;
    std::string alpn;                // in wire form
    std::string name = "localhost";  // that the certificate must bear
    std::string asked_name;          // SNI
  };

  TlsPeer(TestWorld& world, Peer peer) : TlsPeer(world, peer, Options()) {}
  TlsPeer(TestWorld& world, Peer peer, const Options& options)
      : world_(world), peer_(peer), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), options.version_min);
    SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
    if (!options.alpn.empty()) {
      SSL_CTX_set_alpn_protos(context_.get(),
                              reinterpret_cast<const unsigned char*>(options.alpn.data()),
                              static_cast<unsigned>(options.alpn.size()));
    }
    const std::string& pem = TheAuthority().certificate;
    OpenSslPtr<BIO, BIO_free> reader(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    OpenSslPtr<X509, X509_free> root(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), root.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set1_host(ssl_.get(), options.name.c_str());
    if (!options.asked_name.empty()) {
      SSL_set_tlsext_host_name(ssl_.get(), options.asked_name.c_str());
    }
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
  }

  Peer& raw() { return peer_; }
  SSL* ssl() { return ssl_.get(); }

  // What SSL_get_error says when the handshake neither goes on nor waits; 0 when it is done.
  int Handshake() {
    for (int rounds = 0; rounds < 20'000; ++rounds) {
      ERR_clear_error();
      int done = SSL_do_handshake(ssl_.get());
      int error = SSL_get_error(ssl_.get(), done);
      Push();
      if (done == 1) return 0;
      if (error != SSL_ERROR_WANT_READ) return error;
      world_.Settle();
      if (!Pull() && peer_.ended()) return SSL_ERROR_SYSCALL;
    }
    ADD_FAILURE() << "the handshake does not end";
    return -1;
  }

  void Send(std::string_view text) {
    if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) {
      ADD_FAILURE() << "cannot send " << TakeError();
    }
    Push();
  }

  // What has arrived, decrypted; last_error() tells why there is no more (WANT_READ usually).
  std::string Take() {
    std::string text;
    char part[16384];
    for (;;) {
      ERR_clear_error();
      int n = SSL_read(ssl_.get(), part, sizeof part);
      if (n > 0) {
        text.append(part, static_cast<std::size_t>(n));
        continue;
      }
      last_error_ = SSL_get_error(ssl_.get(), n);
      if (last_error_ != SSL_ERROR_WANT_READ || !Pull()) return text;
    }
  }
  std::string Ask(std::string_view text) {
    Send(text);
    world_.Settle();
    return Take();
  }
  // Takes until that many bytes have come.
  std::string TakeAll(std::size_t size) {
    std::string text = Take();
    for (int rounds = 0; text.size() < size && rounds < 100'000; ++rounds) {
      world_.loop.Turn(std::chrono::nanoseconds{0});
      text += Take();
    }
    return text;
  }
  bool got_close_notify() { return Take().empty() && last_error_ == SSL_ERROR_ZERO_RETURN; }
  int last_error() const { return last_error_; }

  void SendCloseNotify() {
    SSL_shutdown(ssl_.get());
    Push();
  }
  // Our encrypted bytes that are not sent yet.
  std::string TakeOutgoing() {
    char* data = nullptr;
    long size = BIO_get_mem_data(out_, &data);
    std::string bytes(data, static_cast<std::size_t>(size));
    (void)BIO_reset(out_);
    return bytes;
  }
  void Push() { peer_.Send(TakeOutgoing()); }
  // Hands what the peer's socket has to OpenSSL; false: there was nothing.
  bool Pull() {
    std::string bytes = peer_.Take();
    if (!bytes.empty()) BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    return !bytes.empty();
  }

 private:
  static std::string TakeError() {
    unsigned long code = ERR_get_error();
    return code ? ERR_reason_error_string(code) : "";
  }

  TestWorld& world_;
  Peer peer_;
  SslContextPtr context_;
  SslPtr ssl_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  int last_error_ = 0;
};

// Sockets that speak TLS as soon as they are accepted.
struct TlsGreeter final : Listener::Greeter {
  TlsGreeter(Sockets& sockets, TlsServer& tls, Listener::Greeter& next)
      : sockets_(sockets), tls_(tls), next_(next) {}
  void OnAccepted(std::uint32_t slot) override {
    next_.OnAccepted(slot);
    sockets_.SetFilter(slot, tls_.Accept());
  }
  Sockets& sockets_;
  TlsServer& tls_;
  Listener::Greeter& next_;
};

}  // namespace gatehouse::net
