#include "base/clock.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

TEST(Clock, FormatsTimesAsAwsDoes) {
  Millis wall{1767262210417};
  EXPECT_EQ(FormatIso8601(wall), "2026-01-01T10:10:10.417Z");
  EXPECT_EQ(FormatClf(wall), "01/Jan/2026:10:10:10 +0000");
  EXPECT_EQ(FormatIso8601(Millis{5}), "1970-01-01T00:00:00.005Z");
}

TEST(Clock, SystemClockNeverGoesBack) {
  SystemClock clock;
  auto first = clock.Now();
  EXPECT_GE(clock.Now(), first);
  EXPECT_GT(clock.WallNow(), Millis{1767262210417});
}

}  // namespace
}  // namespace gatehouse::base
