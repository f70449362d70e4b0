#include "table/value/value_order.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "table/value/number.h"

namespace gatehouse::table {
namespace {

// Members of a set are distinct, and equal ones have equal texts.
bool SameMembers(std::vector<std::string> a, std::vector<std::string> b) {
  if (a.size() != b.size()) return false;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

template <class Scalar>
bool Equal(const Scalar& a, const Scalar& b) {
  return a == b;
}
bool Equal(const StringSet& a, const StringSet& b) { return SameMembers(a.values, b.values); }
bool Equal(const NumberSet& a, const NumberSet& b) { return SameMembers(a.values, b.values); }
bool Equal(const BinarySet& a, const BinarySet& b) { return SameMembers(a.values, b.values); }
bool Equal(const AttributeValue::List& a, const AttributeValue::List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), EqualValues);
}
bool Equal(const Item& a, const Item& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && EqualValues(x.second, y.second);
  });
}

// As unsigned bytes, shorter first.
std::strong_ordering CompareBytes(const std::string& a, const std::string& b) {
  return a.compare(b) <=> 0;
}

std::strong_ordering CompareNumbers(const Number& a, const Number& b) {
  Result<Decimal> x = Decimal::Parse(a.text);
  Result<Decimal> y = Decimal::Parse(b.text);
  CHECK(x && y);
  return *x <=> *y;
}

}  // namespace

bool EqualValues(const AttributeValue& a, const AttributeValue& b) {
  return std::visit(
      [&b](const auto& held) {
        const auto* other = b.get_if<std::decay_t<decltype(held)>>();
        return other && Equal(held, *other);
      },
      a.value());
}

std::optional<std::strong_ordering> CompareValues(const AttributeValue& a,
                                                  const AttributeValue& b) {
  if (a.value().index() != b.value().index()) return std::nullopt;
  if (const auto* text = a.get_if<std::string>()) {
    return CompareBytes(*text, *b.get_if<std::string>());
  }
  if (const auto* binary = a.get_if<Binary>()) {
    return CompareBytes(binary->bytes, b.get_if<Binary>()->bytes);
  }
  if (const auto* number = a.get_if<Number>()) return CompareNumbers(*number, *b.get_if<Number>());
  return std::nullopt;
}

}  // namespace gatehouse::table
