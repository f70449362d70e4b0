#include "server/command/limits.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

int TakeAll(api::TokenBucket& bucket, std::chrono::nanoseconds now) {
  int taken = 0;
  while (taken < 20'000 && bucket.Take(now)) ++taken;
  return taken;
}

TEST(Limits, SizesAndTimesAreAwssAndRatesAreOff) {
  Result<api::Quotas> quotas = MakeQuotas({});
  ASSERT_TRUE(quotas);
  EXPECT_EQ(quotas->frame_bytes_max, 32768u);
  EXPECT_EQ(quotas->message_bytes_max, 131072u);
  EXPECT_EQ(quotas->idle_seconds, 600);
  EXPECT_EQ(quotas->age_seconds, 7200);
  EXPECT_EQ(quotas->integration_timeout, base::Millis{29000});
  EXPECT_EQ(quotas->account, nullptr);
}

TEST(Limits, AwsSwitchesRatesOn) {
  UpOptions options;
  options.limits = Limits::kAws;
  Result<api::Quotas> quotas = MakeQuotas(options);
  ASSERT_TRUE(quotas && quotas->account);
  EXPECT_EQ(TakeAll(quotas->account->connects, 0s), 500);
  EXPECT_EQ(TakeAll(quotas->account->requests, 0s), 5000);
  EXPECT_EQ(TakeAll(quotas->account->requests, 100ms), 1000);
}

TEST(Limits, ServerLiftsTheTwoHoursOnly) {
  UpOptions options;
  options.limits = Limits::kServer;
  Result<api::Quotas> quotas = MakeQuotas(options);
  ASSERT_TRUE(quotas);
  EXPECT_EQ(quotas->age_seconds, 0);
  EXPECT_EQ(quotas->idle_seconds, 600);
  EXPECT_EQ(quotas->account, nullptr);
}

TEST(Limits, EachValueHasAnOptionOfItsOwn) {
  UpOptions options;
  options.limits = Limits::kServer;
  options.age_seconds = 3;
  options.quotas.idle_seconds = 2;
  options.quotas.frame_bytes_max = 125;
  options.quotas.message_bytes_max = 1000;
  options.quotas.url_bytes_max = 64;
  options.quotas.integration_timeout = base::Millis{250};
  options.quotas.in_flight_messages_max = 2;
  options.quotas.pending_handshakes_max = 5;
  options.quotas.send_queue_bytes_max = 1000;
  options.quotas.throttled_in_a_row_max = 7;
  options.requests_per_second = 4;
  Result<api::Quotas> quotas = MakeQuotas(options);
  ASSERT_TRUE(quotas && quotas->account);
  EXPECT_EQ(quotas->age_seconds, 3);
  EXPECT_EQ(quotas->idle_seconds, 2);
  EXPECT_EQ(quotas->frame_bytes_max, 125u);
  EXPECT_EQ(quotas->message_bytes_max, 1000u);
  EXPECT_EQ(quotas->url_bytes_max, 64u);
  EXPECT_EQ(quotas->integration_timeout, base::Millis{250});
  EXPECT_EQ(quotas->in_flight_messages_max, 2u);
  EXPECT_EQ(quotas->pending_handshakes_max, 5u);
  EXPECT_EQ(quotas->send_queue_bytes_max, 1000u);
  EXPECT_EQ(quotas->throttled_in_a_row_max, 7u);
  EXPECT_EQ(TakeAll(quotas->account->requests, 0s), 2);  // half a second's worth
  EXPECT_EQ(TakeAll(quotas->account->connects, 0s), 20'000) << "connects are not limited";
}

TEST(Limits, ARateOfZeroSwitchesAwssOff) {
  UpOptions options;
  options.limits = Limits::kAws;
  options.connects_per_second = 0;
  options.requests_per_second = 0;
  Result<api::Quotas> quotas = MakeQuotas(options);
  ASSERT_TRUE(quotas);
  EXPECT_EQ(quotas->account, nullptr);
}

TEST(Limits, OptionsThatDoNotGoTogether) {
  UpOptions options;
  options.quotas.send_queue_bytes_max = 1000;
  Result<api::Quotas> quotas = MakeQuotas(options);
  ASSERT_FALSE(quotas);
  EXPECT_EQ(quotas.error().message,
            "--send-queue-bytes 1000: a message of --message-bytes 131072 must fit in");
  options = {};
  options.requests_burst = 5;
  quotas = MakeQuotas(options);
  ASSERT_FALSE(quotas);
  EXPECT_EQ(quotas.error().message,
            "--requests-burst: there is no rate to it; give --requests-per-second, too");
}

}  // namespace
}  // namespace gatehouse::server
