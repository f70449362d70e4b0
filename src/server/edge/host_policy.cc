#include "server/edge/host_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "wire/ascii.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kExecuteApi = ".execute-api.";
constexpr std::string_view kAmazon = ".amazonaws.com";
constexpr std::size_t kHostBytesMax = 255 + 6;  // a name of DNS's and a port: connections keep it

// "localhost:4566" → "localhost", "[::1]:80" → "::1"; empty if the port is no number.
std::string_view WithoutPort(std::string_view host) {
  std::string_view rest;
  if (host.starts_with('[')) {
    std::size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    rest = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else {
    std::size_t colon = std::min(host.find(':'), host.size());
    rest = host.substr(colon);
    host = host.substr(0, colon);
  }
  bool digits = rest.size() <= 6 && std::all_of(rest.begin() + (rest.empty() ? 0 : 1), rest.end(),
                                                [](unsigned char c) { return std::isdigit(c); });
  return rest.empty() || (rest[0] == ':' && digits) ? host : std::string_view();
}

bool IsLoopbackAddress(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return host.starts_with("127.");
  return host == "::1";
}

}  // namespace

std::optional<UrlParts> SplitUrl(std::string_view url) {
  std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  UrlParts parts;
  parts.scheme = url.substr(0, colon);
  std::string_view rest = url.substr(colon + 3);
  std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  parts.host = rest.substr(0, slash);
  parts.path = rest.substr(slash);
  if (parts.host.empty() || parts.host.find('@') != std::string_view::npos) return std::nullopt;
  return parts;
}

bool HostPolicy::IsOurs(std::string_view host) const {
  if (host.size() > kHostBytesMax) return false;
  std::string name = wire::ToLower(WithoutPort(host));
  if (name.empty()) return false;
  if (name == "localhost" || IsLoopbackAddress(name)) return true;
  if (name.size() > kAmazon.size() && name.ends_with(kAmazon)) return true;
  return std::any_of(domains_.begin(), domains_.end(),
                     [&](const std::string& domain) { return wire::ToLower(domain) == name; });
}

std::string_view HostPolicy::ApiIdOf(std::string_view host) {
  std::string_view name = WithoutPort(host);
  std::size_t at = name.find(kExecuteApi);
  bool amazon = name.ends_with(kAmazon) && name.size() > at + kExecuteApi.size() + kAmazon.size();
  return at == std::string_view::npos || !amazon ? std::string_view() : name.substr(0, at);
}

bool HostPolicy::IsSameOrigin(std::string_view origin, std::string_view host, bool tls) {
  std::optional<UrlParts> parts = SplitUrl(origin);
  if (!parts || !parts->path.empty() || (tls && parts->scheme != "https")) return false;
  return wire::ToLower(parts->host) == wire::ToLower(host);
}

bool HostPolicy::IsLoopback(std::string_view host) {
  std::string name = wire::ToLower(WithoutPort(host));
  return name == "localhost" || IsLoopbackAddress(name);
}

}  // namespace gatehouse::server
