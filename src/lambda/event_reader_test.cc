#include "lambda/event_reader.h"

#include <gtest/gtest.h>

namespace gatehouse::lambda {
namespace {

TEST(EventReaderTest, ReadsAMessage) {
  EventReader reader(R"({"requestContext":{"routeKey":"sendMessage","messageId":"m=",
    "eventType":"MESSAGE","extendedRequestId":"r","requestTime":"x","messageDirection":"IN",
    "stage":"production","connectedAt":1769854210417,"requestTimeEpoch":1769854210500,
    "identity":{"userAgent":"ua","sourceIp":"10.0.0.1"},"requestId":"r","domainName":"d.example",
    "connectionId":"c=","apiId":"a"},"body":"{\"x\":\"\u00e9\"}","isBase64Encoded":false})");
  const Event& event = reader.event();
  ASSERT_TRUE(event.request_context);
  const RequestContext& context = *event.request_context;
  EXPECT_EQ(context.route_key, "sendMessage");
  EXPECT_EQ(context.event_type, "MESSAGE");
  EXPECT_EQ(context.connection_id, "c=");
  EXPECT_EQ(context.message_id, "m=");
  EXPECT_EQ(context.request_id, "r");
  EXPECT_EQ(context.api_id, "a");
  EXPECT_EQ(context.stage, "production");
  EXPECT_EQ(context.domain_name, "d.example");
  EXPECT_EQ(context.source_ip, "10.0.0.1");
  EXPECT_EQ(context.user_agent, "ua");
  EXPECT_EQ(context.connected_at, 1769854210417);
  EXPECT_EQ(context.request_time_epoch, 1769854210500);
  EXPECT_EQ(event.body, "{\"x\":\"\xc3\xa9\"}");
  EXPECT_EQ(event.payload, "");
}

TEST(EventReaderTest, ReadsAConnectWithItsHeadersAndParameters) {
  EventReader reader(R"({"headers":{"Host":"h","X":"2"},"multiValueHeaders":{"Host":["h"],
    "X":["1","2"]},"queryStringParameters":{"username":"b"},
    "multiValueQueryStringParameters":{"username":["a","b"]},
    "requestContext":{"eventType":"CONNECT","connectionId":"c="},"isBase64Encoded":false})");
  const Event& event = reader.event();
  ASSERT_EQ(event.headers.size(), 3u);
  EXPECT_EQ(event.headers[1].name, "X");
  EXPECT_EQ(event.headers[1].value, "1");
  EXPECT_EQ(event.headers[2].value, "2");
  EXPECT_EQ(QueryParameter(event, "username"), "b");
  EXPECT_EQ(event.body, "");
}

TEST(EventReaderTest, SingleValueMapsDoWhereThereAreNoOthers) {
  EventReader reader(R"({"queryStringParameters":{"username":"b"},
    "requestContext":{"eventType":"CONNECT","connectionId":"c="}})");
  EXPECT_EQ(QueryParameter(reader.event(), "username"), "b");
}

TEST(EventReaderTest, ReadsADisconnect) {
  EventReader reader(R"({"requestContext":{"eventType":"DISCONNECT","connectionId":"c=",
    "disconnectStatusCode":1001,"disconnectReason":"Going away"}})");
  EXPECT_EQ(reader.event().request_context->disconnect_status_code, 1001);
  EXPECT_EQ(reader.event().request_context->disconnect_reason, "Going away");
}

TEST(EventReaderTest, DecodesBase64) {
  EventReader reader(R"({"requestContext":{"eventType":"MESSAGE","connectionId":"c="},
    "body":"aGk=","isBase64Encoded":true})");
  EXPECT_EQ(reader.event().body, "hi");
}

TEST(EventReaderTest, AnythingElseWasGivenDirectly) {
  for (const char* payload :
       {"{}", "", "null", "[1]", R"({"message":"hi"})", R"({"requestContext":null})",
        R"({"requestContext":{"connectionId":"c="}})",
        R"({"requestContext":{"connectionId":5,"eventType":"MESSAGE"}})"}) {
    EventReader reader{payload};
    EXPECT_FALSE(reader.event().request_context) << payload;
    EXPECT_EQ(reader.event().payload, payload);
  }
}

TEST(EventReaderTest, WhatIsOfAnotherTypeIsLeftEmpty) {
  EventReader reader(R"({"requestContext":{"eventType":"MESSAGE","connectionId":"c=","stage":5,
    "connectedAt":"x","identity":[]},"body":null,"multiValueHeaders":{"A":"1","B":[2,"3"],"C":{}},
    "multiValueQueryStringParameters":7})");
  const Event& event = reader.event();
  EXPECT_EQ(event.request_context->stage, "");
  EXPECT_EQ(event.request_context->connected_at, 0);
  EXPECT_EQ(event.body, "");
  ASSERT_EQ(event.headers.size(), 2u);
  EXPECT_EQ(event.headers[0].value, "1");
  EXPECT_EQ(event.headers[1].value, "3");
  EXPECT_TRUE(event.query.empty());
}

}  // namespace
}  // namespace gatehouse::lambda
