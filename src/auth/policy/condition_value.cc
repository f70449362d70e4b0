#include "auth/policy/condition_value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

namespace gatehouse::auth {
namespace {

constexpr std::size_t kDateDigitsMax = 12;  // of seconds since 1970

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes one field of a date from the front of rest.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }

  bool Eat(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly so many digits, from low to high.
  bool Digits(std::size_t count, int low, int high, int* value) {
    if (rest_.size() < count) return false;
    *value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsDigit(rest_[i])) return false;
      *value = *value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return *value >= low && *value <= high;
  }

  // One digit or more; milliseconds of it.
  bool Fraction(int* millis) {
    *millis = 0;
    std::size_t count = 0;
    int unit = 100;
    while (count < rest_.size() && IsDigit(rest_[count])) {
      *millis += (rest_[count++] - '0') * unit;
      unit /= 10;
    }
    rest_.remove_prefix(count);
    return count > 0;
  }

  // Z or ±hh:mm.
  bool Zone(int* minutes_east) {
    *minutes_east = 0;
    if (is_at_end() || Eat('Z')) return true;
    const bool is_west = rest_.starts_with('-');
    if (!Eat('-') && !Eat('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!Digits(2, 0, 23, &hours) || !Eat(':') || !Digits(2, 0, 59, &minutes)) return false;
    *minutes_east = (hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
  }

 private:
  std::string_view rest_;
};

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
  int minutes_east = 0;
};

bool ReadTime(DateReader& reader, TimeOfDay* time) {
  if (!reader.Digits(2, 0, 23, &time->hour) || !reader.Eat(':')) return false;
  if (!reader.Digits(2, 0, 59, &time->minute)) return false;
  if (reader.Eat(':')) {
    if (!reader.Digits(2, 0, 60, &time->second)) return false;
    if (reader.Eat('.') && !reader.Fraction(&time->millis)) return false;
  }
  return reader.Zone(&time->minutes_east);
}

std::optional<std::int64_t> ReadIsoDate(std::string_view text) {
  DateReader reader(text);
  int year = 0;
  int month = 1;
  int day = 1;
  TimeOfDay time;
  if (!reader.Digits(4, 0, 9999, &year)) return std::nullopt;
  if (reader.Eat('-')) {
    if (!reader.Digits(2, 1, 12, &month)) return std::nullopt;
    if (reader.Eat('-')) {
      if (!reader.Digits(2, 1, 31, &day)) return std::nullopt;
      if (reader.Eat('T') && !ReadTime(reader, &time)) return std::nullopt;
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.is_at_end() || !date.ok()) return std::nullopt;
  const std::int64_t minutes =
      std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 24 * 60 +
      time.hour * 60 + time.minute - time.minutes_east;
  return (minutes * 60 + time.second) * 1000 + time.millis;
}

}  // namespace

std::optional<double> ReadNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> ReadDate(std::string_view text) {
  if (text.size() <= 4 || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return ReadIsoDate(text);  // four digits are a year
  }
  if (text.size() > kDateDigitsMax) return std::nullopt;
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds * 1000;
}

std::optional<IpRange> ReadIpRange(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  IpRange range;
  range.is_v6 = address.find(':') != address.npos;
  if (inet_pton(range.is_v6 ? AF_INET6 : AF_INET, address.c_str(), range.bytes.data()) != 1) {
    return std::nullopt;
  }
  const int bits_max = range.is_v6 ? 128 : 32;
  range.bits = bits_max;
  if (slash == text.npos) return range;
  const std::string_view bits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), range.bits);
  if (error != std::errc() || end != bits.data() + bits.size()) return std::nullopt;
  if (range.bits < 0 || range.bits > bits_max) return std::nullopt;
  return range;
}

bool IpRange::Contains(const IpRange& other) const {
  if (is_v6 != other.is_v6 || bits > other.bits) return false;
  for (int bit = 0; bit < bits; bit += 8) {
    const int count = std::min(8, bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - count));
    const auto at = static_cast<std::size_t>(bit / 8);
    if ((bytes[at] & mask) != (other.bytes[at] & mask)) return false;
  }
  return true;
}

}  // namespace gatehouse::auth
