#include "auth/policy/condition_value.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

TEST(ConditionValue, ReadsNumbers) {
  EXPECT_EQ(ReadNumber("10"), 10);
  EXPECT_EQ(ReadNumber("-0.50"), -0.5);
  EXPECT_EQ(ReadNumber("+1e3"), 1000);
  for (const char* text : {"", "ten", "1 ", "0x10", "inf", "nan", "1e999"}) {
    EXPECT_EQ(ReadNumber(text), std::nullopt) << text;
  }
}

TEST(ConditionValue, ReadsEveryFormOfTheW3cNote) {
  EXPECT_EQ(ReadDate("1997"), 852076800000);
  EXPECT_EQ(ReadDate("1997-07"), 867715200000);
  EXPECT_EQ(ReadDate("1997-07-16"), 869011200000);
  EXPECT_EQ(ReadDate("1997-07-16T19:20+01:00"), 869077200000);
  EXPECT_EQ(ReadDate("1997-07-16T19:20:30+01:00"), 869077230000);
  EXPECT_EQ(ReadDate("1997-07-16T19:20:30.45+01:00"), 869077230450);
  EXPECT_EQ(ReadDate("1997-07-16T18:20:30Z"), 869077230000);
  EXPECT_EQ(ReadDate("1997-07-16T13:20:30-05:00"), 869077230000);
  EXPECT_EQ(ReadDate("869077230"), 869077230000);
  EXPECT_EQ(ReadDate("1969-12-31T23:59:59Z"), -1000);
}

TEST(ConditionValue, RefusesOtherDates) {
  for (const char* text :
       {"", "97", "1997-13", "1997-02-30", "1997-07-16T", "1997-07-16T24:00Z", "1997-07-16 19:20Z",
        "1997-07-16T19:20:30.Z", "1997-07-16T19:20+1", "1997-07-16Z", "1997-07-16T19:20Zx",
        "1234567890123", "-5", "tomorrow"}) {
    EXPECT_EQ(ReadDate(text), std::nullopt) << text;
  }
}

bool IsIn(std::string_view address, std::string_view range) {
  const auto a = ReadIpRange(address);
  const auto r = ReadIpRange(range);
  return a && r && r->Contains(*a);
}

TEST(ConditionValue, ComparesAddressesBitByBit) {
  EXPECT_TRUE(IsIn("203.0.113.255", "203.0.113.0/24"));
  EXPECT_FALSE(IsIn("203.0.114.0", "203.0.113.0/24"));
  EXPECT_TRUE(IsIn("10.0.0.129", "10.0.0.128/25"));
  EXPECT_FALSE(IsIn("10.0.0.127", "10.0.0.128/25"));
  EXPECT_TRUE(IsIn("10.1.2.3", "0.0.0.0/0"));
  EXPECT_FALSE(IsIn("10.0.0.1", "10.0.0.2"));
  EXPECT_FALSE(IsIn("10.0.0.0/8", "10.0.0.0/16"));
  EXPECT_TRUE(IsIn("2001:db8:1234:5678::1", "2001:DB8:1234:5678::/64"));
  EXPECT_FALSE(IsIn("2001:db8:1234:5679::1", "2001:DB8:1234:5678::/64"));
  EXPECT_FALSE(IsIn("0.0.0.1", "::/0"));
}

TEST(ConditionValue, RefusesOtherAddresses) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1",
                           "1.2.3.4/8x", "::/129", "localhost"}) {
    EXPECT_FALSE(ReadIpRange(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::auth
