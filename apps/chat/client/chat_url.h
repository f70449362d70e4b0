// The URL of a WebSocket as a person types it, and what the client makes of it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::chat {

struct ChatUrl {
  std::string host;  // a name or an IP address, IPv6 without its brackets
  std::uint16_t port = 80;
  bool secure = false;      // wss://
  std::string host_header;  // the host as written, with its port unless that is the scheme's own
  std::string target;       // path and query, with ?username=… if there is one
  std::string shown;        // what status lines say: without the user name
};

inline constexpr std::size_t kUrlBytesMax = 8 * 1024;
inline constexpr std::size_t kUsernameBytesMax = 1024;

// Reads ws://host[:port][/path][?query] or wss://… and appends the user name (if not empty) as the
// query parameter `username`, percent-encoded. Errors: kInvalidArgument.
Result<ChatUrl> ParseChatUrl(std::string_view url, std::string_view username);

// Everything but RFC 3986's unreserved characters as %XX.
std::string EncodePercent(std::string_view text);

}  // namespace gatehouse::chat
