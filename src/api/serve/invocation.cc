#include "api/serve/invocation.h"

#include <algorithm>
#include <array>

#include "api/language/request_view.h"
#include "base/encoding.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kSpareBodyBytesMax = 4096;  // what a spare invocation may keep

// Hop-by-hop, or written anew by the gateway.
bool IsDropped(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kDropped = {
      "connection",       "upgrade",           "content-length", "x-amzn-trace-id",
      "x-forwarded-port", "x-forwarded-proto", "x-forwarded-for"};
  return std::any_of(kDropped.begin(), kDropped.end(),
                     [&](std::string_view dropped) { return EqualsIgnoringCase(name, dropped); });
}

// Events are JSON: bytes of clients that are no UTF-8 become U+FFFD.
const std::string& KeepText(Invocation& invocation, std::string_view bytes) {
  return invocation.Keep(wire::ToUtf8(bytes));
}

void TakeQuery(Invocation& invocation, std::string_view query) {
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    std::size_t equals = std::min(pair.find('='), pair.size());
    std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    const std::string& name =
        KeepText(invocation, base::DecodePercent(pair.substr(0, equals), true));
    const std::string& decoded = KeepText(invocation, base::DecodePercent(value, true));
    invocation.query.push_back({name, decoded});
  }
}

}  // namespace

const std::string& Invocation::Keep(std::string text) {
  texts.push_back(std::move(text));
  return texts.back();
}

void Invocation::BindEvent(std::int64_t now_ms) {
  static constexpr std::string_view kTypes[] = {"CONNECT", "MESSAGE", "DISCONNECT"};
  static constexpr std::string_view kKeys[] = {"$connect", "", "$disconnect"};
  auto index = static_cast<std::size_t>(kind);
  context.event_type = kTypes[index];
  context.route_key = route ? std::string_view(route->key) : kKeys[index];
  context.message_id = kind == Kind::kMessage ? std::string_view(message_id) : std::string_view();
  context.request_id = request_id;
  context.request_time_epoch = now_ms;
  context.disconnect_reason = disconnect_reason;
  event.body = body;
  event.headers = headers;
  event.query = query;
}

void Invocation::Take(net::SocketRef of_socket, const std::shared_ptr<const Stage>& of_stage,
                      const Connection& record) {
  // A socket becomes one connection at most, whose texts never change once $connect has run.
  if (kind != Kind::kConnect && socket == of_socket && stage == of_stage) {
    connection.last_active_at = record.last_active_at;
    return;
  }
  socket = of_socket;
  stage = of_stage;
  connection = record;
  context.connection_id = connection.id;
  context.domain_name = connection.domain_name;
  context.source_ip = connection.source_ip;
  context.user_agent = connection.user_agent;
  context.connected_at = connection.connected_at;
  context.api_id = stage->api_id();
  context.stage = stage->name();
  event.request_context = &context;
}

// What BindEvent and Take write anew stays as it is.
void Invocation::Reset() {
  route = nullptr;
  metrics = nullptr;
  timer.reset();
  timed_out = false;
  has_invalid_body = false;
  done_flag = nullptr;
  if (body.capacity() > kSpareBodyBytesMax) std::string().swap(body);
  body.clear();
  if (headers.empty()) return;  // a message, which has nothing of the rest
  is_departure = false;
  disconnect_reason.clear();
  accept_key.clear();
  extensions = {};
  texts.clear();
  headers.clear();
  query.clear();
  context.disconnect_status_code = 0;
}

void TakeHandshake(Invocation& invocation, const wire::HttpHead& head, const Arrival& arrival,
                   const std::string& source_ip, const std::string& trace_id) {
  for (const wire::HttpField& field : head.fields) {
    if (IsDropped(field.name)) continue;
    const std::string& name = invocation.Keep(std::string(field.name));
    const std::string& value = KeepText(invocation, field.value);
    invocation.headers.push_back({name, value});
  }
  std::string forwarded_for;
  if (auto given = head.Find("X-Forwarded-For")) forwarded_for = wire::ToUtf8(*given) + ", ";
  auto add = [&](std::string_view name, std::string value) {
    invocation.headers.push_back({name, invocation.Keep(std::move(value))});
  };
  add("X-Amzn-Trace-Id", trace_id);
  add("X-Forwarded-For", forwarded_for + source_ip);
  add("X-Forwarded-Port", arrival.forwarded_port);
  add("X-Forwarded-Proto", arrival.forwarded_proto);
  std::size_t question = head.target.find('?');
  if (question != std::string_view::npos) TakeQuery(invocation, head.target.substr(question + 1));
}

void TakeDisconnectHeaders(Invocation& invocation) {
  invocation.headers = {{"Host", invocation.connection.domain_name},
                        {"x-api-key", ""},
                        {"X-Forwarded-For", ""},
                        {"x-restapi", ""}};
}

}  // namespace gatehouse::api
