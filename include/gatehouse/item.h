// DynamoDB's attribute values and items, as handlers and the table room see them. Plain values.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse {

class AttributeValue;
using Item = std::map<std::string, AttributeValue, std::less<>>;  // by attribute name

// One value of DynamoDB's ten types. N holds the decimal text as given; stored numbers come back in
// DynamoDB's canonical form (plain decimal, no exponent, at most 38 digits). B and the members of
// BS hold raw bytes, not base64.
struct Number {
  std::string text;
  bool operator==(const Number&) const = default;
};
struct Binary {
  std::string bytes;
  bool operator==(const Binary&) const = default;
};
struct Null {
  bool operator==(const Null&) const = default;
};
struct StringSet {
  std::vector<std::string> values;
  bool operator==(const StringSet&) const = default;
};
struct NumberSet {
  std::vector<std::string> values;
  bool operator==(const NumberSet&) const = default;
};
struct BinarySet {
  std::vector<std::string> values;
  bool operator==(const BinarySet&) const = default;
};

class AttributeValue {
 public:
  using List = std::vector<AttributeValue>;
  using Value = std::variant<Null, bool, std::string, Number, Binary, StringSet, NumberSet,
                             BinarySet, List, Item>;

  AttributeValue() = default;
  AttributeValue(std::string s) : value_(std::move(s)) {}
  AttributeValue(const char* s) : value_(std::string(s)) {}
  AttributeValue(bool b) : value_(b) {}
  AttributeValue(Number n) : value_(std::move(n)) {}
  AttributeValue(Binary b) : value_(std::move(b)) {}
  AttributeValue(StringSet s) : value_(std::move(s)) {}
  AttributeValue(NumberSet s) : value_(std::move(s)) {}
  AttributeValue(BinarySet s) : value_(std::move(s)) {}
  AttributeValue(Null n) : value_(n) {}
  AttributeValue(List l) : value_(std::move(l)) {}
  AttributeValue(Item m) : value_(std::move(m)) {}

  const Value& value() const { return value_; }
  Value& value() { return value_; }

  // The held value if it has that type, else null.
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&value_);
  }

  bool operator==(const AttributeValue& other) const { return value_ == other.value_; }

 private:
  Value value_;
};

// The text of a string attribute; null when the item has no such attribute or it is no string.
inline const std::string* StringAttribute(const Item& item, std::string_view name) {
  auto it = item.find(name);
  return it == item.end() ? nullptr : it->second.get_if<std::string>();
}

}  // namespace gatehouse
