#include "lambda/event_reader.h"

#include <charconv>
#include <optional>

#include "base/encoding.h"
#include "gatehouse/json.h"
#include "wire/json_cursor.h"

namespace gatehouse::lambda {
namespace {

using wire::JsonKind;
using wire::JsonValue;

template <class T>
T Integer(std::string_view object, std::string_view name) {
  T number = 0;
  std::string_view digits = json::Member(object, name).value_or("");
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::optional<std::string> Decoded(std::string_view object, std::string_view name) {
  std::optional<std::string_view> value = json::Member(object, name);
  return value ? json::String(*value) : std::nullopt;
}

}  // namespace

EventReader::EventReader(std::string payload) : payload_(std::move(payload)) {
  event_.payload = payload_;
  std::string_view context = json::Member(payload_, "requestContext").value_or("");
  if (!Decoded(context, "connectionId") || !Decoded(context, "eventType")) return;
  event_.payload = {};
  ReadContext(context);
  event_.request_context = &context_;
  event_.body = Text(payload_, "body");
  if (json::Member(payload_, "isBase64Encoded") == "true") {
    event_.body = Keep(base::DecodeBase64(event_.body).value_or(""));
  }
  ReadPairs("multiValueHeaders", "headers", headers_);
  ReadPairs("multiValueQueryStringParameters", "queryStringParameters", query_);
  event_.headers = headers_;
  event_.query = query_;
}

std::string_view EventReader::Keep(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  return *texts_.back();
}

std::string_view EventReader::Text(std::string_view object, std::string_view name) {
  std::optional<std::string> text = Decoded(object, name);
  return text ? Keep(*std::move(text)) : std::string_view();
}

void EventReader::ReadContext(std::string_view context) {
  context_.route_key = Text(context, "routeKey");
  context_.event_type = Text(context, "eventType");
  context_.connection_id = Text(context, "connectionId");
  context_.message_id = Text(context, "messageId");
  context_.request_id = Text(context, "requestId");
  context_.api_id = Text(context, "apiId");
  context_.stage = Text(context, "stage");
  context_.domain_name = Text(context, "domainName");
  std::string_view identity = json::Member(context, "identity").value_or("");
  context_.source_ip = Text(identity, "sourceIp");
  context_.user_agent = Text(identity, "userAgent");
  context_.connected_at = Integer<std::int64_t>(context, "connectedAt");
  context_.request_time_epoch = Integer<std::int64_t>(context, "requestTimeEpoch");
  context_.disconnect_status_code = Integer<int>(context, "disconnectStatusCode");
  context_.disconnect_reason = Text(context, "disconnectReason");
}

void EventReader::ReadPairs(std::string_view multi, std::string_view single,
                            std::vector<NameValue>& pairs) {
  std::optional<std::string_view> text = json::Member(payload_, multi);
  if (!text) text = json::Member(payload_, single);
  std::optional<JsonValue> map = text ? wire::ReadJson(*text) : std::nullopt;
  if (!map || map->kind != JsonKind::kObject) return;
  wire::JsonCursor names(*map);
  while (names.Next()) {
    JsonValue value = names.value();
    std::string_view name = Keep(names.name());
    if (value.kind == JsonKind::kString) pairs.push_back({name, Keep(DecodeJsonString(value))});
    if (value.kind != JsonKind::kArray) continue;
    wire::JsonCursor values(value);
    while (values.Next()) {
      if (values.value().kind != JsonKind::kString) continue;
      pairs.push_back({name, Keep(DecodeJsonString(values.value()))});
    }
  }
}

}  // namespace gatehouse::lambda
