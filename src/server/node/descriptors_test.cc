#include "server/node/descriptors.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(ShareDescriptors, KeepsBack256) {
  for (std::uint64_t limit : {512u, 600u, 1024u, 20'000u, 1'000'000u}) {
    Result<DescriptorShares> shares = ShareDescriptors(limit);
    ASSERT_TRUE(shares);
    EXPECT_EQ(shares->sockets_max, limit - 256);
    EXPECT_EQ(shares->crowd_max, 64u);
    EXPECT_EQ(shares->own_max, 64u);
  }
}

// Files, listeners and functions' pipes need some, too: 32 at the least.
TEST(ShareDescriptors, HasRoomForEverybodyWhateverTheLimit) {
  for (std::uint64_t limit = 128; limit < 1200; ++limit) {
    Result<DescriptorShares> shares = ShareDescriptors(limit);
    ASSERT_TRUE(shares);
    EXPECT_GE(shares->sockets_max, 64u);
    EXPECT_GE(shares->crowd_max, 16u);
    EXPECT_LE(shares->sockets_max + shares->crowd_max + shares->own_max + 32, limit);
  }
}

TEST(ShareDescriptors, MoreProcessesOfAFunctionNeedMore) {
  Result<DescriptorShares> shares = ShareDescriptors(20'000, 110);
  EXPECT_EQ(shares->sockets_max, 20'000u - 256 - 300);
  EXPECT_EQ(shares->crowd_max, 64u);
  EXPECT_EQ(shares->own_max, 164u);
  EXPECT_EQ(ShareDescriptors(20'000, 1)->sockets_max, 20'000u - 256);
  EXPECT_EQ(ShareDescriptors(2000, 100'000)->sockets_max, 1000u);
}

TEST(ShareDescriptors, RefusesWhatIsTooLittle) {
  Result<DescriptorShares> shares = ShareDescriptors(127);
  ASSERT_FALSE(shares);
  EXPECT_EQ(shares.error().message,
            "this process may open 127 files and sockets; gatehouse needs 128 at least "
            "(ulimit -n)");
}

TEST(ShareDescriptors, AHugeLimitIsCutToWhatIsOfUse) {
  EXPECT_EQ(ShareDescriptors(~std::uint64_t{0})->limit, 1'000'000u);  // RLIM_INFINITY
}

TEST(DescriptorNotice, IsGivenForALowLimitOnly) {
  EXPECT_EQ(DescriptorNotice(*ShareDescriptors(300)),
            "this process may open 300 files and sockets (ulimit -n): 150 clients at a time, "
            "further ones are answered 503");
  EXPECT_NE(DescriptorNotice(*ShareDescriptors(1023)), "");
  EXPECT_EQ(DescriptorNotice(*ShareDescriptors(1024)), "");
}

}  // namespace
}  // namespace gatehouse::server
