#include "table/value/item_size.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::table {
namespace {

std::size_t SizeOfNumber(const char* text) { return NumberSize(*Decimal::Parse(text)); }

TEST(ItemSize, CountsNumbersByPairsOfDigits) {
  EXPECT_EQ(SizeOfNumber("0"), 1u);
  EXPECT_EQ(SizeOfNumber("5"), 2u);
  EXPECT_EQ(SizeOfNumber("12"), 2u);
  EXPECT_EQ(SizeOfNumber("120"), 3u);
  EXPECT_EQ(SizeOfNumber("1.2"), 3u);
  EXPECT_EQ(SizeOfNumber("123"), 3u);
  EXPECT_EQ(SizeOfNumber("-123"), 4u);
  EXPECT_EQ(SizeOfNumber("1e125"), 2u);
  EXPECT_EQ(SizeOfNumber("12345678901234567890123456789012345678"), 20u);
}

TEST(ItemSize, AddsNamesAndValues) {
  EXPECT_EQ(ItemSize({}), 0u);
  EXPECT_EQ(ItemSize({{"id", "abc"}}), 5u);
  EXPECT_EQ(ItemSize({{"é", "é"}}), 4u);  // bytes of UTF-8
  EXPECT_EQ(ValueSize(Binary{std::string(7, '\0')}), 7u);
  EXPECT_EQ(ValueSize(true), 1u);
  EXPECT_EQ(ValueSize(Null()), 1u);
  EXPECT_EQ(ValueSize(StringSet{{"a", "bcd"}}), 4u);
  EXPECT_EQ(ValueSize(NumberSet{{"12", "120"}}), 5u);
  EXPECT_EQ(ValueSize(BinarySet{{"", "xy"}}), 2u);
  EXPECT_EQ(ValueSize(AttributeValue::List{}), 3u);
  EXPECT_EQ(ValueSize(AttributeValue::List{"ab", Null()}), 3u + 2 + 1 + 2);
  EXPECT_EQ(ValueSize(Item{{"key", "ab"}}), 3u + 1 + 3 + 2);
}

}  // namespace
}  // namespace gatehouse::table
