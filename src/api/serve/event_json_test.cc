#include "api/serve/event_json.h"

#include <chrono>
#include <deque>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

class EventJsonTest : public testing::Test {
 protected:
  EventJsonTest() {
    context_.connection_id = "Zr4kTcXvFiACEbw=";
    context_.request_id = "Zr4kTG9eFiAFx3g=";
    context_.api_id = "k7m2p9x4qd";
    context_.stage = "prod";
    context_.domain_name = "k7m2p9x4qd.execute-api.eu-central-1.amazonaws.com";
    context_.source_ip = "203.0.113.9";
    context_.user_agent = "ExampleBrowser/1.0";
    context_.connected_at = 1767262210417;
    context_.request_time_epoch = 1767262210419;
    event_.request_context = &context_;
  }
  std::string Json(std::map<std::string, std::string> variables = {}) {
    ApiDefinition api;
    api.route_selection_expression = "x";
    std::string out;
    AppendEventJson(out, event_, **Stage::Compile(api, {"prod", std::move(variables)}));
    return out;
  }

  RequestContext context_;
  Event event_;
};

TEST_F(EventJsonTest, Connect) {
  context_.route_key = "$connect";
  context_.event_type = "CONNECT";
  const NameValue headers[] = {{"Host", "a"}, {"Cookie", "1"}, {"Origin", "b"}, {"Cookie", "2"}};
  const NameValue query[] = {{"room", "red"}, {"a", ""}, {"room", "blue"}};
  event_.headers = headers;
  event_.query = query;
  EXPECT_EQ(Json({{"table", "rooms-prod"}}),
            R"({"headers":{"Host":"a","Cookie":"2","Origin":"b"},)"
            R"("multiValueHeaders":{"Host":["a"],"Cookie":["1","2"],"Origin":["b"]},)"
            R"("queryStringParameters":{"room":"blue","a":""},)"
            R"("multiValueQueryStringParameters":{"room":["red","blue"],"a":[""]},)"
            R"("stageVariables":{"table":"rooms-prod"},)"
            R"("requestContext":{"routeKey":"$connect","eventType":"CONNECT",)"
            R"("extendedRequestId":"Zr4kTG9eFiAFx3g=","requestTime":"01/Jan/2026:10:10:10 +0000",)"
            R"("messageDirection":"IN","stage":"prod","connectedAt":1767262210417,)"
            R"("requestTimeEpoch":1767262210419,)"
            R"("identity":{"userAgent":"ExampleBrowser/1.0","sourceIp":"203.0.113.9"},)"
            R"("requestId":"Zr4kTG9eFiAFx3g=",)"
            R"("domainName":"k7m2p9x4qd.execute-api.eu-central-1.amazonaws.com",)"
            R"("connectionId":"Zr4kTcXvFiACEbw=","apiId":"k7m2p9x4qd"},"isBase64Encoded":false})");
}

TEST_F(EventJsonTest, ConnectWithoutAnythingOptional) {
  context_.route_key = "$connect";
  context_.event_type = "CONNECT";
  context_.user_agent = {};
  const NameValue headers[] = {{"Host", "a"}};
  event_.headers = headers;
  std::string json = Json();
  EXPECT_TRUE(json.starts_with(
      R"({"headers":{"Host":"a"},"multiValueHeaders":{"Host":["a"]},"requestContext":{)"))
      << json;
  EXPECT_NE(json.find(R"("identity":{"sourceIp":"203.0.113.9"})"), std::string::npos) << json;
  for (const char* absent : {"messageId", "disconnect", "authorizer", "body", "null", "query"}) {
    EXPECT_EQ(json.find(absent), std::string::npos) << absent;
  }
}

TEST_F(EventJsonTest, Message) {
  context_.route_key = "say";
  context_.event_type = "MESSAGE";
  context_.message_id = "Zr4lQdYxFiACEbw=";
  event_.body = "{\"action\":\"say\",\n\"text\":\"\u00e9\\\"\"}";
  EXPECT_EQ(Json(),
            R"({"requestContext":{"routeKey":"say","messageId":"Zr4lQdYxFiACEbw=",)"
            R"("eventType":"MESSAGE","extendedRequestId":"Zr4kTG9eFiAFx3g=",)"
            R"("requestTime":"01/Jan/2026:10:10:10 +0000","messageDirection":"IN","stage":"prod",)"
            R"("connectedAt":1767262210417,"requestTimeEpoch":1767262210419,)"
            R"("identity":{"userAgent":"ExampleBrowser/1.0","sourceIp":"203.0.113.9"},)"
            R"("requestId":"Zr4kTG9eFiAFx3g=",)"
            R"("domainName":"k7m2p9x4qd.execute-api.eu-central-1.amazonaws.com",)"
            R"("connectionId":"Zr4kTcXvFiACEbw=","apiId":"k7m2p9x4qd"},)"
            "\"body\":\"{\\\"action\\\":\\\"say\\\",\\n\\\"text\\\":\\\"\u00e9\\\\\\\"\\\"}\","
            R"("isBase64Encoded":false})");
}

TEST_F(EventJsonTest, AnEmptyMessageHasAnEmptyBody) {
  context_.event_type = "MESSAGE";
  EXPECT_NE(Json().find(R"("body":"")"), std::string::npos);
}

TEST_F(EventJsonTest, Disconnect) {
  context_.route_key = "$disconnect";
  context_.event_type = "DISCONNECT";
  context_.disconnect_status_code = 1005;
  context_.disconnect_reason = "Client-side close frame status not set";
  const NameValue headers[] = {
      {"Host", "h"}, {"x-api-key", ""}, {"X-Forwarded-For", ""}, {"x-restapi", ""}};
  event_.headers = headers;
  EXPECT_EQ(Json({{"table", "rooms-prod"}}),
            R"({"headers":{"Host":"h","x-api-key":"","X-Forwarded-For":"","x-restapi":""},)"
            R"("multiValueHeaders":{"Host":["h"],"x-api-key":[""],"X-Forwarded-For":[""],)"
            R"("x-restapi":[""]},)"
            R"("stageVariables":{"table":"rooms-prod"},)"
            R"("requestContext":{"routeKey":"$disconnect","disconnectStatusCode":1005,)"
            R"("eventType":"DISCONNECT","extendedRequestId":"Zr4kTG9eFiAFx3g=",)"
            R"("requestTime":"01/Jan/2026:10:10:10 +0000","messageDirection":"IN",)"
            R"("disconnectReason":"Client-side close frame status not set","stage":"prod",)"
            R"("connectedAt":1767262210417,"requestTimeEpoch":1767262210419,)"
            R"("identity":{"userAgent":"ExampleBrowser/1.0","sourceIp":"203.0.113.9"},)"
            R"("requestId":"Zr4kTG9eFiAFx3g=",)"
            R"("domainName":"k7m2p9x4qd.execute-api.eu-central-1.amazonaws.com",)"
            R"("connectionId":"Zr4kTcXvFiACEbw=","apiId":"k7m2p9x4qd"},"isBase64Encoded":false})");
}

TEST_F(EventJsonTest, AnEmptyReasonIsThere) {
  context_.event_type = "DISCONNECT";
  context_.disconnect_status_code = 1001;
  EXPECT_NE(Json().find(R"("disconnectReason":"")"), std::string::npos);
}

TEST_F(EventJsonTest, ThousandsOfParametersTakeNoLongTime) {
  context_.route_key = "$connect";
  context_.event_type = "CONNECT";
  std::deque<std::string> texts;
  std::vector<NameValue> query;
  for (int i = 0; i < 200'000; ++i) {
    texts.push_back("p" + std::to_string(i % 100'000));
    query.push_back({texts.back(), i < 100'000 ? "first" : "second"});
  }
  event_.query = query;
  auto start = std::chrono::steady_clock::now();
  std::string text = Json();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_NE(text.find(R"("p99999":"second")"), std::string::npos);
  EXPECT_NE(text.find(R"("p99999":["first","second"])"), std::string::npos);
  EXPECT_EQ(text.find(R"("p99999":"first")"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::api
