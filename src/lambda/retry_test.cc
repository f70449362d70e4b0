#include "lambda/retry.h"

#include <gtest/gtest.h>

namespace gatehouse::lambda {
namespace {

net::HttpReply Of(int status, std::string body = "", std::string type = "") {
  net::HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  if (!type.empty()) reply.fields.emplace_back("x-amzn-errortype", std::move(type));
  return reply;
}
constexpr const char* kThroughput =
    R"({"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"})";

TEST(RetryTest, FindsTheNameOfAnError) {
  EXPECT_EQ(ErrorTypeOf(Of(400, R"({"__type":"com.amazon.coral.service#AccessDeniedException"})")),
            "AccessDeniedException");
  EXPECT_EQ(ErrorTypeOf(Of(404, "", "ResourceNotFoundException:http://x/y#z")),
            "ResourceNotFoundException");
  EXPECT_EQ(ErrorTypeOf(Of(410, "", "GoneException")), "GoneException");
  EXPECT_EQ(ErrorTypeOf(Of(500, "<html>")), "");
}

TEST(RetryTest, SaysWhatTheServiceSays) {
  EXPECT_EQ(ErrorTextOf(Of(400, R"({"__type":"a#B","message":"no such item"})")), "no such item");
  EXPECT_EQ(ErrorTextOf(Of(403, R"({"Message":"not authorized"})")), "not authorized");
  EXPECT_EQ(ErrorTextOf(Of(410, "", "GoneException")), "GoneException");
  EXPECT_EQ(ErrorTextOf(Of(502, "<html>")), "HTTP status 502");
  EXPECT_EQ(ErrorTextOf(Of(400, R"({"message":")" + std::string(2000, 'x') + "\"}")).size(), 512u);
}

TEST(RetryTest, ErrorsAreOfKindsThatHandlersKnow) {
  auto code = [](const net::HttpReply& reply) { return ErrorOf(reply).code; };
  EXPECT_EQ(code(Of(400, R"({"__type":"x#ResourceNotFoundException"})")), ErrorCode::kNotFound);
  EXPECT_EQ(code(Of(400, R"({"__type":"x#ValidationException"})")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Of(400, R"({"__type":"x#ConditionalCheckFailedException"})")),
            ErrorCode::kConditionFailed);
  EXPECT_EQ(code(Of(400, R"({"__type":"x#AccessDeniedException"})")), ErrorCode::kForbidden);
  EXPECT_EQ(code(Of(400, kThroughput)), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code(Of(403)), ErrorCode::kForbidden);
  EXPECT_EQ(code(Of(404)), ErrorCode::kNotFound);
  EXPECT_EQ(code(Of(410)), ErrorCode::kGone);
  EXPECT_EQ(code(Of(413)), ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(code(Of(429)), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code(Of(503)), ErrorCode::kIo);
}

TEST(RetryTest, WhatMayPassIsWorthAskingAgain) {
  auto worth = [](Result<net::HttpReply> reply) { return IsWorthRetrying(reply); };
  EXPECT_TRUE(worth(Of(500)));
  EXPECT_TRUE(worth(Of(503)));
  EXPECT_TRUE(worth(Of(429)));
  EXPECT_TRUE(worth(Of(400, kThroughput)));
  EXPECT_TRUE(worth(Error{ErrorCode::kUnavailable, "refused"}));
  EXPECT_TRUE(worth(Error{ErrorCode::kTimeout, "slow"}));
  EXPECT_FALSE(worth(Of(200)));
  EXPECT_FALSE(worth(Of(400, R"({"__type":"x#ValidationException"})")));
  EXPECT_FALSE(worth(Of(403)));
  EXPECT_FALSE(worth(Of(410)));
  EXPECT_FALSE(worth(Error{ErrorCode::kPayloadTooLarge, "large"}));
}

TEST(RetryTest, PausesAreRandomBelowABoundThatDoublesAndEnds) {
  base::SeededRandom random(1);
  for (auto [next, bound] : {std::pair{2, 50}, {3, 100}, {4, 200}, {9, 2000}, {1000, 2000}}) {
    std::int64_t longest = 0;
    for (int i = 0; i < 500; ++i) {
      longest = std::max<std::int64_t>(longest, RetryPause(next, random).count());
    }
    EXPECT_LE(longest, bound);
    EXPECT_GT(longest, bound * 9 / 10) << "attempt " << next;
  }
}

}  // namespace
}  // namespace gatehouse::lambda
