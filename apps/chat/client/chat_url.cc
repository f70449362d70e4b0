#include "apps/chat/client/chat_url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "wire/utf8.h"

namespace gatehouse::chat {
namespace {

Error Wrong(std::string_view url, std::string_view why) {
  return {ErrorCode::kInvalidArgument, "\"" + std::string(url) + "\": " + std::string(why)};
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes "scheme://" off the front; nothing if there is none.
std::optional<std::string> TakeScheme(std::string_view& rest) {
  std::size_t end = rest.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  std::string scheme(rest.substr(0, end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), Lower);
  rest.remove_prefix(end + 3);
  return scheme;
}

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '.' || c == '-' ||
         c == '_';
}

bool IsAddressCharacter(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'f') || c == ':' || c == '.';
}

std::optional<std::uint16_t> ReadPort(std::string_view digits) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

// host, [IPv6], either with ":port". What is wrong with it, or nothing.
std::optional<std::string_view> ReadAuthority(std::string_view authority, ChatUrl& out) {
  std::string_view host = authority;
  std::string_view after;
  const bool bracket = authority.starts_with('[');
  if (bracket) {
    std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return "the address has no closing bracket";
    host = authority.substr(1, end - 1);
    after = authority.substr(end + 1);
  } else if (std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    after = authority.substr(colon);
  }
  if (host.empty()) return "there is no host";
  if (!std::all_of(host.begin(), host.end(), bracket ? IsAddressCharacter : IsHostCharacter)) {
    return "this is no host name or address (an IPv6 address stands in brackets)";
  }
  if (!after.empty()) {
    std::optional<std::uint16_t> port;
    if (after[0] == ':') port = ReadPort(after.substr(1));
    if (!port) return "the port must be a number from 1 to 65535";
    out.port = *port;
  }
  out.host = host;
  out.host_header = bracket ? "[" + out.host + "]" : out.host;
  if (out.port != (out.secure ? 443 : 80)) out.host_header += ":" + std::to_string(out.port);
  return std::nullopt;
}

bool IsTargetCharacter(char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>'; }

}  // namespace

std::string EncodePercent(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (IsHostCharacter(c) || c == '~') {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<ChatUrl> ParseChatUrl(std::string_view url, std::string_view username) {
  if (url.size() > kUrlBytesMax) return Wrong(url.substr(0, 80), "the URL is too long");
  std::string_view rest = url;
  std::optional<std::string> scheme = TakeScheme(rest);
  if (scheme != "ws" && scheme != "wss") {
    return Wrong(url, "a WebSocket's URL begins with ws:// or wss://");
  }

  ChatUrl out;
  out.secure = scheme == "wss";
  out.port = out.secure ? 443 : 80;
  std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  std::string_view target = rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos)
    return Wrong(url, "user@host is not supported");
  if (auto why = ReadAuthority(authority, out)) return Wrong(url, *why);
  if (target.find('#') != std::string_view::npos) {
    return Wrong(url, "a WebSocket's URL has no #fragment");
  }
  if (!std::all_of(target.begin(), target.end(), IsTargetCharacter)) {
    return Wrong(url, "blanks and other characters outside ASCII must be written as %XX");
  }
  if (username.size() > kUsernameBytesMax || !wire::IsUtf8(username)) {
    return Wrong(url, "the user name must be UTF-8 and at most 1,024 bytes");
  }

  out.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  out.shown = *scheme + "://" + out.host_header + out.target;
  if (!username.empty()) {
    out.target += out.target.find('?') == std::string::npos ? '?' : '&';
    out.target += "username=" + EncodePercent(username);
  }
  return out;
}

}  // namespace gatehouse::chat
