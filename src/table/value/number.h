// DynamoDB's numbers: decimals of up to 38 significant digits with magnitude 1e-130 to 9.99…e125,
// or zero. Never doubles. Plain values: no thread rules. Source: Amazon DynamoDB Developer Guide,
// "Supported data types"; messages as AWS sends them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::table {

// 10^38 < 2^127, so any coefficient fits, and so does the sum of two aligned ones.
__extension__ using Uint128 = unsigned __int128;

inline constexpr int kNumberDigitsMax = 38;
inline constexpr int kNumberExponentMin = -130;  // of the first digit, d.ddd × 10^exponent
inline constexpr int kNumberExponentMax = 125;

// Invariant: value = ± coefficient × 10^exponent; the coefficient is below 10^38 and does not end
// in the digit 0; zero is coefficient 0, exponent 0, not negative. So equal numbers have equal
// members.
class Decimal {
 public:
  Decimal() = default;  // zero

  // Reads [+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)?, in time linear in the text,
  // whatever the exponent. Error: kInvalidArgument with AWS's message.
  static Result<Decimal> Parse(std::string_view text);

  // Canonical: plain decimal without exponent, leading or trailing zeros, or plus sign.
  std::string ToString() const;

  bool zero() const { return coefficient_ == 0; }
  bool negative() const { return negative_; }
  int digit_count() const;  // of the coefficient; zero has 0
  // Of the first digit: 120 = 1.2 × 10^2 has 2; zero has 0.
  int scientific_exponent() const;
  // The significant digits as values 0–9, first digit first, digit_count() of them.
  std::string Digits() const;

  bool operator==(const Decimal&) const = default;
  std::strong_ordering operator<=>(const Decimal& other) const;

  // Exact. Error: kInvalidArgument when the result leaves the range or needs more than 38 digits.
  static Result<Decimal> Add(const Decimal& a, const Decimal& b);
  static Result<Decimal> Subtract(const Decimal& a, const Decimal& b);

 private:
  static Result<Decimal> Make(bool negative, Uint128 coefficient, std::int64_t exponent);

  Uint128 coefficient_ = 0;
  std::int16_t exponent_ = 0;
  bool negative_ = false;
};

// Whether the text is what ToString gives for some number; cheaper than asking it.
bool IsCanonicalNumber(std::string_view text);

}  // namespace gatehouse::table
