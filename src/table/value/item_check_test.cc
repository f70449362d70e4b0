#include "table/value/item_check.h"

#include <string>

#include <gtest/gtest.h>

#include "table/value/item_size.h"

namespace gatehouse::table {
namespace {

const std::string kInvalid = "One or more parameter values were invalid: ";

std::string MessageOf(const Result<void>& result) {
  if (result) return "ok";
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  return result.error().message;
}

// Of one attribute's value; the same must come back from any depth.
std::string ValueMessage(const AttributeValue& value) {
  Item flat{{"a", value}};
  Item deep{{"a", AttributeValue::List{Item{{"b", value}}}}};
  std::string message = MessageOf(CheckValues(flat));
  EXPECT_EQ(MessageOf(CheckValues(deep)), message);
  return message;
}

TEST(CheckValues, BringsNumbersIntoCanonicalForm) {
  Item item{{"n", Number{"+1e3"}},
            {"ns", NumberSet{{"1.50", "-0"}}},
            {"m", Item{{"l", AttributeValue::List{Number{".5"}}}}}};
  ASSERT_TRUE(CheckValues(item));
  EXPECT_EQ(item, (Item{{"n", Number{"1000"}},
                        {"ns", NumberSet{{"1.5", "0"}}},
                        {"m", Item{{"l", AttributeValue::List{Number{"0.5"}}}}}}));
}

TEST(CheckValues, AcceptsWhatMayBeEmpty) {
  EXPECT_EQ(ValueMessage(""), "ok");
  EXPECT_EQ(ValueMessage(Binary{}), "ok");
  EXPECT_EQ(ValueMessage(Item{}), "ok");
  EXPECT_EQ(ValueMessage(AttributeValue::List{}), "ok");
  EXPECT_EQ(ValueMessage(StringSet{{""}}), "ok");
  EXPECT_EQ(ValueMessage(std::string("a\0b", 3)), "ok");
}

TEST(CheckValues, RefusesBadSets) {
  EXPECT_EQ(ValueMessage(StringSet{}), kInvalid + "An string set  may not be empty");
  EXPECT_EQ(ValueMessage(NumberSet{}), kInvalid + "An number set  may not be empty");
  EXPECT_EQ(ValueMessage(BinarySet{}), kInvalid + "Binary sets should not be empty");
  EXPECT_EQ(ValueMessage(StringSet{{"a", "a"}}),
            kInvalid + "Input collection [a, a] contains duplicates.");
  EXPECT_EQ(ValueMessage(NumberSet{{"1", "2", "1.0"}}), "Input collection contains duplicates");
  EXPECT_EQ(ValueMessage(BinarySet{{"b", "b"}}),
            kInvalid + "Input collection [Yg==, Yg==]of type BS contains duplicates.");
}

TEST(CheckValues, RefusesBadNumbers) {
  EXPECT_EQ(ValueMessage(Number{""}), "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(ValueMessage(Number{"b"}), "The parameter cannot be converted to a numeric value: b");
  EXPECT_EQ(ValueMessage(NumberSet{{"1", "b"}}),
            "The parameter cannot be converted to a numeric value: b");
}

TEST(CheckValues, RefusesBadNames) {
  EXPECT_EQ(ValueMessage(Item{{"", true}}), kInvalid + "Attribute name must not be empty");
  EXPECT_EQ(ValueMessage(Item{{std::string(65536, 'a'), true}}),
            kInvalid + "Attribute name is too large, must be less than 65536 bytes");
  EXPECT_EQ(ValueMessage(Item{{std::string(65535, 'a'), true}}), "ok");
}

TEST(CheckValues, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(ValueMessage("a\xff"), kInvalid + "A string must be UTF-8");
  EXPECT_EQ(ValueMessage(StringSet{{"a", "\xc0\xaf"}}), kInvalid + "A string must be UTF-8");
  EXPECT_EQ(ValueMessage(Item{{"\xff", true}}), kInvalid + "Attribute names must be UTF-8");
  EXPECT_EQ(ValueMessage(Binary{"\xff"}), "ok");
}

TEST(CheckValues, NestsTo32Levels) {
  AttributeValue value = "scalar";
  for (int level = 2; level <= 32; ++level) value = AttributeValue::List{value};
  Item item{{"a", value}};
  EXPECT_TRUE(CheckValues(item));
  item["a"] = Item{{"m", value}};
  EXPECT_EQ(MessageOf(CheckValues(item)),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
            "levels beyond supported limit");
}

TEST(CheckItemSize, AllowsExactly400KB) {
  Item item{{"id", "1"}, {"text", std::string(kItemSizeMax - 7, 'x')}};
  EXPECT_TRUE(CheckItemSize(item));
  item["text"] = std::string(kItemSizeMax - 6, 'x');
  EXPECT_EQ(MessageOf(CheckItemSize(item)), "Item size has exceeded the maximum allowed size");
}

const PrimaryKey kHashOnly{{"id", ScalarType::kString}, {}};
const PrimaryKey kBoth{{"id", ScalarType::kNumber}, KeyAttribute{"at", ScalarType::kBinary}};

TEST(CheckItemKey, WantsTheKeyAttributes) {
  EXPECT_TRUE(CheckItemKey(kHashOnly, {{"id", "a"}, {"other", Null()}}));
  EXPECT_EQ(MessageOf(CheckItemKey(kHashOnly, {{"other", "a"}})),
            kInvalid + "Missing the key id in the item");
  EXPECT_EQ(MessageOf(CheckItemKey(kHashOnly, {{"id", Number{"1"}}})),
            kInvalid + "Type mismatch for key id expected: S actual: N");
  EXPECT_EQ(MessageOf(CheckItemKey(kHashOnly, {{"id", Null()}})),
            kInvalid + "Type mismatch for key id expected: S actual: NULL");
  EXPECT_TRUE(CheckItemKey(kBoth, {{"id", Number{"0"}}, {"at", Binary{"x"}}}));
  EXPECT_EQ(MessageOf(CheckItemKey(kBoth, {{"id", Number{"0"}}})),
            kInvalid + "Missing the key at in the item");
  EXPECT_EQ(MessageOf(CheckItemKey(kBoth, {{"id", Number{"0"}}, {"at", "x"}})),
            kInvalid + "Type mismatch for key at expected: B actual: S");
}

TEST(CheckItemKey, RefusesEmptyAndLongKeys) {
  EXPECT_EQ(MessageOf(CheckItemKey(kHashOnly, {{"id", ""}})),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id");
  EXPECT_EQ(MessageOf(CheckItemKey(kBoth, {{"id", Number{"0"}}, {"at", Binary{}}})),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty binary value. Key: at");
  EXPECT_TRUE(CheckItemKey(kHashOnly, {{"id", std::string(2048, 'a')}}));
  EXPECT_EQ(MessageOf(CheckItemKey(kHashOnly, {{"id", std::string(2049, 'a')}})),
            kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes");
  EXPECT_EQ(
      MessageOf(CheckItemKey(kBoth, {{"id", Number{"0"}}, {"at", Binary{std::string(1025, 'a')}}})),
      kInvalid + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

TEST(CheckKey, WantsExactlyTheKey) {
  const std::string kMismatch = "The provided key element does not match the schema";
  EXPECT_TRUE(CheckKey(kHashOnly, {{"id", "a"}}));
  EXPECT_TRUE(CheckKey(kBoth, {{"id", Number{"1"}}, {"at", Binary{"x"}}}));
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {{"id", "a"}, {"more", "b"}})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {{"ID", "a"}})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {{"id", Binary{"a"}}})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kBoth, {{"id", Number{"1"}}})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kBoth, {{"id", Number{"1"}}, {"at", "x"}})), kMismatch);
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {{"id", ""}})),
            kInvalid +
                "The AttributeValue for a key attribute cannot contain an empty string value. "
                "Key: id");
  EXPECT_EQ(MessageOf(CheckKey(kHashOnly, {{"id", std::string(2049, 'a')}})),
            kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes");
}

}  // namespace
}  // namespace gatehouse::table
