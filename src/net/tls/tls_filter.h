// One connection's TLS over memory: OpenSSL reads what Sockets hands in and writes into the string
// it is given. For tls.cc only.
#pragma once

#include <cstddef>
#include <memory>

#include <openssl/ssl.h>

#include "net/socket/filter.h"

namespace gatehouse::net {

template <auto kFree>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <class T, auto kFree>
using OpenSslPtr = std::unique_ptr<T, OpenSslFree<kFree>>;

using SslContextPtr = OpenSslPtr<SSL_CTX, SSL_CTX_free>;
using SslPtr = OpenSslPtr<SSL, SSL_free>;

class TlsFilter final : public Filter {
 public:
  // A client's connection has a name to verify; handshakes (if any) counts those under way.
  TlsFilter(SslPtr ssl, std::string name, std::shared_ptr<std::size_t> handshakes);
  ~TlsFilter() override;

  void Start(std::string& sealed) override;
  std::size_t Unseal(std::string_view bytes, std::span<char> plain, std::string& sealed) override;
  bool Seal(std::string_view plain, std::string& sealed) override;
  void End(std::string& sealed) override;
  std::string error() const override { return error_; }

  // For the verification's callback: the first reason counts.
  static int OnVerify(int ok, X509_STORE_CTX* store);

  // How OpenSSL reaches the bytes of the call under way.
  struct Wire {
    std::string_view in;
    std::string* out = nullptr;
  };

 private:
  void Judge(int result);
  void HandshakeOver();

  Wire wire_;
  SslPtr ssl_;
  const std::string name_;
  std::shared_ptr<std::size_t> handshakes_;  // while ours is under way
  std::string error_;
  std::string verify_error_;
};

}  // namespace gatehouse::net
