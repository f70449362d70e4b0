#include "lambda/connections_client.h"

#include <gtest/gtest.h>

#include "lambda/test_service.h"

namespace gatehouse::lambda {
namespace {

struct ConnectionsClientTest : testing::Test, ServiceWorld {
  ConnectionsClient connections{*client, Service("/prod")};
  Error PostError(int status, std::string body = "") {
    always = {status, std::move(body)};
    auto posted = Finish(connections.Post("a=", "x"));
    EXPECT_TRUE(posted && !*posted);
    return posted && !*posted ? posted->error() : Error{};
  }
};

TEST_F(ConnectionsClientTest, PostsAsSdksDo) {
  auto posted = Finish(connections.Post("Ab-c_1=", "gr\xc3\xbc\xc3\x9f"));
  ASSERT_TRUE(posted && *posted);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].line, "POST /prod/@connections/Ab-c_1%3D");
  EXPECT_EQ(asked[0].body, "gr\xc3\xbc\xc3\x9f");
}

TEST_F(ConnectionsClientTest, ErrorsAreThoseOfGatehousesOwnProcess) {
  EXPECT_EQ(PostError(410).code, ErrorCode::kGone);
  EXPECT_EQ(PostError(410).message, "no such connection");
  EXPECT_EQ(PostError(400, R"({"message":"Invalid connectionId: x"})").code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(PostError(413).code, ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(PostError(403, R"({"Message":"no"})").message, "no");
  EXPECT_EQ(PostError(429).code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(PostError(429).message, "the client reads too slowly: its queue is full");
  EXPECT_EQ(PostError(500).code, ErrorCode::kIo);
}

TEST_F(ConnectionsClientTest, WhatCannotBePostedIsNotSent) {
  auto large = Finish(connections.Post("a=", std::string(kMessageBytesMax + 1, 'x')));
  ASSERT_TRUE(large && !*large);
  EXPECT_EQ(large->error().code, ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(large->error().message, "the message has 131073 bytes; 131072 are allowed");
  auto binary = Finish(connections.Post("a=", "\xff"));
  ASSERT_TRUE(binary && !*binary);
  EXPECT_EQ(binary->error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(asked.empty());
  auto largest = Finish(connections.Post("a=", std::string(kMessageBytesMax, 'x')));
  EXPECT_TRUE(largest && *largest);
}

TEST_F(ConnectionsClientTest, PostsToManyABoundedNumberAtOnce) {
  constexpr std::size_t kCount = 3 * kPostsAtOnceMax + 5;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kCount; ++i) ids.push_back("id" + std::to_string(i));
  is_silent = true;
  std::optional<std::vector<Result<void>>> results;
  Start(connections.PostAll(ids, "x"),
        [&](std::optional<std::vector<Result<void>>> all, const std::exception_ptr&) {
          results = std::move(all);
        });
  std::size_t answered = 0;
  while (answered < kCount) {
    Settle();
    ASSERT_LE(asked.size() - answered, kPostsAtOnceMax);
    ASSERT_EQ(asked.size(), std::min(kCount, answered + kPostsAtOnceMax));
    const Asked& one = asked[answered++];
    Give(one.socket, {one.line.ends_with("id7") ? 410 : 200, ""});
  }
  Settle();
  ASSERT_TRUE(results);
  ASSERT_EQ(results->size(), kCount);
  for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ((*results)[i].has_value(), i != 7) << i;
  EXPECT_EQ((*results)[7].error().code, ErrorCode::kGone);
  EXPECT_LE(resolver.asked.size(), kPostsAtOnceMax) << "connections are kept";
}

TEST_F(ConnectionsClientTest, ManyThatFailAtOnceTakeNoStack) {
  std::vector<std::string> ids(200'000, "id");
  auto results = Finish(connections.PostAll(ids, std::string(kMessageBytesMax + 1, 'x')));
  ASSERT_TRUE(results);
  EXPECT_EQ(results->size(), ids.size());
  EXPECT_FALSE(results->back());
  auto none = Finish(connections.PostAll({}, "x"));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(ConnectionsClientTest, GetsAndCloses) {
  replies = {{200, R"({"connectedAt":"2026-01-31T10:10:10.417Z","identity":{"sourceIp":)"
                   R"("10.0.0.1","userAgent":null},"lastActiveAt":"2026-01-31T10:10:11Z"})"},
             {204, ""},
             {200, "{}"}};
  auto info = Finish(connections.Get("a="));
  ASSERT_TRUE(info && *info);
  EXPECT_EQ((*info)->connected_at, 1769854210417);
  EXPECT_EQ((*info)->last_active_at, 1769854211000);
  EXPECT_EQ((*info)->source_ip, "10.0.0.1");
  EXPECT_EQ((*info)->user_agent, "");
  auto closed = Finish(connections.Close("a="));
  EXPECT_TRUE(closed && *closed);
  EXPECT_EQ(asked[0].line, "GET /prod/@connections/a%3D");
  EXPECT_EQ(asked[1].line, "DELETE /prod/@connections/a%3D");
  auto odd = Finish(connections.Get("a="));
  ASSERT_TRUE(odd && !*odd);
  EXPECT_EQ(odd->error().message, "the answer of @connections is not understood");
}

TEST_F(ConnectionsClientTest, HasNoBroadcast) {
  auto broadcast = Finish(connections.Broadcast("x", {}));
  ASSERT_TRUE(broadcast && !*broadcast);
  EXPECT_EQ(broadcast->error().code, ErrorCode::kUnsupported);
}

TEST(ParseIso8601Test, ReadsWhatTheServiceWrites) {
  EXPECT_EQ(ParseIso8601("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseIso8601("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(ParseIso8601("2026-01-31T10:10:10.417Z"), 1769854210417);
  EXPECT_EQ(ParseIso8601("2026-01-31T10:10:10.417999Z"), 1769854210417);
  for (const char* text :
       {"", "2026", "2026-02-30T10:10:10Z", "2026-01-31T24:10:10Z", "2026-01-31T10:60:10Z",
        "2026-01-31T10:10:10", "2026-01-31T10:10:10.Z", "2026-01-31T10:10:10.xZ",
        "2026-01-31 10:10:10Z", "-026-01-31T10:10:10Z", "2026-01-31T10:10:10+00:00"}) {
    EXPECT_EQ(ParseIso8601(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace gatehouse::lambda
