#include "table/value/item_codec.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "table/value/number.h"

namespace gatehouse::table {
namespace {

enum Tag : char {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kString = 3,
  kNumber = 4,
  kBinary = 5,
  kStringSet = 6,
  kNumberSet = 7,
  kBinarySet = 8,
  kList = 9,
  kMap = 10,
};

class Encoder {
 public:
  void Byte(char byte) { bytes_ += byte; }

  // Seven bits a byte, lowest first; the high bit says that more follow.
  void Count(std::size_t count) {
    CHECK(count <= UINT32_MAX);
    for (; count >= 0x80; count >>= 7) bytes_ += static_cast<char>(count | 0x80);
    bytes_ += static_cast<char>(count);
  }

  void Bytes(std::string_view bytes) {
    Count(bytes.size());
    bytes_ += bytes;
  }

  void Attributes(const Item& item, int level) {
    Count(item.size());
    for (const auto& [name, value] : item) {
      Bytes(name);
      Value(value, level);
    }
  }

  void Value(const AttributeValue& value, int level) {
    CHECK(level <= kNestingLevelsMax);
    std::visit([this, level](const auto& held) { Held(held, level); }, value.value());
  }

  std::string Take() { return std::move(bytes_); }

 private:
  void Held(const Null&, int) { Byte(kNull); }
  void Held(bool held, int) { Byte(held ? kTrue : kFalse); }
  void Held(const std::string& held, int) { Tagged(kString, held); }
  void Held(const Binary& held, int) { Tagged(kBinary, held.bytes); }
  void Held(const Number& held, int) {
    CHECK(IsCanonicalNumber(held.text));
    Tagged(kNumber, held.text);
  }
  void Held(const StringSet& held, int) { Set(kStringSet, held.values); }
  void Held(const BinarySet& held, int) { Set(kBinarySet, held.values); }
  void Held(const NumberSet& held, int) {
    for (const std::string& text : held.values) CHECK(IsCanonicalNumber(text));
    Set(kNumberSet, held.values);
  }
  void Held(const AttributeValue::List& held, int level) {
    Byte(kList);
    Count(held.size());
    for (const AttributeValue& element : held) Value(element, level + 1);
  }
  void Held(const Item& held, int level) {
    Byte(kMap);
    Attributes(held, level + 1);
  }

  void Tagged(Tag tag, std::string_view bytes) {
    Byte(tag);
    Bytes(bytes);
  }
  void Set(Tag tag, const std::vector<std::string>& values) {
    CHECK(!values.empty());
    Byte(tag);
    Count(values.size());
    for (const std::string& value : values) Bytes(value);
  }

  std::string bytes_;
};

// Each function reads one thing and returns false where the bytes cannot be ours. `level` is that
// of the value read; it bounds the recursion.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }

  bool Attributes(Item& item, int level) {
    std::uint32_t count = 0;
    if (!Count(count)) return false;
    for (; count > 0; --count) {
      std::string name;
      AttributeValue value;
      if (!Bytes(name) || !Value(value, level)) return false;
      if (!item.empty() && item.rbegin()->first >= name) return false;
      item.emplace_hint(item.end(), std::move(name), std::move(value));
    }
    return true;
  }

  bool Value(AttributeValue& value, int level) {
    if (level > kNestingLevelsMax || rest_.empty()) return false;
    char tag = rest_.front();
    rest_.remove_prefix(1);
    switch (tag) {
      case kNull:
        value = Null();
        return true;
      case kFalse:
      case kTrue:
        value = (tag == kTrue);
        return true;
      case kString:
        return Bytes(value.value().emplace<std::string>());
      case kNumber:
        return NumberText(value.value().emplace<Number>().text);
      case kBinary:
        return Bytes(value.value().emplace<Binary>().bytes);
      case kStringSet:
        return Set(value.value().emplace<StringSet>().values, &Decoder::Bytes);
      case kNumberSet:
        return Set(value.value().emplace<NumberSet>().values, &Decoder::NumberText);
      case kBinarySet:
        return Set(value.value().emplace<BinarySet>().values, &Decoder::Bytes);
      case kList:
        return List(value.value().emplace<AttributeValue::List>(), level + 1);
      case kMap:
        return Attributes(value.value().emplace<Item>(), level + 1);
      default:
        return false;
    }
  }

 private:
  // In the shortest form only. Whatever is counted takes at least a byte each, which bounds what a
  // damaged count can make us reserve.
  bool Count(std::uint32_t& count) {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
      auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte & 0x80) continue;
      count = static_cast<std::uint32_t>(number);
      return number <= rest_.size() && (byte != 0 || shift == 0);
    }
    return false;
  }

  bool Bytes(std::string& bytes) {
    std::uint32_t size = 0;
    if (!Count(size)) return false;
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  bool NumberText(std::string& text) { return Bytes(text) && IsCanonicalNumber(text); }

  bool Set(std::vector<std::string>& values, bool (Decoder::*read)(std::string&)) {
    std::uint32_t count = 0;
    if (!Count(count) || count == 0) return false;
    for (; count > 0; --count) {
      if (!(this->*read)(values.emplace_back())) return false;
    }
    return true;
  }

  bool List(AttributeValue::List& list, int level) {
    std::uint32_t count = 0;
    if (!Count(count)) return false;
    for (; count > 0; --count) {
      if (!Value(list.emplace_back(), level)) return false;
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::string EncodeItem(const Item& item) {
  Encoder encoder;
  encoder.Byte(kItemFormatVersion);
  encoder.Attributes(item, 1);
  return encoder.Take();
}

std::string EncodeAttributes(const Item& item, const std::vector<std::string>& names) {
  std::vector<const Item::value_type*> attributes;
  for (const std::string& name : names) {
    auto found = item.find(name);
    if (found != item.end()) attributes.push_back(&*found);
  }
  Encoder encoder;
  encoder.Byte(kItemFormatVersion);
  encoder.Count(attributes.size());
  for (const auto* attribute : attributes) {
    encoder.Bytes(attribute->first);
    encoder.Value(attribute->second, 1);
  }
  return encoder.Take();
}

Result<Item> DecodeItem(std::string_view bytes) {
  if (!bytes.empty() && bytes.front() > kItemFormatVersion) {
    return Error{ErrorCode::kUnsupported,
                 "a stored item was written by a newer gatehouse (format " +
                     std::to_string(bytes.front()) + ")"};
  }
  Item item;
  Decoder decoder(bytes.substr(bytes.empty() ? 0 : 1));
  bool whole = !bytes.empty() && bytes.front() == kItemFormatVersion &&
               decoder.Attributes(item, 1) && decoder.left() == 0;
  if (whole) return item;
  return Error{ErrorCode::kIo, "a stored item is damaged at byte " +
                                   std::to_string(bytes.size() - decoder.left()) + " of " +
                                   std::to_string(bytes.size())};
}

}  // namespace gatehouse::table
