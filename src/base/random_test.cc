#include "base/random.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

TEST(Random, SameSeedSameNumbers) {
  SeededRandom a(7), b(7), c(8);
  std::uint64_t first = a.Next();
  EXPECT_EQ(b.Next(), first);
  EXPECT_NE(c.Next(), first);
  EXPECT_NE(a.Next(), first);
}

TEST(Random, SystemRandomFillsEverything) {
  SystemRandom random;
  std::byte bytes[64] = {};
  random.Fill(bytes);
  int zeros = 0;
  for (std::byte b : bytes) zeros += b == std::byte{0};
  EXPECT_LT(zeros, 16);
}

}  // namespace
}  // namespace gatehouse::base
