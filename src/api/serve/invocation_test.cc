#include "api/serve/invocation.h"

#include <gtest/gtest.h>

#include "api/stage/stage.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;

Lines ToLines(const std::vector<NameValue>& pairs) {
  Lines lines;
  for (const NameValue& pair : pairs) {
    lines.push_back(std::string(pair.name) + ": " + std::string(pair.value));
  }
  return lines;
}

class InvocationTest : public testing::Test {
 protected:
  void Take(std::string_view target, std::vector<wire::HttpField> fields = {}) {
    wire::HttpHead head;
    head.target = target;
    head.fields = std::move(fields);
    TakeHandshake(invocation_, head, {"h:4566", "4566", "http"}, "192.0.2.1", "Root=1-a-b");
  }
  Lines Query(std::string_view target) {
    invocation_.Reset();
    Take(target);
    return ToLines(invocation_.query);
  }

  Invocation invocation_;
};

TEST_F(InvocationTest, HopByHopHeadersAreDroppedAndForwardingOnesAdded) {
  Take("/prod", {{"Host", "h:4566"},
                 {"Connection", "Upgrade"},
                 {"UPGRADE", "websocket"},
                 {"Content-Length", "0"},
                 {"Sec-WebSocket-Key", "k"},
                 {"Sec-WebSocket-Protocol", "a, b"},
                 {"x-forwarded-port", "1"},
                 {"X-Forwarded-Proto", "gopher"},
                 {"x-amzn-trace-id", "forged"},
                 {"cOOKIE", "1"},
                 {"cOOKIE", "2"}});
  EXPECT_EQ(
      ToLines(invocation_.headers),
      (Lines{"Host: h:4566", "Sec-WebSocket-Key: k", "Sec-WebSocket-Protocol: a, b", "cOOKIE: 1",
             "cOOKIE: 2", "X-Amzn-Trace-Id: Root=1-a-b", "X-Forwarded-For: 192.0.2.1",
             "X-Forwarded-Port: 4566", "X-Forwarded-Proto: http"}));
  EXPECT_TRUE(invocation_.query.empty());
}

TEST_F(InvocationTest, AForwardedAddressIsKeptBeforeOurs) {
  Take("/prod", {{"X-Forwarded-For", "203.0.113.5"}});
  EXPECT_EQ(ToLines(invocation_.headers)[1], "X-Forwarded-For: 203.0.113.5, 192.0.2.1");
}

TEST_F(InvocationTest, QueriesAreDecodedInOrder) {
  EXPECT_EQ(Query("/prod?userId=ann"), Lines{"userId: ann"});
  EXPECT_EQ(Query("/prod?a=1&b=2&a=3"), (Lines{"a: 1", "b: 2", "a: 3"}));
  EXPECT_EQ(Query("/prod?n%20m=%C3%A9+x%2B"), Lines{"n m: \u00e9 x+"});
  EXPECT_EQ(Query("/prod?flag&e=&=v&a=b=c"), (Lines{"flag: ", "e: ", ": v", "a: b=c"}));
  EXPECT_EQ(Query("/prod?&&a=1&&"), Lines{"a: 1"});
  EXPECT_EQ(Query("/prod?a=%zz%4"), Lines{"a: %zz%4"});
  EXPECT_EQ(Query("/prod?a=%26%3D%3F"), Lines{"a: &=?"});
  EXPECT_EQ(Query("/prod?"), Lines{});
  EXPECT_EQ(Query("/prod"), Lines{});
  EXPECT_EQ(Query("http://h/prod?x=y?z"), Lines{"x: y?z"});
}

TEST_F(InvocationTest, ADisconnectHasFourFixedHeaders) {
  invocation_.connection.domain_name = "h:4566";
  TakeDisconnectHeaders(invocation_);
  EXPECT_EQ(ToLines(invocation_.headers),
            (Lines{"Host: h:4566", "x-api-key: ", "X-Forwarded-For: ", "x-restapi: "}));
}

TEST_F(InvocationTest, ResetForgetsTheMessage) {
  invocation_.body = std::string(100'000, 'x');
  invocation_.message_id = "m";
  Take("/prod?a=1", {{"A", "b"}});
  invocation_.Reset();
  EXPECT_EQ(invocation_.body, "");
  EXPECT_LT(invocation_.body.capacity(), 10'000u) << "spares keep large bodies";
  EXPECT_TRUE(invocation_.headers.empty());
  EXPECT_TRUE(invocation_.query.empty());
  EXPECT_TRUE(invocation_.texts.empty());
  EXPECT_EQ(invocation_.context.disconnect_status_code, 0);
}

std::shared_ptr<const Stage> StageNamed(const std::string& name) {
  ApiDefinition api;
  api.api_id = "abcde12345";
  api.route_selection_expression = "$request.body.action";
  return Stage::Compile(api, {name, {}}).value();
}

TEST_F(InvocationTest, ASpareOneBelongsToWhoTakesIt) {
  std::shared_ptr<const Stage> one = StageNamed("one"), two = StageNamed("two");
  Connection record;
  record.id = "first";
  record.user_agent = "ann's";
  record.last_active_at = 5;
  invocation_.Take({3, 1}, one, record);
  record.last_active_at = 6;
  invocation_.Take({3, 1}, one, record);
  EXPECT_EQ(invocation_.connection.last_active_at, 6);
  EXPECT_EQ(invocation_.context.connection_id, "first");
  EXPECT_EQ(invocation_.context.stage, "one");

  invocation_.Take({3, 1}, two, record);  // deployed anew
  EXPECT_EQ(invocation_.context.stage, "two");
  record.id = "second";
  invocation_.Take({3, 2}, two, record);  // the slot's next connection
  EXPECT_EQ(invocation_.context.connection_id, "second");
  EXPECT_EQ(invocation_.context.user_agent, "ann's");
  invocation_.kind = Invocation::Kind::kConnect;
  record.user_agent = "bob's";
  invocation_.Take({3, 2}, two, record);
  EXPECT_EQ(invocation_.context.user_agent, "bob's");
}

TEST_F(InvocationTest, OnlyMessagesHaveAMessageId) {
  invocation_.Take({3, 1}, StageNamed("prod"), Connection{});
  invocation_.message_id = "of a message";
  invocation_.BindEvent(0);
  EXPECT_EQ(invocation_.context.message_id, "of a message");
  invocation_.Reset();
  invocation_.kind = Invocation::Kind::kDisconnect;
  invocation_.BindEvent(0);
  EXPECT_EQ(invocation_.context.message_id, "");
}

}  // namespace
}  // namespace gatehouse::api
