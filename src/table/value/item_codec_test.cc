#include "table/value/item_codec.h"

#include <string>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "table/value/test_random.h"

namespace gatehouse::table {
namespace {

using std::string_literals::operator""s;

Item AllTypes() {
  return {{"S", "text"},
          {"S empty", ""},
          {"N", Number{"-12.5"}},
          {"B", Binary{"\0\xff"s}},
          {"NULL", Null()},
          {"BOOL", true},
          {"BOOL 2", false},
          {"SS", StringSet{{"b", "a", ""}}},
          {"NS", NumberSet{{"1", "0.5"}}},
          {"BS", BinarySet{{"\0"s, ""}}},
          {"L", AttributeValue::List{"a", Number{"1"}, AttributeValue::List{}}},
          {"M", Item{{"inner", Item{}}, {"", Null()}}}};
}

TEST(ItemCodec, AllTypesComeBack) {
  Item item = AllTypes();
  Result<Item> decoded = DecodeItem(EncodeItem(item));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, item);
  EXPECT_EQ(*DecodeItem(EncodeItem({})), Item{});
}

// The worked bytes of docs/table-format.md.
TEST(ItemCodec, WritesTheDocumentedBytes) {
  Item item{{"connectionId", "aB3"}, {"tags", AttributeValue::List{Number{"-1.5"}, true, Null()}}};
  EXPECT_EQ(base::EncodeHex(EncodeItem(item)),
            "01"                          // version
            "02"                          // two attributes
            "0c636f6e6e656374696f6e4964"  // name, 12 bytes: connectionId
            "03"
            "03614233"    // S, 3 bytes: aB3
            "0474616773"  // name, 4 bytes: tags
            "09"
            "03"  // L of three
            "04"
            "042d312e35"  // N, 4 bytes: -1.5
            "02"          // true
            "00");        // NULL
}

TEST(ItemCodec, LongThingsHaveLongCounts) {
  Item item{{std::string(127, 'a'), std::string(128, 'b')}, {std::string(70000, 'c'), Null()}};
  EXPECT_EQ(*DecodeItem(EncodeItem(item)), item);
}

AttributeValue Nested(int levels) {
  AttributeValue value = true;
  for (int level = 1; level < levels; ++level) {
    value = level % 2 ? AttributeValue(AttributeValue::List{value})
                      : AttributeValue(Item{{"m", value}});
  }
  return value;
}

TEST(ItemCodec, NestsTo32Levels) {
  Item item{{"a", Nested(kNestingLevelsMax)}};
  std::string bytes = EncodeItem(item);
  EXPECT_EQ(*DecodeItem(bytes), item);
  std::string deeper(
      "\x01\x01\x01"s
      "a");
  for (int i = 0; i < 1'000'000; ++i) deeper += "\x09\x01";
  EXPECT_FALSE(DecodeItem(deeper));
}

TEST(ItemCodec, RandomItemsComeBack) {
  TestRandom random(7);
  for (int i = 0; i < 3000; ++i) {
    Item item = random.Map(4);
    Result<Item> decoded = DecodeItem(EncodeItem(item));
    ASSERT_TRUE(decoded);
    ASSERT_EQ(*decoded, item);
  }
}

TEST(ItemCodec, EveryTruncationIsRefused) {
  std::string bytes = EncodeItem(AllTypes());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeItem(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(DecodeItem(bytes + '\0'));
}

// A changed bit gives another item or an error, never more; what decodes encodes to the same bytes.
TEST(ItemCodec, EveryBitFlipIsHarmless) {
  std::string bytes = EncodeItem(AllTypes());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    Result<Item> item = DecodeItem(changed);
    if (item) {
      EXPECT_EQ(EncodeItem(*item), changed);
    }
  }
}

TEST(ItemCodec, GarbageIsRefused) {
  const std::string kGarbage[] = {
      "",
      "\x01",      // no count
      "\x01\x01",  // no attribute
      "\x01\x01\x01"s
      "a",  // no value
      "\x01\x01\x01"s
      "a\x0b",  // no such tag
      "\x01\x02\x01"s
      "b\x02\x01"s
      "a\x02",  // names descend
      "\x01\x02\x01"s
      "a\x02\x01"s
      "a\x02",          // a name twice
      "\x01\x80\x00"s,  // a count not in its shortest form
      "\x01\x01\x01"s
      "a\x04\x01"s
      "x",  // no number
      "\x01\x01\x01"s
      "a\x04\x02"s
      "01",  // a number not in canonical form
      "\x01\x01\x01"s
      "a\x06\x00"s,  // an empty set
      "\x01\x01\x01"s
      "a\x07\x01\x01"s
      "-",  // no number in a set
      "\x01\x01\x01"s
      "a\x03\xff\xff\xff\xff\x0f",  // 4 GB of text
      "\x01\x01\x01"s
      "a\x09\xff\xff\xff\xff\x0f",  // 4 billion elements
      "\x01\x01\x01"s
      "a\x09\xff\xff\xff\xff\xff\xff\xff",
  };
  for (const std::string& bytes : kGarbage) {
    Result<Item> item = DecodeItem(bytes);
    ASSERT_FALSE(item) << base::EncodeHex(bytes);
    EXPECT_EQ(item.error().code, ErrorCode::kIo);
  }
}

TEST(ItemCodec, ErrorsSayWhere) {
  EXPECT_EQ(DecodeItem("\x01\x01\x01"s
                       "a\x0b")
                .error()
                .message,
            "a stored item is damaged at byte 5 of 5");
  Result<Item> newer = DecodeItem("\x02");
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(newer.error().message, "a stored item was written by a newer gatehouse (format 2)");
}

}  // namespace
}  // namespace gatehouse::table
