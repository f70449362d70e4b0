#include "base/shared_bytes.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

TEST(SharedBytes, AppendsOnlyWhileAlone) {
  SharedBytes one = SharedBytes::WithCapacity(8);
  EXPECT_TRUE(one.TryAppend("abc"));
  {
    SharedBytes two = one;
    EXPECT_FALSE(one.TryAppend("d"));
    EXPECT_EQ(two.view(), "abc");
    EXPECT_EQ(two.data(), one.data());
  }
  EXPECT_TRUE(one.TryAppend("defgh"));
  EXPECT_FALSE(one.TryAppend("i"));
  EXPECT_EQ(one.view(), "abcdefgh");
}

TEST(SharedBytes, EmptyOnes) {
  SharedBytes none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.size(), 0u);
  EXPECT_FALSE(none.TryAppend(""));
  SharedBytes empty = SharedBytes::Copy("");
  EXPECT_TRUE(empty);
  EXPECT_EQ(empty.view(), "");
}

TEST(SharedBytes, SelfAssignmentKeepsTheBlock) {
  SharedBytes one = SharedBytes::Copy("abc");
  SharedBytes& same = one;
  one = same;
  EXPECT_EQ(one.view(), "abc");
}

TEST(SharedBytes, OwnBytesAreOfTheOnlyReference) {
  EXPECT_EQ(SharedBytes().own_bytes(), 0u);
  SharedBytes bytes = SharedBytes::WithCapacity(1000);
  EXPECT_GE(bytes.own_bytes(), 1000u);
  {
    SharedBytes other = bytes;
    EXPECT_EQ(bytes.own_bytes(), 0u);
  }
  EXPECT_GE(bytes.own_bytes(), 1000u);
}

}  // namespace
}  // namespace gatehouse::base
