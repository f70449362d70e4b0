#include "table/value/number.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::table {
namespace {

constexpr std::array<Uint128, 39> kPowersOfTen = [] {
  std::array<Uint128, 39> powers{};
  Uint128 power = 1;
  for (Uint128& p : powers) {
    p = power;
    power *= 10;
  }
  return powers;
}();
static_assert(kPowersOfTen[38] > kPowersOfTen[37]);
// Add's bound: a shifted coefficient below 2 × 10^38 and one below 10^38 must not wrap.
static_assert(3 * (kPowersOfTen[38] / 4) < ~Uint128{0} / 4);

// Beyond any exponent that counts, yet far from overflow: a text of 2^31 digits cannot bring it
// back.
constexpr std::int64_t kExponentCap = std::int64_t{1} << 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int CountDigits(Uint128 coefficient) {
  const auto* above = std::upper_bound(kPowersOfTen.begin(), kPowersOfTen.end(), coefficient);
  return static_cast<int>(above - kPowersOfTen.begin());
}

Error NotNumeric(std::string_view text) {
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty()) message += ": " + std::string(text);
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Error Overflow() {
  return {ErrorCode::kInvalidArgument,
          "Number overflow. Attempting to store a number with magnitude larger than supported "
          "range"};
}

Error Underflow() {
  return {ErrorCode::kInvalidArgument,
          "Number underflow. Attempting to store a number with magnitude smaller than supported "
          "range"};
}

Error TooManyDigits() {
  return {ErrorCode::kInvalidArgument,
          "Attempting to store more than 38 significant digits in a Number"};
}

// Collects digits. Zeros count only when another digit follows, so leading and trailing ones are
// free; they move the exponent instead.
class Mantissa {
 public:
  void Add(char digit, bool after_point) {
    any_ = true;
    if (after_point) --exponent_;
    if (digit == '0') {
      if (count_ > 0) ++zeros_;
      return;
    }
    count_ += zeros_ + 1;
    if (count_ <= kNumberDigitsMax) {
      coefficient_ = coefficient_ * kPowersOfTen[static_cast<std::size_t>(zeros_ + 1)] +
                     static_cast<Uint128>(digit - '0');
    }
    zeros_ = 0;
  }

  bool any() const { return any_; }
  Uint128 coefficient() const { return coefficient_; }
  std::int64_t count() const { return count_; }
  std::int64_t exponent() const { return exponent_ + zeros_; }  // of the last counted digit

 private:
  bool any_ = false;
  Uint128 coefficient_ = 0;    // right while count_ is at most 38
  std::int64_t count_ = 0;     // significant digits
  std::int64_t zeros_ = 0;     // seen since the last of them
  std::int64_t exponent_ = 0;  // minus the digits after the point
};

// Reads "[eE][+-]?digits" to the end of the text; false if it is anything else.
bool ReadExponent(std::string_view text, std::int64_t& exponent) {
  text.remove_prefix(1);
  bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  for (char c : text) {
    if (!IsDigit(c)) return false;
    exponent = std::min(exponent * 10 + (c - '0'), kExponentCap);
  }
  if (negative) exponent = -exponent;
  return true;
}

}  // namespace

Result<Decimal> Decimal::Parse(std::string_view text) {
  std::size_t at = 0;
  bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) at = 1;
  Mantissa mantissa;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (IsDigit(text[at])) {
      mantissa.Add(text[at], point);
    } else if (text[at] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!mantissa.any()) return NotNumeric(text);
  std::int64_t exponent = 0;
  if (at < text.size()) {
    bool e = text[at] == 'e' || text[at] == 'E';
    if (!e || !ReadExponent(text.substr(at), exponent)) return NotNumeric(text);
  }
  if (mantissa.count() == 0) return Decimal();
  exponent += mantissa.exponent();
  std::int64_t first = exponent + mantissa.count() - 1;
  if (first > kNumberExponentMax) return Overflow();
  if (first < kNumberExponentMin) return Underflow();
  if (mantissa.count() > kNumberDigitsMax) return TooManyDigits();
  return Make(negative, mantissa.coefficient(), exponent);
}

Result<Decimal> Decimal::Make(bool negative, Uint128 coefficient, std::int64_t exponent) {
  Decimal result;
  if (coefficient == 0) return result;
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
  if (coefficient >= kPowersOfTen[38]) return Overflow();
  std::int64_t first = exponent + CountDigits(coefficient) - 1;
  if (first > kNumberExponentMax) return Overflow();
  if (first < kNumberExponentMin) return Underflow();
  result.coefficient_ = coefficient;
  result.exponent_ = static_cast<std::int16_t>(exponent);
  result.negative_ = negative;
  return result;
}

int Decimal::digit_count() const { return CountDigits(coefficient_); }

int Decimal::scientific_exponent() const { return zero() ? 0 : exponent_ + digit_count() - 1; }

std::string Decimal::Digits() const {
  std::string digits(static_cast<std::size_t>(digit_count()), '\0');
  Uint128 rest = coefficient_;
  for (std::size_t i = digits.size(); i > 0; --i) {
    digits[i - 1] = static_cast<char>(rest % 10);
    rest /= 10;
  }
  return digits;
}

std::string Decimal::ToString() const {
  if (zero()) return "0";
  std::string digits = Digits();
  for (char& digit : digits) digit = static_cast<char>(digit + '0');
  int before_point = scientific_exponent() + 1;  // digits left of the point
  std::string text = negative_ ? "-" : "";
  if (exponent_ >= 0) {
    text += digits;
    text.append(static_cast<std::size_t>(exponent_), '0');
  } else if (before_point > 0) {
    text += digits.substr(0, static_cast<std::size_t>(before_point));
    text += '.';
    text += digits.substr(static_cast<std::size_t>(before_point));
  } else {
    text += "0.";
    text.append(static_cast<std::size_t>(-before_point), '0');
    text += digits;
  }
  return text;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  auto sign = [](const Decimal& d) { return d.zero() ? 0 : d.negative_ ? -1 : 1; };
  if (sign(*this) != sign(other)) return sign(*this) <=> sign(other);
  if (zero()) return std::strong_ordering::equal;
  const Decimal& low = negative_ ? other : *this;  // compare magnitudes
  const Decimal& high = negative_ ? *this : other;
  int low_exponent = low.scientific_exponent();
  int high_exponent = high.scientific_exponent();
  if (low_exponent != high_exponent) return low_exponent <=> high_exponent;
  auto aligned = [](const Decimal& d) {
    return d.coefficient_ * kPowersOfTen[static_cast<std::size_t>(38 - d.digit_count())];
  };
  Uint128 a = aligned(low);
  Uint128 b = aligned(high);
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

Result<Decimal> Decimal::Add(const Decimal& a, const Decimal& b) {
  if (a.zero()) return b;
  if (b.zero()) return a;
  const Decimal& coarse = a.exponent_ >= b.exponent_ ? a : b;
  const Decimal& fine = a.exponent_ >= b.exponent_ ? b : a;
  // The result's last digit is fine's, unless the exponents are equal. Shifted to it, a coarse of
  // 2 × 10^38 or more leaves at least 10^38, so more than 38 digits, whatever fine is.
  int gap = coarse.exponent_ - fine.exponent_;
  if (gap > 38) return Overflow();
  Uint128 power = kPowersOfTen[static_cast<std::size_t>(gap)];
  if (coarse.coefficient_ > (2 * kPowersOfTen[38] - 1) / power) return Overflow();
  Uint128 x = coarse.coefficient_ * power;
  Uint128 y = fine.coefficient_;
  if (coarse.negative_ == fine.negative_) return Make(coarse.negative_, x + y, fine.exponent_);
  if (x >= y) return Make(coarse.negative_, x - y, fine.exponent_);
  return Make(fine.negative_, y - x, fine.exponent_);
}

Result<Decimal> Decimal::Subtract(const Decimal& a, const Decimal& b) {
  Decimal negated = b;
  if (!negated.zero()) negated.negative_ = !negated.negative_;
  return Add(a, negated);
}

bool IsCanonicalNumber(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  std::size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == text.npos ? "" : text.substr(point + 1);
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), IsDigit)) return false;
  if (!std::all_of(fraction.begin(), fraction.end(), IsDigit)) return false;
  if (point != text.npos && (fraction.empty() || fraction.back() == '0')) return false;
  std::size_t trailing = 0;  // zeros that are no significant digits
  if (whole[0] == '0') {
    if (whole.size() > 1 || fraction.empty()) return false;
    std::size_t leading = fraction.find_first_not_of('0');
    if (leading >= static_cast<std::size_t>(-kNumberExponentMin)) return false;
    return fraction.size() - leading <= kNumberDigitsMax;
  }
  if (fraction.empty()) trailing = whole.size() - 1 - whole.find_last_not_of('0');
  return whole.size() <= kNumberExponentMax + 1 &&
         whole.size() + fraction.size() - trailing <= kNumberDigitsMax;
}

}  // namespace gatehouse::table
