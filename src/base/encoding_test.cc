#include "base/encoding.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

TEST(Encoding, Base64OfRfc4648) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64("\xff\xfe"), "//4=");
  for (std::string text : {"", "f", "fo", "foo", "foob", "\xff\xfe\x01"}) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(text)), text);
  }
}

TEST(Encoding, Base64RefusesWhatIsNotBase64) {
  for (const char* bad :
       {"Z", "Zg", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9v!mFy", "Zg=a", "Zm 8"}) {
    EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
  }
}

TEST(Encoding, Hex) { EXPECT_EQ(EncodeHex(std::string_view("\x00\xff\x1a", 3)), "00ff1a"); }

TEST(Encoding, PercentLeavesMalformedEscapes) {
  EXPECT_EQ(DecodePercent("a%3Db%3d"), "a=b=");
  EXPECT_EQ(DecodePercent("%"), "%");
  EXPECT_EQ(DecodePercent("%4"), "%4");
  EXPECT_EQ(DecodePercent("%zz%41"), "%zzA");
  EXPECT_EQ(DecodePercent("a+b"), "a+b");
  EXPECT_EQ(DecodePercent("a+b%2B", true), "a b+");
}

}  // namespace
}  // namespace gatehouse::base
