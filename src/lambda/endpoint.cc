#include "lambda/endpoint.h"

#include <algorithm>
#include <charconv>

#include "net/dial/proxy.h"

namespace gatehouse::lambda {
namespace {

Error NoEndpoint(std::string_view url) {
  return {ErrorCode::kInvalidArgument,
          "\"" + std::string(url) + "\" is no URL like https://host/path"};
}

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':';
}

// Also an IPv6 address; where a port stood, it is gone by now.
bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), IsHostCharacter);
}

std::string UpperCase(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string Get(const net::EnvironmentLookup& environment, const std::string& name) {
  return environment(name).value_or("");
}

}  // namespace

std::string Endpoint::Authority() const {
  std::string authority = net::ToAuthority(host, port);
  if (port == (tls ? 443 : 80)) authority.resize(authority.rfind(':'));
  return authority;
}

Result<Endpoint> ParseEndpoint(std::string_view url) {
  Endpoint endpoint;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    endpoint.tls = false;
    endpoint.port = 80;
  } else {
    return NoEndpoint(url);
  }
  std::string_view authority = rest.substr(0, rest.find('/'));
  std::string_view path = rest.substr(authority.size());
  while (path.ends_with('/')) path.remove_suffix(1);
  bool is_plain = std::all_of(path.begin(), path.end(),
                              [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; });
  if (!is_plain) return NoEndpoint(url);
  endpoint.path = path;
  std::size_t bracket = authority.rfind(']');
  std::size_t colon = authority.rfind(':');
  bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (has_port) {
    std::string_view digits = authority.substr(colon + 1);
    auto end = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    bool whole = end.ec == std::errc() && end.ptr == digits.data() + digits.size();
    if (!whole || endpoint.port == 0) return NoEndpoint(url);
    authority = authority.substr(0, colon);
  }
  bool is_bracketed = authority.starts_with('[') && authority.ends_with(']');
  if (is_bracketed) authority = authority.substr(1, authority.size() - 2);
  bool has_colons = authority.find(':') != std::string_view::npos;
  if (!IsHost(authority) || has_colons != is_bracketed) return NoEndpoint(url);
  endpoint.host = authority;
  return endpoint;
}

std::optional<std::string> ConfiguredEndpointUrl(const net::EnvironmentLookup& environment,
                                                 std::string_view variable) {
  if (UpperCase(Get(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "TRUE") return {};
  std::string own = Get(environment, "AWS_ENDPOINT_URL_" + std::string(variable));
  if (!own.empty()) return own;
  std::string all = Get(environment, "AWS_ENDPOINT_URL");
  return all.empty() ? std::nullopt : std::optional(all);
}

Result<Endpoint> ServiceEndpoint(const net::EnvironmentLookup& environment, std::string_view name,
                                 std::string_view region) {
  if (auto url = ConfiguredEndpointUrl(environment, UpperCase(name))) return ParseEndpoint(*url);
  if (region.empty()) return Error{ErrorCode::kInvalidArgument, "AWS_REGION is not set"};
  std::string_view suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return ParseEndpoint("https://" + std::string(name) + "." + std::string(region) +
                       std::string(suffix));
}

std::string EncodeSegment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace gatehouse::lambda
