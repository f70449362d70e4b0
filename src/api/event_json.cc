#include "api/event_json.h"

#include <charconv>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

// Writes members of one object; puts the commas.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void Close() { out_ += '}'; }

  std::string& Member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    json::AppendQuoted(out_, name);
    out_ += ':';
    return out_;
  }
  void String(std::string_view name, std::string_view value) {
    json::AppendQuoted(Member(name), value);
  }
  void Integer(std::string_view name, std::int64_t value) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    Member(name).append(digits, end);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

using Pairs = std::span<const NameValue>;

bool IsFirstOfItsName(Pairs pairs, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    if (pairs[i].name == pairs[index].name) return false;
  }
  return true;
}

// The single-value map holds the last value of a name, in the place of its first.
void AppendSingle(std::string& out, Pairs pairs) {
  ObjectWriter map(out);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!IsFirstOfItsName(pairs, i)) continue;
    std::string_view value = pairs[i].value;
    for (const NameValue& later : pairs.subspan(i)) {
      if (later.name == pairs[i].name) value = later.value;
    }
    map.String(pairs[i].name, value);
  }
  map.Close();
}

void AppendMulti(std::string& out, Pairs pairs) {
  ObjectWriter map(out);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!IsFirstOfItsName(pairs, i)) continue;
    map.Member(pairs[i].name) += '[';
    bool first = true;
    for (const NameValue& later : pairs.subspan(i)) {
      if (later.name != pairs[i].name) continue;
      if (!first) out += ',';
      first = false;
      json::AppendQuoted(out, later.value);
    }
    out += ']';
  }
  map.Close();
}

void AppendIdentity(std::string& out, const RequestContext& context) {
  ObjectWriter identity(out);
  if (!context.user_agent.empty()) identity.String("userAgent", context.user_agent);
  identity.String("sourceIp", context.source_ip);
  identity.Close();
}

void AppendRequestContext(std::string& out, const RequestContext& context) {
  ObjectWriter object(out);
  object.String("routeKey", context.route_key);
  bool disconnect = context.event_type == "DISCONNECT";
  if (disconnect) object.Integer("disconnectStatusCode", context.disconnect_status_code);
  if (context.event_type == "MESSAGE") object.String("messageId", context.message_id);
  object.String("eventType", context.event_type);
  object.String("extendedRequestId", context.request_id);
  object.String("requestTime", base::FormatClf(base::Millis{context.request_time_epoch}));
  object.String("messageDirection", "IN");
  if (disconnect) object.String("disconnectReason", context.disconnect_reason);
  object.String("stage", context.stage);
  object.Integer("connectedAt", context.connected_at);
  object.Integer("requestTimeEpoch", context.request_time_epoch);
  AppendIdentity(object.Member("identity"), context);
  object.String("requestId", context.request_id);
  object.String("domainName", context.domain_name);
  object.String("connectionId", context.connection_id);
  object.String("apiId", context.api_id);
  object.Close();
}

}  // namespace

void AppendEventJson(std::string& out, const Event& event, const Stage& stage) {
  CHECK(event.request_context);
  const RequestContext& context = *event.request_context;
  ObjectWriter object(out);
  if (context.event_type != "MESSAGE") {
    AppendSingle(object.Member("headers"), event.headers);
    AppendMulti(object.Member("multiValueHeaders"), event.headers);
  }
  if (!event.query.empty()) {
    AppendSingle(object.Member("queryStringParameters"), event.query);
    AppendMulti(object.Member("multiValueQueryStringParameters"), event.query);
  }
  if (!stage.variables().empty()) {
    ObjectWriter variables(object.Member("stageVariables"));
    for (const auto& [name, value] : stage.variables()) variables.String(name, value);
    variables.Close();
  }
  AppendRequestContext(object.Member("requestContext"), context);
  if (context.event_type == "MESSAGE") object.String("body", event.body);
  out += R"(,"isBase64Encoded":false})";
}

}  // namespace gatehouse::api
