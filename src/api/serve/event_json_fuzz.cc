// A handshake's head, a message, a close reason: whatever the client's bytes are, the event is JSON
// that strict readers take, and reading it back gives what the client sent.
#include "api/serve/event_json.h"

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/serve/invocation.h"
#include "base/check.h"
#include "base/fuzz.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

std::shared_ptr<const Stage> NewStage() {
  ApiDefinition api;
  api.api_id = "abcde12345";
  api.route_selection_expression = "$request.body.action";
  auto stage = Stage::Compile(api, {"prod", {{"color", "\"blue\"\n"}}});
  CHECK(stage);
  return *stage;
}

json::object Read(const Invocation& invocation) {
  std::string text;
  AppendEventJson(text, invocation.event, *invocation.stage);
  json::error_code code;
  json::value value = json::parse(text, code);
  CHECK(!code && value.is_object());
  CHECK(value.as_object().at("isBase64Encoded").as_bool() == false);
  CHECK(value.as_object().at("stageVariables").as_object().at("color").as_string() == "\"blue\"\n");
  return std::move(value.as_object());
}

// What the two maps of an event must say of pairs.
void CheckPairs(const json::object& event, const char* single, const char* multi,
                std::span<const NameValue> pairs) {
  std::map<std::string, std::vector<std::string>> expected;
  for (const NameValue& pair : pairs) {
    expected[std::string(pair.name)].emplace_back(pair.value);
  }
  if (expected.empty()) return;
  const json::object& last = event.at(single).as_object();
  const json::object& all = event.at(multi).as_object();
  CHECK(last.size() == expected.size() && all.size() == expected.size());
  for (const auto& [name, values] : expected) {
    CHECK(last.at(name).as_string() == values.back());
    const json::array& list = all.at(name).as_array();
    CHECK(list.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(list[i].as_string() == values[i]);
  }
}

void Connect(std::string_view bytes, const std::shared_ptr<const Stage>& stage) {
  wire::HttpParser parser(wire::HttpParser::kRequests);
  if (parser.Parse(bytes).kind != wire::HttpStep::kHead) return;
  Invocation invocation;
  invocation.kind = Invocation::Kind::kConnect;
  Connection record;
  record.user_agent = wire::ToUtf8(parser.head().Find("User-Agent").value_or(""));
  invocation.Take({1, 1}, stage, record);
  TakeHandshake(invocation, parser.head(), {"localhost", "4566", "http"}, "127.0.0.1", "Root=1");
  invocation.BindEvent(0);
  const json::object event = Read(invocation);
  CheckPairs(event, "headers", "multiValueHeaders", invocation.headers);
  CheckPairs(event, "queryStringParameters", "multiValueQueryStringParameters", invocation.query);
  const json::object& identity = event.at("requestContext").as_object().at("identity").as_object();
  const std::string& agent = invocation.connection.user_agent;
  CHECK(agent.empty() ? !identity.contains("userAgent")
                      : identity.at("userAgent").as_string() == agent);
}

void Message(const std::string& text, const std::shared_ptr<const Stage>& stage) {
  Invocation invocation;
  invocation.kind = Invocation::Kind::kMessage;
  invocation.Take({1, 1}, stage, {});
  invocation.body = text;
  invocation.BindEvent(0);
  CHECK(Read(invocation).at("body").as_string() == text);
}

void Disconnect(const std::string& reason, const std::shared_ptr<const Stage>& stage) {
  Invocation invocation;
  invocation.kind = Invocation::Kind::kDisconnect;
  invocation.Take({1, 1}, stage, {});
  invocation.disconnect_reason = reason;
  TakeDisconnectHeaders(invocation);
  invocation.BindEvent(0);
  const json::object event = Read(invocation);
  CHECK(event.at("requestContext").as_object().at("disconnectReason").as_string() == reason);
}

}  // namespace
}  // namespace gatehouse::api

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse;
  static const std::shared_ptr<const api::Stage> kStage = api::NewStage();
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  api::Connect(bytes, kStage);
  const std::string text = wire::ToUtf8(bytes);  // what is no UTF-8 is refused before
  api::Message(text, kStage);
  api::Disconnect(text, kStage);
}
