// What a handler receives and what it answers: the WebSocket proxy event of API Gateway and the
// proxy answer of Lambda, as plain values. Names are AWS's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

struct NameValue {
  std::string_view name;
  std::string_view value;
};

// requestContext of a WebSocket event. Times are milliseconds since 1970, UTC.
struct RequestContext {
  std::string_view route_key;   // "$connect", "$disconnect", "$default" or a custom key
  std::string_view event_type;  // "CONNECT", "MESSAGE" or "DISCONNECT"
  std::string_view connection_id;
  std::string_view message_id;  // MESSAGE only
  std::string_view request_id;
  std::string_view api_id;
  std::string_view stage;
  std::string_view domain_name;
  std::string_view source_ip;
  std::string_view user_agent;  // empty when the client sent none
  std::int64_t connected_at = 0;
  std::int64_t request_time_epoch = 0;
  int disconnect_status_code = 0;      // DISCONNECT only
  std::string_view disconnect_reason;  // DISCONNECT only
};

// One invocation's input. Its views live until the handler's task is done.
struct Event {
  // Null when the function was invoked directly instead of through a route.
  const RequestContext* request_context = nullptr;
  // Through a route: the message, UTF-8 (empty for $connect and $disconnect).
  std::string_view body;
  // Handshake headers and decoded query parameters in the order they came; $connect only.
  std::span<const NameValue> headers;
  std::span<const NameValue> query;
  // Invoked directly: the JSON that the caller gave.
  std::string_view payload;
};

// The last value of a query parameter, as AWS's queryStringParameters has it; nothing if absent.
inline std::optional<std::string_view> QueryParameter(const Event& event, std::string_view name) {
  for (auto it = event.query.rbegin(); it != event.query.rend(); ++it) {
    if (it->name == name) return it->value;
  }
  return std::nullopt;
}

// A handler's proxy answer. On $connect a status of 200 to 299 opens the connection and any other
// refuses it; on messages body is sent only if the route has a route response.
struct Answer {
  int status_code = 200;
  std::optional<std::string> body;
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace gatehouse
