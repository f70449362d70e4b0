#include "table/value/number.h"

#include <string>

#include <gtest/gtest.h>

#include "table/value/test_random.h"

namespace gatehouse::table {
namespace {

std::string Canonical(std::string_view text) {
  Result<Decimal> number = Decimal::Parse(text);
  return number ? number->ToString() : number.error().message;
}

TEST(Number, IsShownPlainly) {
  EXPECT_EQ(Canonical("0"), "0");
  EXPECT_EQ(Canonical("-0"), "0");
  EXPECT_EQ(Canonical("0e5"), "0");
  EXPECT_EQ(Canonical("0.000"), "0");
  EXPECT_EQ(Canonical(".5"), "0.5");
  EXPECT_EQ(Canonical("5."), "5");
  EXPECT_EQ(Canonical("+1000"), "1000");
  EXPECT_EQ(Canonical("1e3"), "1000");
  EXPECT_EQ(Canonical("1E+3"), "1000");
  EXPECT_EQ(Canonical("1000.0"), "1000");
  EXPECT_EQ(Canonical("-0012.3400"), "-12.34");
  EXPECT_EQ(Canonical("12.5e-4"), "0.00125");
  EXPECT_EQ(Canonical("1e125"), "1" + std::string(125, '0'));
  EXPECT_EQ(Canonical("1e-130"), "0." + std::string(129, '0') + "1");
  EXPECT_EQ(Canonical("10000000000000000000000000000000000000000000000000"),
            "1" + std::string(49, '0'));
  EXPECT_EQ(Canonical(std::string(5000, '0') + "7" + "." + std::string(5000, '0')), "7");
}

TEST(Number, WhatIsNoNumberIsRefusedWithItsText) {
  const std::string kMessage = "The parameter cannot be converted to a numeric value";
  EXPECT_EQ(Canonical(""), kMessage);
  for (const char* text :
       {" 1", "1 ", "b", "NaN", "Infinity", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "0x10",
        "1e5.5", "--1", "1,000", "1e5e5", "1_000", "\xc2\xb2"}) {
    EXPECT_EQ(Canonical(text), kMessage + ": " + text);
  }
  EXPECT_EQ(Canonical(std::string_view("1\0", 2)), kMessage + ": 1" + std::string(1, '\0'));
}

TEST(Number, HasBounds) {
  const std::string kOver =
      "Number overflow. Attempting to store a number with magnitude larger than supported range";
  const std::string kUnder =
      "Number underflow. Attempting to store a number with magnitude smaller than supported range";
  const std::string kDigits = "Attempting to store more than 38 significant digits in a Number";
  EXPECT_EQ(Canonical("1e126"), kOver);
  EXPECT_EQ(Canonical("-1e126"), kOver);
  EXPECT_EQ(Canonical("10e125"), kOver);
  EXPECT_EQ(Canonical("0.1e126"), "1" + std::string(125, '0'));
  EXPECT_EQ(Canonical("1e-131"), kUnder);
  EXPECT_EQ(Canonical("-0.1e-130"), kUnder);
  EXPECT_EQ(Canonical("1.0e100000000"), kOver);
  EXPECT_EQ(Canonical("1e-99999999999999999999999"), kUnder);
  EXPECT_EQ(Canonical("0e99999999999999999999999"), "0");
  EXPECT_EQ(Canonical("123456789012345678901234567890123456789"), kDigits);
  EXPECT_EQ(Canonical("-1.23456789012345678901234567890123456789"), kDigits);
  EXPECT_EQ(Canonical("1" + std::string(60, '0') + "1"), kDigits);
  EXPECT_EQ(Canonical("12345678901234567890123456789012345678"),
            "12345678901234567890123456789012345678");
  EXPECT_EQ(Canonical("99999999999999999999999999999999999999e88"),
            std::string(38, '9') + std::string(88, '0'));
  EXPECT_EQ(Canonical("99999999999999999999999999999999999999e89"), kOver);
}

TEST(Number, ComparesByValue) {
  EXPECT_EQ(*Decimal::Parse("1e3"), *Decimal::Parse("+1000.0"));
  const char* ascending[] = {"-1e125",  "-1001", "-1000",  "-999.5", "-1",   "-0.5",
                             "-1e-130", "0",     "1e-130", "0.5",    "0.55", "0.555",
                             "1",       "9",     "10",     "99",     "100",  "1e125"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(*Decimal::Parse(ascending[i]) <=> *Decimal::Parse(ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
    }
  }
}

std::string Sum(std::string_view a, std::string_view b) {
  Result<Decimal> sum = Decimal::Add(*Decimal::Parse(a), *Decimal::Parse(b));
  return sum ? sum->ToString() : sum.error().message.substr(0, 14);
}

TEST(Number, AddsExactly) {
  const std::string nines(38, '9');
  EXPECT_EQ(Sum("1", "2"), "3");
  EXPECT_EQ(Sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(Sum("5", "-5"), "0");
  EXPECT_EQ(Sum("-1", "0.75"), "-0.25");
  EXPECT_EQ(Sum("0", "-7"), "-7");
  EXPECT_EQ(Sum("1e125", "1e125"), "2" + std::string(125, '0'));
  EXPECT_EQ(Sum(nines, "1"), "1" + std::string(38, '0'));
  EXPECT_EQ(Sum("1e38", "-1"), nines);
  EXPECT_EQ(Sum(nines, nines), "Number overflo");  // 39 digits
  EXPECT_EQ(Sum("1e38", "1"), "Number overflo");
  EXPECT_EQ(Sum("1e39", "-1"), "Number overflo");
  EXPECT_EQ(Sum("1e125", "1e-130"), "Number overflo");
  EXPECT_EQ(Sum("9e125", "1e125"), "Number overflo");
  EXPECT_EQ(Sum("1.1e-130", "-1e-130"), "Number underfl");
}

TEST(Number, SubtractsExactly) {
  auto difference = [](std::string_view a, std::string_view b) {
    return Decimal::Subtract(*Decimal::Parse(a), *Decimal::Parse(b))->ToString();
  };
  EXPECT_EQ(difference("3", "5"), "-2");
  EXPECT_EQ(difference("3", "0"), "3");
  EXPECT_EQ(difference("0", "3"), "-3");
  EXPECT_EQ(difference("-3", "-3"), "0");
}

TEST(Number, RandomOnesSurviveTheirText) {
  TestRandom random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random.NumberText();
    Result<Decimal> number = Decimal::Parse(text);
    ASSERT_TRUE(number) << text;
    std::string canonical = number->ToString();
    ASSERT_TRUE(IsCanonicalNumber(canonical)) << canonical;
    ASSERT_EQ(*Decimal::Parse(canonical), *number) << text;
    ASSERT_EQ(Decimal::Parse(canonical)->ToString(), canonical) << text;
  }
}

// Laws that hold for all numbers whose sums can be told; __int128 judges small ones.
TEST(Number, RandomSumsObeyArithmetic) {
  TestRandom random(2);
  for (int i = 0; i < 20'000; ++i) {
    Decimal a = random.Number();
    Decimal b = random.Number();
    Result<Decimal> sum = Decimal::Add(a, b);
    Result<Decimal> reversed = Decimal::Add(b, a);
    ASSERT_EQ(sum.has_value(), reversed.has_value());
    if (!sum) continue;
    ASSERT_EQ(*sum, *reversed);
    ASSERT_EQ(*Decimal::Subtract(*sum, b), a) << a.ToString() << " " << b.ToString();
    ASSERT_EQ(*sum > a, b > Decimal());
  }
  for (int i = 0; i < 20'000; ++i) {
    std::int64_t a = random.Below(2'000'000'000) - 1'000'000'000;
    std::int64_t b = random.Below(2'000) - 1'000;
    ASSERT_EQ(Sum(std::to_string(a), std::to_string(b)), std::to_string(a + b));
  }
}

TEST(Number, KnowsCanonicalText) {
  for (const char* text : {"0", "1", "-1", "10", "0.5", "-0.05", "1.5", "100.001"}) {
    EXPECT_TRUE(IsCanonicalNumber(text)) << text;
  }
  for (const char* text : {"", "-", "-0", "00", "01", "+1", "1.", ".5", "1.0", "0.50", "1e3",
                           "1.2.3", "a", "0.", "1,5", " 1", "--1", "0.0"}) {
    EXPECT_FALSE(IsCanonicalNumber(text)) << text;
  }
  EXPECT_TRUE(IsCanonicalNumber("1" + std::string(125, '0')));
  EXPECT_FALSE(IsCanonicalNumber("1" + std::string(126, '0')));
  EXPECT_TRUE(IsCanonicalNumber("0." + std::string(129, '0') + "1"));
  EXPECT_FALSE(IsCanonicalNumber("0." + std::string(130, '0') + "1"));
  EXPECT_TRUE(IsCanonicalNumber(std::string(38, '9')));
  EXPECT_FALSE(IsCanonicalNumber(std::string(39, '9')));
  EXPECT_FALSE(IsCanonicalNumber("1." + std::string(38, '9')));
}

// Texts from a few characters: whatever is called canonical must be what ToString gives.
TEST(Number, CanonicalMeansToString) {
  TestRandom random(3);
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (int size = random.Below(7); size > 0; --size) text += "-+.0019e"[random.Below(8)];
    ASSERT_EQ(IsCanonicalNumber(text), Canonical(text) == text) << text;
  }
}

}  // namespace
}  // namespace gatehouse::table
