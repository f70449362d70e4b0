#include "api/stage/throttle.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

using namespace std::chrono_literals;

int TakeAll(TokenBucket& bucket, std::chrono::nanoseconds now, int tries = 100'000) {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += bucket.Take(now) ? 1 : 0;
  return taken;
}

TEST(TokenBucketTest, HoldsABurstAndFillsAtItsRate) {
  TokenBucket bucket(10, 5);
  EXPECT_EQ(TakeAll(bucket, 7s), 5);
  EXPECT_EQ(TakeAll(bucket, 7s + 99ms), 0);
  EXPECT_EQ(TakeAll(bucket, 7s + 100ms), 1);
  EXPECT_EQ(TakeAll(bucket, 7s + 350ms), 2);
  EXPECT_EQ(TakeAll(bucket, 7s + 400ms), 1);
  EXPECT_EQ(TakeAll(bucket, 60s), 5);
}

TEST(TokenBucketTest, AccountsQuotas) {
  TokenBucket bucket(kAccountRequestsPerSecond, kAccountRequestsBurst);
  EXPECT_EQ(TakeAll(bucket, 0s), 5000);
  EXPECT_EQ(TakeAll(bucket, 100ms), 1000);
}

TEST(TokenBucketTest, ZeroLetsNothingPass) {
  for (auto [rate, burst] : {std::pair{0.0, 0.0}, {0.0, 5.0}, {5.0, 0.0}}) {
    TokenBucket bucket(rate, burst);
    EXPECT_EQ(TakeAll(bucket, 0s, 10), 0);
    EXPECT_EQ(TakeAll(bucket, std::chrono::hours(100), 10), 0);
  }
}

TEST(TokenBucketTest, ExtremesStayInRange) {
  TokenBucket slow(1e-6, 2e9);
  EXPECT_EQ(TakeAll(slow, std::chrono::hours(24 * 3650), 100), 100);
  TokenBucket fast(1e12, 1);
  EXPECT_EQ(TakeAll(fast, 1s, 10), 1);
  EXPECT_EQ(TakeAll(fast, 1s + 1ns, 10), 1);
}

TEST(TokenBucketTest, AClockThatLagsTakesNoMore) {
  TokenBucket bucket(10, 5);
  EXPECT_EQ(TakeAll(bucket, 10s), 5);
  EXPECT_EQ(TakeAll(bucket, 9s), 0);
}

TEST(TokenBucketTest, ThreadsShareIt) {
  TokenBucket bucket(1, 1000);
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { taken += TakeAll(bucket, 5s, 2000); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace gatehouse::api
