#include "aws/id.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace gatehouse::aws {
namespace {

// The same byte again and again.
class OneByte : public base::Random {
 public:
  explicit OneByte(std::byte byte) : byte_(byte) {}
  void Fill(std::span<std::byte> out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  std::byte byte_;
};

TEST(IdTest, AUuidSaysItsVersionAndVariant) {
  OneByte zeros(std::byte{0}), ones(std::byte{0xff});
  EXPECT_EQ(NewUuid(zeros), "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(NewUuid(ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(IdTest, HexIsTwiceAsLongAsItsBytes) {
  OneByte random(std::byte{0xa5});
  EXPECT_EQ(RandomHex(random, 3), "a5a5a5");
}

TEST(IdTest, DynamoDbsRequestIdsAre52CharactersOf32) {
  std::set<char> seen;
  for (int byte = 0; byte < 256; ++byte) {
    OneByte random{static_cast<std::byte>(byte)};
    std::string id = NewDynamoDbRequestId(random);
    EXPECT_EQ(id.size(), 52u);
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), id.npos);
    seen.insert(id.begin(), id.end());
  }
  EXPECT_EQ(seen.size(), 32u);
}

}  // namespace
}  // namespace gatehouse::aws
