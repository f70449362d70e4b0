#include "table/value/key_codec.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "table/value/test_random.h"

namespace gatehouse::table {
namespace {

using std::string_literals::operator""s;

std::string EncodedNumber(std::string_view text) {
  std::string key;
  AppendKeyNumber(key, *Decimal::Parse(text));
  return base::EncodeHex(key);
}

std::string EncodedBytes(std::string_view bytes) {
  std::string key;
  AppendKeyBytes(key, bytes);
  return base::EncodeHex(key);
}

TEST(KeyCodec, WritesNumbersAsDocumented) {
  EXPECT_EQ(EncodedNumber("0"), "80");
  EXPECT_EQ(EncodedNumber("1"), "c0820b00");  // 0.10 × 10^1: e + 129 = 130, pair 10
  EXPECT_EQ(EncodedNumber("12"), "c0830d00");
  EXPECT_EQ(EncodedNumber("123.45"), "c0840d233300");
  EXPECT_EQ(EncodedNumber("-1"), "407d5bff");
  EXPECT_EQ(EncodedNumber("1e-130"), "c0000b00");
  EXPECT_EQ(EncodedNumber("1e125"), "c0ff0b00");
  EXPECT_EQ(EncodedNumber("-9e125"), "40000bff");
  EXPECT_EQ(EncodedNumber(std::string(38, '9')).size(), 2 * 22u);
}

TEST(KeyCodec, WritesBytesAsDocumented) {
  EXPECT_EQ(EncodedBytes("ab"), "61620001");
  EXPECT_EQ(EncodedBytes("a\0b"s), "6100ff620001");
  EXPECT_EQ(EncodedBytes(""), "0001");
}

// The rows of docs/table-format.md.
TEST(KeyCodec, WritesRowKeysAsDocumented) {
  AttributeValue sort = Number{"123.45"};
  EXPECT_EQ(base::EncodeHex(RowKey("3635", nullptr)), "0008333633350001");
  EXPECT_EQ(base::EncodeHex(RowKey("a", &sort)), "f655610001c0840d233300");
  EXPECT_EQ(base::EncodeHex(RowKey(Number{"1"}, nullptr)), "c3a0c0820b00");
  EXPECT_EQ(base::EncodeHex(RowKey(Number{"-1"}, nullptr)), "0267407d5bff");
}

TEST(KeyCodec, OrdersNumbersByValue) {
  TestRandom random(4);
  for (int i = 0; i < 20'000; ++i) {
    Decimal a = random.Number();
    Decimal b = i % 100 == 0 ? a : random.Number();
    std::string key_a, key_b;
    AppendKeyNumber(key_a, a);
    AppendKeyNumber(key_b, b);
    ASSERT_EQ(key_a <=> key_b, a <=> b) << a.ToString() << " " << b.ToString();
    ASSERT_LE(key_a.size(), 22u);
  }
}

TEST(KeyCodec, OrdersBytesWithTheShorterFirst) {
  TestRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string a = random.Bytes();
    std::string b = random.Bytes();
    std::string key_a, key_b;
    AppendKeyBytes(key_a, a);
    AppendKeyBytes(key_b, b);
    ASSERT_EQ(key_a <=> key_b, a <=> b) << base::EncodeHex(a) << " " << base::EncodeHex(b);
  }
}

// Of a partition and a sort key of any types: equal partitions lie together, ordered by sort key.
TEST(KeyCodec, OrdersRowsByHashThenPartitionThenSortKey) {
  TestRandom random(6);
  for (int i = 0; i < 20'000; ++i) {
    std::string partition_a = random.Bytes(2);
    std::string partition_b = random.Below(2) == 0 ? partition_a : random.Bytes(2);
    Decimal sort_a = random.Number();
    Decimal sort_b = random.Number();
    AttributeValue number_a = Number{sort_a.ToString()};
    AttributeValue number_b = Number{sort_b.ToString()};
    std::string key_a = RowKey(Binary{partition_a}, &number_a);
    std::string key_b = RowKey(Binary{partition_b}, &number_b);
    auto expected = PartitionHash(Binary{partition_a}) <=> PartitionHash(Binary{partition_b});
    if (expected == 0) expected = partition_a <=> partition_b;
    if (expected == 0) expected = sort_a <=> sort_b;
    ASSERT_EQ(key_a <=> key_b, expected);
  }
}

// Observed of AWS: docs/aws/dynamodb.md §4.6.
TEST(PartitionHash, IsDynamoDbs) {
  EXPECT_EQ(PartitionHash("3635"), 0x0008);
  EXPECT_EQ(PartitionHash("1668"), 0x001f);
  EXPECT_EQ(PartitionHash("3435"), 0x0044);
  EXPECT_EQ(PartitionHash(Binary{"3635"}), 0x0008);
}

TEST(PartitionHash, IsOneForEqualNumbers) {
  EXPECT_EQ(PartitionHash(Number{"1e3"}), PartitionHash(Number{"+1000.0"}));
  EXPECT_NE(PartitionHash(Number{"1"}), PartitionHash(Number{"-1"}));
  // By hand: MD5("Outliers" c1 02), MD5("Outliers" 80), MD5("Outliers" 3e 64 66).
  EXPECT_EQ(PartitionHash(Number{"1"}), 0xc3a0);
  EXPECT_EQ(PartitionHash(Number{"0"}), 0xce21);
  EXPECT_EQ(PartitionHash(Number{"-1"}), 0x0267);
}

TEST(PartitionHash, TakesTheLargestNumbers) {
  for (const char* text : {"1e125", "-1e125", "1e-130", "-1e-130", "0.001", "123.456"}) {
    (void)PartitionHash(Number{text});
    (void)PartitionHash(Number{std::string(text[0] == '-' ? "-" : "") + std::string(38, '7')});
  }
}

}  // namespace
}  // namespace gatehouse::table
