#include "event/deliveries.h"

#include <vector>

#include <gtest/gtest.h>

#include "net/loop/test_peer.h"

namespace gatehouse::event {
namespace {

using std::chrono::seconds;

// Takes what it is told to take.
class Caller final : public FunctionCaller {
 public:
  void Send(const std::string& function, std::string payload,
            base::UniqueFunction<void(Result<void>)> accepted,
            base::UniqueFunction<void()> ended) override {
    sent.push_back(function + " " + payload);
    if (refusal) return accepted(Error{*refusal, "not now"});
    running.push_back(std::move(ended));
    accepted({});
  }
  void EndAll() {
    for (auto& ended : std::exchange(running, {})) ended();
  }
  std::vector<std::string> sent;
  std::vector<base::UniqueFunction<void()>> running;
  std::optional<ErrorCode> refusal;
};

class Gate final : public InvokePermissions {
 public:
  Result<void> MayInvoke(const InvokeQuestion& question) override {
    asked.push_back(std::string(question.service) + " " + std::string(question.source_arn) + " " +
                    std::string(question.role_arn) + " " + std::string(question.function_arn));
    if (open) return {};
    return Error{ErrorCode::kForbidden, "nobody may"};
  }
  std::vector<std::string> asked;
  bool open = true;
};

constexpr char kFunction[] = "arn:aws:lambda:us-east-1:000000000000:function:f";

class DeliveriesTest : public testing::Test {
 protected:
  void Deliver(std::string schedule_key = {}, RetryPolicy retry = {},
               std::string function = kFunction) {
    deliveries_.Deliver({"scheduler.amazonaws.com", "source", "role", std::move(function), retry,
                         std::move(schedule_key),
                         [](int attempt) { return std::to_string(attempt); }});
    world_.Settle();
  }
  std::string Log() {
    log_.Flush();
    return lines_;
  }

  net::TestWorld world_;
  Caller caller_;
  Gate gate_;
  std::string lines_;
  base::Log log_{{}, world_.clock, [this](std::string_view lines) { lines_ += lines; }};
  Deliveries deliveries_{caller_, gate_, world_.loop,
                         log_,    {},    {.unfinished_max = 2, .waiting_max = 2}};
};

TEST_F(DeliveriesTest, AsksAndHandsOver) {
  Deliver();
  EXPECT_EQ(gate_.asked, std::vector<std::string>{
                             std::string("scheduler.amazonaws.com source role ") + kFunction});
  EXPECT_EQ(caller_.sent, std::vector<std::string>{"f 1"});
  gate_.open = false;
  Deliver();
  EXPECT_EQ(caller_.sent.size(), 1u);
  EXPECT_NE(Log().find("an event is not delivered: nobody may"), std::string::npos) << Log();
}

TEST_F(DeliveriesTest, TriesAgainWithinAttemptsAndAge) {
  caller_.refusal = ErrorCode::kLimitExceeded;
  Deliver({}, {.attempts_max = 3});
  world_.Advance(0.9);
  EXPECT_EQ(caller_.sent.size(), 1u);
  world_.Advance(1000);  // 1, 2 and 4 s later
  EXPECT_EQ(caller_.sent, (std::vector<std::string>{"f 1", "f 2", "f 3", "f 4"}));
  EXPECT_NE(Log().find("an event was not delivered: not now"), std::string::npos);
  caller_.sent.clear();
  Deliver({}, {.age_max = seconds{60}});
  world_.Advance(1000);  // after 1, 3, 7, 15, 31 s; 63 s is too old
  EXPECT_EQ(caller_.sent.size(), 6u);
  EXPECT_EQ(deliveries_.waiting(), 0u);
}

TEST_F(DeliveriesTest, WhatCannotBeHelpedIsNotTriedAgain) {
  for (ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kPayloadTooLarge}) {
    caller_.sent.clear();
    caller_.refusal = code;
    Deliver("key");
    world_.Advance(1000);
    EXPECT_EQ(caller_.sent.size(), 1u);
  }
  caller_.refusal.reset();
  caller_.sent.clear();
  for (int i = 0; i < 2; ++i) Deliver("key");
  EXPECT_EQ(caller_.sent.size(), 2u) << "what was given up takes no place";
}

TEST_F(DeliveriesTest, AsManyWaitAsMay) {
  caller_.refusal = ErrorCode::kUnavailable;
  for (int i = 0; i < 3; ++i) Deliver();
  EXPECT_EQ(deliveries_.waiting(), 2u);
  EXPECT_NE(Log().find("an event was not delivered"), std::string::npos);
  caller_.refusal.reset();
  world_.Advance(2);
  EXPECT_EQ(caller_.running.size(), 2u);
}

TEST_F(DeliveriesTest, WhatRecursDoesNotPileUp) {
  for (int i = 0; i < 5; ++i) Deliver("a");
  for (int i = 0; i < 2; ++i) Deliver("b");
  for (int i = 0; i < 4; ++i) Deliver();  // events, which are not counted
  EXPECT_EQ(caller_.sent.size(), 8u);
  EXPECT_NE(Log().find("2 of its events have not ended"), std::string::npos);
  caller_.EndAll();
  EXPECT_NE(Log().find("3 of its events were left out"), std::string::npos) << Log();
  Deliver("a");
  EXPECT_EQ(caller_.sent.size(), 9u);
}

TEST_F(DeliveriesTest, OtherAccountsAreSaid) {
  Deliver({}, {}, "arn:aws:lambda:us-east-1:111122223333:function:f");
  EXPECT_TRUE(caller_.sent.empty());
  EXPECT_NE(Log().find("not of this region and account"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::event
