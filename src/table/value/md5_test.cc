#include "table/value/md5.h"

#include <string>

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace gatehouse::table {
namespace {

std::string Hex(std::string_view bytes) {
  auto digest = Md5(bytes);
  return base::EncodeHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

TEST(Md5, GivesTheDigestsOfRfc1321) {
  EXPECT_EQ(Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Hex("a"), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(Hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(Hex("abcdefghijklmnopqrstuvwxyz"), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(Hex("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(Hex("1234567890123456789012345678901234567890123456789012345678901234567890123456789"
                "0"),
            "57edf4a22be3c955ac49da2e2107b67a");
}

}  // namespace
}  // namespace gatehouse::table
