#include "base/shared_bound.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

TEST(SharedBoundTest, HoldersTogetherStayBelowIt) {
  SharedBound bound(100);
  Share one, other;
  EXPECT_TRUE(one.Hold(bound, 60));
  EXPECT_TRUE(other.Hold(bound, 40));
  EXPECT_FALSE(other.Hold(bound, 41));
  EXPECT_EQ(bound.held(), 101u) << "counted until it is released";
  EXPECT_TRUE(other.Hold(bound, 41)) << "no change asks for nothing";
  EXPECT_TRUE(other.Hold(bound, 30)) << "less is always granted";
  other.Release();
  EXPECT_EQ(bound.held(), 60u);
  EXPECT_TRUE(one.Hold(bound, 100));
}

TEST(SharedBoundTest, LargeHoldersLeaveAQuarterToSmallOnes) {
  SharedBound bound(100, 10);
  Share large, second, small;
  EXPECT_TRUE(large.Hold(bound, 75));
  EXPECT_FALSE(second.Hold(bound, 11));
  second.Release();
  EXPECT_TRUE(second.Hold(bound, 10));
  EXPECT_TRUE(small.Hold(bound, 10));
}

TEST(SharedBoundTest, SharesGiveBackWhatTheyHold) {
  SharedBound bound(100), another(100);
  {
    Share share;
    EXPECT_TRUE(share.Hold(bound, 30));
    Share moved = std::move(share);
    EXPECT_EQ(bound.held(), 30u);
    EXPECT_EQ(moved.held(), 30u);
    Share assigned;
    EXPECT_TRUE(assigned.Hold(bound, 5));
    assigned = std::move(moved);
    EXPECT_TRUE(assigned.Hold(another, 7));
    EXPECT_EQ(another.held(), 7u);
  }
  EXPECT_EQ(bound.held(), 0u);
  EXPECT_EQ(another.held(), 0u);
}

TEST(SharedBoundTest, ThreadsCountTogether) {
  SharedBound bound(1'000'000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&bound] {
      for (std::size_t n = 0; n < 10'000; ++n) {
        Share share;
        EXPECT_TRUE(share.Hold(bound, n));
        EXPECT_TRUE(share.Hold(bound, n / 2));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bound.held(), 0u);
}

}  // namespace
}  // namespace gatehouse::base
