#include "table/value/item_size.h"

#include <string>
#include <vector>

#include "base/check.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kContainerBytes = 3;
constexpr std::size_t kElementBytes = 1;

std::size_t NumberTextSize(const std::string& text) {
  Result<Decimal> number = Decimal::Parse(text);
  CHECK(number);
  return NumberSize(*number);
}

std::size_t MembersSize(const std::vector<std::string>& values) {
  std::size_t size = 0;
  for (const std::string& value : values) size += value.size();
  return size;
}

std::size_t Size(const Null&) { return 1; }
std::size_t Size(bool) { return 1; }
std::size_t Size(const std::string& text) { return text.size(); }
std::size_t Size(const Number& number) { return NumberTextSize(number.text); }
std::size_t Size(const Binary& binary) { return binary.bytes.size(); }
std::size_t Size(const StringSet& set) { return MembersSize(set.values); }
std::size_t Size(const BinarySet& set) { return MembersSize(set.values); }
std::size_t Size(const NumberSet& set) {
  std::size_t size = 0;
  for (const std::string& text : set.values) size += NumberTextSize(text);
  return size;
}
std::size_t Size(const AttributeValue::List& list) {
  std::size_t size = kContainerBytes;
  for (const AttributeValue& element : list) size += kElementBytes + ValueSize(element);
  return size;
}
std::size_t Size(const Item& map) {
  return kContainerBytes + kElementBytes * map.size() + ItemSize(map);
}

}  // namespace

// Two digits a byte, aligned at the decimal point: an even count that starts between two pairs
// touches one byte more.
std::size_t NumberSize(const Decimal& number) {
  if (number.zero()) return 1;
  int digits = number.digit_count();
  bool splits = digits % 2 == 0 && number.scientific_exponent() % 2 == 0;
  return static_cast<std::size_t>(1 + (digits + 1) / 2 + (splits ? 1 : 0) +
                                  (number.negative() ? 1 : 0));
}

std::size_t ValueSize(const AttributeValue& value) {
  return std::visit([](const auto& held) { return Size(held); }, value.value());
}

std::size_t ItemSize(const Item& item) {
  std::size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + ValueSize(value);
  return size;
}

}  // namespace gatehouse::table
