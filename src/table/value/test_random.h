// For tests: random decimals, strings and items from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/random.h"
#include "gatehouse/item.h"
#include "table/value/number.h"

namespace gatehouse::table {

class TestRandom {
 public:
  explicit TestRandom(std::uint64_t seed) : random_(seed) {}

  int Below(int bound) {
    return static_cast<int>(random_.Next() % static_cast<std::uint64_t>(bound));
  }

  // Any decimal DynamoDB takes, in one of its spellings.
  std::string NumberText() {
    if (Below(50) == 0) return "0";
    std::string digits(1, static_cast<char>('1' + Below(9)));
    int more = Below(kNumberDigitsMax);
    for (int i = 0; i < more; ++i) digits += static_cast<char>('0' + Below(10));
    int exponent = kNumberExponentMin + Below(kNumberExponentMax - kNumberExponentMin + 1);
    if (Below(2) == 0) exponent = Below(10) - 5;  // many of like size
    std::string sign = Below(2) == 0 ? "-" : "";
    return sign + digits.substr(0, 1) + "." + digits.substr(1) + "e" + std::to_string(exponent);
  }
  Decimal Number() { return *Decimal::Parse(NumberText()); }

  // Short, of few byte values, so that prefixes and zeros meet.
  std::string Bytes(int size_max = 6) {
    static constexpr char kBytes[] = {'\0',   '\x01', '\x02', 'a',   'b',
                                      '\x7f', '\x80', '\xfe', '\xff'};
    std::string bytes;
    for (int size = Below(size_max + 1); size > 0; --size) bytes += kBytes[Below(sizeof kBytes)];
    return bytes;
  }

  // A value that CheckValues accepts, numbers canonical.
  AttributeValue Value(int levels) {
    switch (Below(levels > 1 ? 10 : 8)) {
      case 0:
        return Null();
      case 1:
        return Below(2) == 0;
      case 2:
        return Bytes();
      case 3:
        return gatehouse::Number{Number().ToString()};
      case 4:
        return Binary{Bytes()};
      case 5:
        return StringSet{{"x" + Bytes(), "y" + Bytes()}};
      case 6:
        return NumberSet{{"1", "-2.5"}};
      case 7:
        return BinarySet{{Bytes()}};
      case 8: {
        AttributeValue::List list;
        for (int i = Below(4); i > 0; --i) list.push_back(Value(levels - 1));
        return list;
      }
      default:
        return Map(levels - 1);
    }
  }
  Item Map(int levels) {
    Item map;
    for (int i = Below(5); i > 0; --i) map["n" + Bytes()] = Value(levels);
    return map;
  }

 private:
  base::SeededRandom random_;
};

}  // namespace gatehouse::table
