#include "base/duration_histogram.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

using namespace std::chrono_literals;

TEST(DurationHistogram, CountsByBucket) {
  DurationHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  for (std::chrono::nanoseconds duration :
       {std::chrono::nanoseconds{0}, 500'000ns, 500'001ns, std::chrono::nanoseconds{30s},
        std::chrono::nanoseconds{31s}}) {
    histogram.Add(duration);
  }
  EXPECT_EQ(histogram.counts()[0], 2u) << "a bound belongs to its bucket";
  EXPECT_EQ(histogram.counts()[1], 1u);
  EXPECT_EQ(histogram.counts()[DurationHistogram::kBounds.size() - 1], 1u);
  EXPECT_EQ(histogram.counts()[DurationHistogram::kBounds.size()], 1u);
  EXPECT_EQ(histogram.count(), 5u);
  EXPECT_NEAR(histogram.sum_seconds(), 61.001, 0.0001);
}

TEST(DurationHistogram, CountsTheSameDurationManyTimes) {
  DurationHistogram one, other;
  for (int i = 0; i < 3; ++i) one.Add(std::chrono::nanoseconds{2ms});
  other.Add(std::chrono::nanoseconds{2ms}, 3);
  EXPECT_EQ(one.counts(), other.counts());
  EXPECT_DOUBLE_EQ(one.sum_seconds(), other.sum_seconds());
}

TEST(DurationHistogram, Adds) {
  DurationHistogram one, other;
  one.Add(std::chrono::nanoseconds{1s});
  other.Add(std::chrono::nanoseconds{2s});
  one.Add(other);
  EXPECT_EQ(one.count(), 2u);
  EXPECT_DOUBLE_EQ(one.sum_seconds(), 3);
}

TEST(DurationHistogram, BoundsGrow) {
  for (std::size_t i = 1; i < DurationHistogram::kBounds.size(); ++i) {
    EXPECT_LT(DurationHistogram::kBounds[i - 1], DurationHistogram::kBounds[i]);
  }
}

}  // namespace
}  // namespace gatehouse::base
