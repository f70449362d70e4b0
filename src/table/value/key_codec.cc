#include "table/value/key_codec.h"

#include <algorithm>

#include "base/check.h"
#include "table/value/md5.h"

namespace gatehouse::table {
namespace {

// Callers have checked the item (item_check.h), so its numbers are numbers.
Decimal CheckedNumber(const Number& number) {
  Result<Decimal> decimal = Decimal::Parse(number.text);
  CHECK(decimal);
  return *decimal;
}

void AppendByte(std::string& bytes, int value) {
  CHECK(value >= 0 && value <= 255);
  bytes += static_cast<char>(value);
}

// Pairs of digits as numbers 0–99, from the first digit on; an odd count is padded with 0.
void AppendPairs(std::string& bytes, const std::string& digits, bool negative) {
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    int pair = digits[i] * 10 + (i + 1 < digits.size() ? digits[i + 1] : 0);
    AppendByte(bytes, negative ? 101 - pair : pair + 1);
  }
}

// What DynamoDB hashes for a number: an exponent byte, then base-100 digits aligned at the point.
std::string HashedNumber(const Decimal& number) {
  if (number.zero()) return "\x80";
  int before_point = number.scientific_exponent() + 1;
  bool odd = before_point % 2 != 0;
  std::string digits = (odd ? std::string(1, '\0') : "") + number.Digits();
  int exponent = ((before_point + (odd ? 1 : 0)) / 2 + 0xc0) & 0xff;
  std::string bytes;
  AppendByte(bytes, number.negative() ? exponent ^ 0xff : exponent);
  AppendPairs(bytes, digits, number.negative());
  if (number.negative() && bytes.size() - 1 < 20) AppendByte(bytes, 102);
  return bytes;
}

void AppendHashed(std::string& hashed, const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) {
    hashed += *text;
  } else if (const auto* binary = value.get_if<Binary>()) {
    hashed += binary->bytes;
  } else {
    const auto* number = value.get_if<Number>();
    CHECK(number);
    hashed += HashedNumber(CheckedNumber(*number));
  }
}

}  // namespace

void AppendKeyPrefix(std::string& key, std::string_view bytes) {
  for (char byte : bytes) {
    key += byte;
    if (byte == '\0') key += '\xff';
  }
}

void AppendKeyBytes(std::string& key, std::string_view bytes) {
  AppendKeyPrefix(key, bytes);
  key += '\0';
  key += '\x01';
}

void AppendKeyNumber(std::string& key, const Decimal& number) {
  if (number.zero()) return AppendByte(key, 0x80);
  int exponent = number.scientific_exponent() + 1 + 129;
  AppendByte(key, number.negative() ? 0x40 : 0xc0);
  AppendByte(key, number.negative() ? 255 - exponent : exponent);
  AppendPairs(key, number.Digits(), number.negative());
  AppendByte(key, number.negative() ? 0xff : 0x00);
}
static_assert(kNumberExponentMin + 130 == 0 && kNumberExponentMax + 130 == 255);

void AppendKeyValue(std::string& key, const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) return AppendKeyBytes(key, *text);
  if (const auto* binary = value.get_if<Binary>()) return AppendKeyBytes(key, binary->bytes);
  const auto* number = value.get_if<Number>();
  CHECK(number);
  AppendKeyNumber(key, CheckedNumber(*number));
}

std::uint16_t PartitionHash(const AttributeValue& partition_key) {
  std::string hashed = "Outliers";
  AppendHashed(hashed, partition_key);
  auto digest = Md5(hashed);
  return static_cast<std::uint16_t>(digest[0] << 8 | digest[1]);
}

void AppendPartitionHash(std::string& key, std::span<const AttributeValue* const> values) {
  std::string hashed = "Outliers";
  for (const AttributeValue* value : values) AppendHashed(hashed, *value);
  auto digest = Md5(hashed);
  AppendByte(key, digest[0]);
  AppendByte(key, digest[1]);
}

std::string RowKey(const AttributeValue& partition_key, const AttributeValue* sort_key) {
  std::uint16_t hash = PartitionHash(partition_key);
  std::string key;
  AppendByte(key, hash >> 8);
  AppendByte(key, hash & 0xff);
  AppendKeyValue(key, partition_key);
  if (sort_key) AppendKeyValue(key, *sort_key);
  return key;
}

std::string RowKeyOf(const PrimaryKey& primary_key, const Item& item) {
  auto partition = item.find(primary_key.partition.name);
  CHECK(partition != item.end());
  if (!primary_key.sort) return RowKey(partition->second, nullptr);
  auto sort = item.find(primary_key.sort->name);
  CHECK(sort != item.end());
  return RowKey(partition->second, &sort->second);
}

}  // namespace gatehouse::table
