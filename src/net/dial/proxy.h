// An HTTP proxy that carries TLS for us by CONNECT: who it is, whom it is for, and the client's
// half of the talk. Pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "net/loop/env_variables.h"
#include "wire/http_parser.h"

namespace gatehouse::net {

struct Proxy {
  std::string host;
  std::uint16_t port = 80;
  std::string authorization;  // of Proxy-Authorization: "Basic …"; empty: none
  std::string via;            // by whom what we pass on has come (RFC 9110 §7.6.3), us too
};

// Reads [http://][user[:password]@]host[:port][/]; user and password may be percent-encoded.
// Errors: kInvalidArgument; kUnsupported for https:// and socks proxies. They never show a
// password.
Result<Proxy> ParseProxy(std::string_view url);

// What HTTPS_PROXY and NO_PROXY (or in lower case) say.
class ProxySettings {
 public:
  ProxySettings() = default;
  ProxySettings(std::optional<Proxy> proxy, std::string_view no_proxy);
  // Errors: those of ParseProxy, naming the variable.
  static Result<ProxySettings> Read(const EnvironmentLookup& environment);

  // The proxy for a connection to that host, or null: none is set, NO_PROXY names the host, or it
  // is localhost or a loopback address.
  const Proxy* For(std::string_view host, std::uint16_t port) const;

 private:
  std::optional<Proxy> proxy_;
  std::vector<std::string> exceptions_;
};

// "host:port", an IPv6 address in brackets.
std::string ToAuthority(std::string_view host, std::uint16_t port);

// The client's half of a CONNECT: send request(), then Read what comes.
class ProxyHandshake {
 public:
  ProxyHandshake(const Proxy& proxy, std::string_view host, std::uint16_t port);

  const std::string& request() const { return request_; }
  // How much of the input is the proxy's answer; what follows is the far side's. Bytes not consumed
  // come again with more. Errors: kUnavailable with a sentence when the proxy refuses,
  // kConflict when it says that it has seen the request before.
  Result<std::size_t> Read(std::string_view input);
  bool is_done() const { return done_; }

 private:
  std::string name_;
  std::string request_;
  wire::HttpParser parser_;
  bool done_ = false;
};

}  // namespace gatehouse::net
