#include "apps/chat/client/format.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "gatehouse/json.h"

namespace gatehouse::chat {
namespace {

using Value = std::optional<std::string_view>;

std::string MessageLine(std::string_view from, std::string_view text) {
  return "📨 Message from " + base::EscapeForTerminal(from) + ": " + base::EscapeForTerminal(text);
}

std::string WarningLine(std::string_view text) { return "⚠️ " + base::EscapeForTerminal(text); }

// A JSON string decoded, any other value as its bytes.
std::string TextOf(std::string_view value) {
  return json::String(value).value_or(std::string(value));
}

std::optional<std::string> StringMember(std::string_view object, std::string_view name) {
  Value value = json::Member(object, name);
  return value ? json::String(*value) : std::nullopt;
}

// {"type":"message","payload":{"user":U,"message":M}}
std::optional<std::string> FormatBroadcast(std::string_view frame) {
  if (StringMember(frame, "type") != "message") return std::nullopt;
  Value payload = json::Member(frame, "payload");
  if (!payload) return std::nullopt;
  Value user = json::Member(*payload, "user");
  Value message = json::Member(*payload, "message");
  if (!user || !message) return std::nullopt;
  return MessageLine(TextOf(*user), TextOf(*message));
}

// {"operationType":T,"from":ID,"user":U,"message":V}
std::optional<std::string> FormatDirect(std::string_view frame) {
  Value type = json::Member(frame, "operationType");
  Value from = json::Member(frame, "from");
  Value message = json::Member(frame, "message");
  if (!type || !from || !message) return std::nullopt;
  Value user = json::Member(frame, "user");
  return MessageLine(TextOf(user ? *user : *from) + " [" + TextOf(*type) + "]", *message);
}

// The gateway's {"message":M,"connectionId":…,"requestId":…}
std::optional<std::string> FormatGatewayError(std::string_view frame) {
  std::optional<std::string> message = StringMember(frame, "message");
  if (!message || !json::Member(frame, "connectionId") || !json::Member(frame, "requestId")) {
    return std::nullopt;
  }
  return WarningLine(*message);
}

// The chat's {"error":E,"action":A[,"connectionId":ID]}
std::optional<std::string> FormatFailure(std::string_view frame) {
  std::optional<std::string> error = StringMember(frame, "error");
  if (!error) return std::nullopt;
  if (Value id = json::Member(frame, "connectionId")) {
    return WarningLine(*error + ": " + TextOf(*id));
  }
  Value action = json::Member(frame, "action");
  return WarningLine(action ? *error + " (" + TextOf(*action) + ")" : *error);
}

// {"connectionId":ID}, and nothing else that a frame we know would have.
std::optional<std::string> ConnectionIdOf(std::string_view frame) {
  for (std::string_view other : {"message", "error", "type", "operationType"}) {
    if (json::Member(frame, other)) return std::nullopt;
  }
  return StringMember(frame, "connectionId");
}

}  // namespace

ShownFrame FormatFrame(std::string_view frame) {
  if (json::IsObject(frame)) {
    if (auto line = FormatBroadcast(frame)) return {.text = *std::move(line)};
    if (auto line = FormatDirect(frame)) return {.text = *std::move(line)};
    if (auto line = FormatGatewayError(frame)) return {false, true, true, *std::move(line)};
    if (auto line = FormatFailure(frame)) return {false, false, true, *std::move(line)};
    if (auto id = ConnectionIdOf(frame)) {
      return {.is_connection_id = true, .text = base::EscapeForTerminal(*id)};
    }
  }
  return {.text = MessageLine("server", frame)};
}

std::string FormatRaw(std::string_view frame, bool for_terminal) {
  std::string line;
  if (json::IsValid(frame)) {
    line = frame;
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  } else {
    for (char c : frame) {
      if (c == '\n' || c == '\r') {
        line += c == '\n' ? "\\n" : "\\r";
      } else {
        line += c;
      }
    }
  }
  return for_terminal ? base::EscapeForTerminal(line) : line;
}

}  // namespace gatehouse::chat
