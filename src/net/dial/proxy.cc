#include "net/dial/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/encoding.h"
#include "net/loop/network.h"
#include "wire/ascii.h"
#include "wire/http_writer.h"

namespace gatehouse::net {
namespace {

constexpr int kLoopDetected = 508;  // RFC 5842 §7.2

Error WrongProxy(std::string_view why) {
  return {ErrorCode::kInvalidArgument, "the proxy's URL is not understood: " + std::string(why)};
}

std::optional<std::uint16_t> ReadPort(std::string_view digits) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && port != 0 ? std::optional(port) : std::nullopt;
}

// Splits "host", "host:port", "[v6]:port"; a bare IPv6 address has no port. Port 0: none given.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<HostPort> SplitHostPort(std::string_view text) {
  HostPort out;
  std::string_view port;
  if (text.starts_with('[')) {
    std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    out.host = wire::ToLower(text.substr(1, end - 1));
    std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
    if (rest == ":") return std::nullopt;
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    out.host = wire::ToLower(text.substr(0, text.find(':')));
    port = text.substr(text.find(':') + 1);
    if (port.empty()) return std::nullopt;
  } else {
    out.host = wire::ToLower(text);
  }
  bool is_clean = std::none_of(out.host.begin(), out.host.end(),
                               [](unsigned char c) { return c <= ' ' || c >= 0x7f; });
  if (out.host.empty() || !is_clean) return std::nullopt;
  if (port.empty()) return out;
  std::optional<std::uint16_t> number = ReadPort(port);
  if (!number) return std::nullopt;
  out.port = *number;
  return out;
}

// An address as 4 or 16 bytes; empty if text is none.
std::string AddressBytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool IsInRange(const std::string& host, const std::string& range) {
  std::size_t slash = range.find('/');
  if (slash == std::string::npos) return false;
  std::string address = AddressBytes(host), network = AddressBytes(range.substr(0, slash));
  std::size_t bits = 0;
  const char* end = range.data() + range.size();
  auto read = std::from_chars(range.data() + slash + 1, end, bits);
  if (read.ec != std::errc() || read.ptr != end) return false;
  if (address.empty() || address.size() != network.size() || bits > 8 * address.size()) {
    return false;
  }
  for (std::size_t bit = 0; bit < bits; ++bit) {
    int difference = address[bit / 8] ^ network[bit / 8];
    if (difference >> (7 - bit % 8) & 1) return false;
  }
  return true;
}

bool IsLocal(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  return AddressBytes(host).size() == 4 && host.starts_with("127.");
}

// "*", "host", "host:port", "domain" and ".domain" (the hosts below too), "10.0.0.0/8".
bool Excepts(const std::string& exception, const std::string& host, std::uint16_t port) {
  if (exception == "*" || IsInRange(host, exception)) return true;
  std::optional<HostPort> parts = SplitHostPort(exception);
  if (!parts || (parts->port != 0 && parts->port != port)) return false;
  std::string domain = parts->host.substr(parts->host.find_first_not_of("*.") == std::string::npos
                                              ? parts->host.size()
                                              : parts->host.find_first_not_of("*."));
  return !domain.empty() && (host == domain || host.ends_with("." + domain));
}

}  // namespace

Result<Proxy> ParseProxy(std::string_view url) {
  std::size_t scheme_end = url.find("://");
  if (scheme_end != std::string_view::npos) {
    std::string scheme = wire::ToLower(url.substr(0, scheme_end));
    if (scheme != "http") {
      return Error{ErrorCode::kUnsupported, fmt::format("a proxy of the kind {}:// is not "
                                                        "supported, only http://",
                                                        scheme)};
    }
    url.remove_prefix(scheme_end + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  Proxy proxy;
  if (std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    std::string_view user = url.substr(0, at);
    std::string_view password;
    if (std::size_t colon = user.find(':'); colon != std::string_view::npos) {
      password = user.substr(colon + 1);
      user = user.substr(0, colon);
    }
    proxy.authorization = "Basic " + base::EncodeBase64(base::DecodePercent(user) + ":" +
                                                        base::DecodePercent(password));
    url.remove_prefix(at + 1);
  }
  std::optional<HostPort> parts = SplitHostPort(url);
  if (!parts)
    return WrongProxy("it is http://host:port, with user:password@ before the host if needed");
  proxy.host = parts->host;
  if (parts->port != 0) proxy.port = parts->port;
  return proxy;
}

// ---- Whom it is for ----

ProxySettings::ProxySettings(std::optional<Proxy> proxy, std::string_view no_proxy)
    : proxy_(std::move(proxy)) {
  while (!no_proxy.empty()) {
    std::size_t end = std::min(no_proxy.find_first_of(", "), no_proxy.size());
    if (end > 0) exceptions_.push_back(wire::ToLower(no_proxy.substr(0, end)));
    no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
  }
}

Result<ProxySettings> ProxySettings::Read(const EnvironmentLookup& environment) {
  auto either = [&](const char* upper, const char* lower) {
    std::string value = environment(lower).value_or("");
    return value.empty() ? environment(upper).value_or("") : value;
  };
  std::string url = either("HTTPS_PROXY", "https_proxy");
  if (url.empty()) return ProxySettings();
  Result<Proxy> proxy = ParseProxy(url);
  if (!proxy) return Error{proxy.error().code, "HTTPS_PROXY: " + proxy.error().message};
  return ProxySettings(std::move(*proxy), either("NO_PROXY", "no_proxy"));
}

const Proxy* ProxySettings::For(std::string_view host, std::uint16_t port) const {
  std::string name = wire::ToLower(host);
  if (!proxy_ || IsLocal(name)) return nullptr;
  bool excepted = std::any_of(exceptions_.begin(), exceptions_.end(),
                              [&](const std::string& e) { return Excepts(e, name, port); });
  return excepted ? nullptr : &*proxy_;
}

// ---- CONNECT ----

std::string ToAuthority(std::string_view host, std::uint16_t port) {
  return Address{std::string(host), port}.ToString();
}

ProxyHandshake::ProxyHandshake(const Proxy& proxy, std::string_view host, std::uint16_t port)
    : name_(ToAuthority(proxy.host, proxy.port)), parser_(wire::HttpParser::kResponses) {
  std::string authority = ToAuthority(host, port);
  std::vector<wire::HttpField> fields{{"Host", authority}, {"User-Agent", "gatehouse"}};
  if (!proxy.authorization.empty()) {
    fields.push_back({"Proxy-Authorization", proxy.authorization});
  }
  if (!proxy.via.empty()) fields.push_back({"Via", proxy.via});
  wire::AppendRequestHead(request_, "CONNECT", authority, fields);
}

Result<std::size_t> ProxyHandshake::Read(std::string_view input) {
  wire::HttpStep step = parser_.Parse(input);
  if (step.kind == wire::HttpStep::kNeedMore) return step.consumed;
  if (step.kind == wire::HttpStep::kError) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("the answer of the proxy {} is no HTTP: {}", name_, step.reason)};
  }
  const wire::HttpHead& head = parser_.head();
  if (head.status / 100 != 2) {
    const bool is_circle = head.status == kLoopDetected;
    std::string hint = head.status == 407 ? " (user:password@ in its URL)" : "";
    if (is_circle) hint = ": HTTPS_PROXY leads in a circle";
    return Error{
        is_circle ? ErrorCode::kConflict : ErrorCode::kUnavailable,
        fmt::format("the proxy {} answers {} {}{}", name_, head.status, head.reason, hint)};
  }
  done_ = true;
  return step.consumed;
}

}  // namespace gatehouse::net
