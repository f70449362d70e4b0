#include "apps/chat/client/pauses.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

TEST(Pauses, DoubleWithJitterUpToTheLongest) {
  base::SeededRandom random(1);
  for (int run = 0; run < 100; ++run) {
    Pauses pauses(random);
    Pauses::Time expected = Pauses::kFirst;
    for (int i = 0; i < 12; ++i) {
      Pauses::Time pause = pauses.Next();
      EXPECT_GE(pause, expected / 2);
      EXPECT_LE(pause, expected * 3 / 2);
      expected = std::min(expected * 2, Pauses::kLongest);
    }
    pauses.Reset();
    EXPECT_LE(pauses.Next(), Pauses::kFirst * 3 / 2);
  }
}

TEST(Pauses, AreNotAllAlike) {
  base::SeededRandom random(1);
  Pauses one(random), other(random);
  EXPECT_NE(one.Next(), other.Next());
}

}  // namespace
}  // namespace gatehouse::chat
