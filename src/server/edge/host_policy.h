// Which Host headers are ours, and what they mean (design §7.11). Others are refused, so that a
// name that an attacker points at this machine (DNS rebinding) leads nowhere. Immutable; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

// The parts of "http://host[:port]/path".
struct UrlParts {
  std::string_view scheme;
  std::string_view host;  // with its port
  std::string_view path;  // from the first slash; may be empty
};
std::optional<UrlParts> SplitUrl(std::string_view url);

class HostPolicy {
 public:
  explicit HostPolicy(std::vector<std::string> domains) : domains_(std::move(domains)) {}

  // localhost, a loopback address, a configured domain, or a name of AWS's, which nobody else can
  // point here.
  bool IsOurs(std::string_view host) const;

  // "abc123" of "abc123.execute-api.us-east-1.amazonaws.com[:port]"; else empty.
  static std::string_view ApiIdOf(std::string_view host);

  // Whether an Origin header names the very host that was asked; tls: by TLS. Behind a proxy that
  // speaks TLS for us, https://… asks without.
  static bool IsSameOrigin(std::string_view origin, std::string_view host, bool tls);

  // Whether a Host header names this machine itself.
  static bool IsLoopback(std::string_view host);

 private:
  std::vector<std::string> domains_;
};

}  // namespace gatehouse::server
