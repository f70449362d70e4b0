#include "event/cron.h"

#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <string>

namespace gatehouse::event {
namespace {

struct Field {
  std::string_view name;
  int min, max;
  std::span<const std::string_view> names;  // of min, min + 1, …
};

constexpr std::string_view kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kWeekdays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

constexpr Field kMinute{"minutes", 0, 59, {}};
constexpr Field kHour{"hours", 0, 23, {}};
constexpr Field kDayOfMonth{"day of month", 1, 31, {}};
constexpr Field kMonth{"month", 1, 12, kMonths};
constexpr Field kDayOfWeek{"day of week", 1, 7, kWeekdays};
constexpr Field kYear{"year", kCronYearMin, kCronYearMax, {}};

Error WrongCron(const Field& field, std::string_view text) {
  return {ErrorCode::kInvalidArgument,
          "the field " + std::string(field.name) + " cannot be \"" + std::string(text) + "\""};
}

std::optional<int> Number(std::string_view text) {
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!digits || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool SameWord(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[i])) != word[i]) return false;
  }
  return true;
}

// A number of the field, or one of its names.
std::optional<int> ReadValue(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (SameWord(text, field.names[i])) return field.min + static_cast<int>(i);
  }
  std::optional<int> number = Number(text);
  if (!number || *number < field.min || *number > field.max) return std::nullopt;
  return number;
}

// "*", "5", "1-5", "FRI-MON", "*/15", "5/15", "1-30/5": into bits from field.min.
template <class Bits>
Result<void> ReadItem(const Field& field, std::string_view text, Bits& bits) {
  std::string_view range = text.substr(0, text.find('/'));
  int step = 1;
  bool has_step = range.size() < text.size();
  if (has_step) {
    std::optional<int> number = Number(text.substr(range.size() + 1));
    if (!number || *number < 1 || *number > field.max) return WrongCron(field, text);
    step = *number;
  }
  int first = field.min, last = field.max;
  if (range != "*") {
    std::size_t dash = range.find('-');
    std::optional<int> from = ReadValue(field, range.substr(0, dash));
    if (!from) return WrongCron(field, text);
    first = *from;
    if (dash != range.npos) {
      std::optional<int> to = ReadValue(field, range.substr(dash + 1));
      if (!to) return WrongCron(field, text);
      last = *to;
    } else if (!has_step) {
      last = first;
    }
  }
  int size = field.max - field.min + 1;
  if (last < first) {
    if (&field == &kYear) return WrongCron(field, text);
    last += size;  // FRI-MON goes on over the end
  }
  for (int value = first; value <= last; value += step) {
    bits.set(static_cast<std::size_t>((value - field.min) % size));
  }
  return {};
}

// Calls read with each part of a list.
template <class Read>
Result<void> ReadList(const Field& field, std::string_view text, Read read) {
  while (true) {
    std::string_view item = text.substr(0, text.find(','));
    if (item.empty()) return WrongCron(field, text);
    if (Result<void> fine = read(item); !fine) return fine;
    if (item.size() == text.size()) return {};
    text.remove_prefix(item.size() + 1);
  }
}

template <class Bits>
Result<void> ReadPlain(const Field& field, std::string_view text, Bits& bits) {
  return ReadList(field, text, [&](std::string_view item) { return ReadItem(field, item, bits); });
}

absl::CivilDay LastOf(absl::CivilDay day) { return absl::CivilDay(absl::CivilMonth(day) + 1) - 1; }

int WeekdayOf(absl::CivilDay day) {  // 1 = Sunday
  return (static_cast<int>(absl::GetWeekday(day)) + 1) % 7 + 1;
}
static_assert(static_cast<int>(absl::Weekday::monday) == 0);

// The weekday nearest to a day, never in another month.
absl::CivilDay NearestWeekday(absl::CivilDay day) {
  int weekday = WeekdayOf(day);
  if (weekday == 7) return day.day() == 1 ? day + 2 : day - 1;
  if (weekday == 1) return day == LastOf(day) ? day - 2 : day + 1;
  return day;
}

}  // namespace

Result<Cron> Cron::Parse(std::string_view text) {
  std::array<std::string_view, 6> fields;
  std::size_t count = 0;
  while (true) {
    std::size_t begin = text.find_first_not_of(' ');
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    std::string_view field = text.substr(0, text.find(' '));
    text.remove_prefix(field.size());
    if (count < fields.size()) fields[count] = field;
    ++count;
  }
  if (count != fields.size()) {
    return Error{ErrorCode::kInvalidArgument,
                 "cron has six fields: minutes, hours, day of month, month, day of week, year"};
  }
  Cron cron;
  cron.by_weekday_ = fields[2] == "?";
  if (cron.by_weekday_ == (fields[4] == "?")) {
    return Error{ErrorCode::kInvalidArgument,
                 "exactly one of day of month and day of week must be ?"};
  }
  if (auto fine = ReadPlain(kMinute, fields[0], cron.minutes_); !fine) return fine.error();
  if (auto fine = ReadPlain(kHour, fields[1], cron.hours_); !fine) return fine.error();
  if (auto fine = ReadPlain(kMonth, fields[3], cron.months_); !fine) return fine.error();
  if (auto fine = ReadPlain(kYear, fields[5], cron.years_); !fine) return fine.error();
  auto days = cron.by_weekday_ ? cron.ReadDayOfWeek(fields[4]) : cron.ReadDayOfMonth(fields[2]);
  if (!days) return days.error();
  return cron;
}

Result<void> Cron::ReadDayOfMonth(std::string_view text) {
  return ReadList(kDayOfMonth, text, [&](std::string_view item) -> Result<void> {
    if (SameWord(item, "L")) {
      rules_.push_back({DayRule::kLast});
    } else if (SameWord(item, "LW") || SameWord(item, "WL")) {
      rules_.push_back({DayRule::kLastWeekday});
    } else if (item.back() == 'W' || item.back() == 'w') {
      std::optional<int> day = ReadValue(kDayOfMonth, item.substr(0, item.size() - 1));
      if (!day) return WrongCron(kDayOfMonth, item);
      rules_.push_back({DayRule::kNearestWeekday, *day});
    } else {
      return ReadItem(kDayOfMonth, item, days_);
    }
    return {};
  });
}

Result<void> Cron::ReadDayOfWeek(std::string_view text) {
  return ReadList(kDayOfWeek, text, [&](std::string_view item) -> Result<void> {
    std::size_t hash = item.find('#');
    if (hash != item.npos) {
      std::optional<int> day = ReadValue(kDayOfWeek, item.substr(0, hash));
      std::optional<int> nth = Number(item.substr(hash + 1));
      // One that has # stands alone (AWS: "3#1,6#3" is not valid).
      if (!day || !nth || *nth < 1 || *nth > 5 || item.size() != text.size()) {
        return WrongCron(kDayOfWeek, text);
      }
      rules_.push_back({DayRule::kNthOfWeek, *day, *nth});
    } else if (SameWord(item, "L")) {
      weekdays_.set(6);  // the last day of the week
    } else if (item.back() == 'L' || item.back() == 'l') {
      std::optional<int> day = ReadValue(kDayOfWeek, item.substr(0, item.size() - 1));
      if (!day) return WrongCron(kDayOfWeek, item);
      rules_.push_back({DayRule::kLastOfWeek, *day});
    } else {
      return ReadItem(kDayOfWeek, item, weekdays_);
    }
    return {};
  });
}

bool Cron::FitsRule(const DayRule& rule, absl::CivilDay day) const {
  absl::CivilDay last = LastOf(day);
  switch (rule.kind) {
    case DayRule::kLast:
      return day == last;
    case DayRule::kLastWeekday:
      return day == NearestWeekday(last);
    case DayRule::kNearestWeekday:
      return rule.day <= last.day() &&
             day == NearestWeekday(absl::CivilDay(day.year(), day.month(), rule.day));
    case DayRule::kLastOfWeek:
      return WeekdayOf(day) == rule.day && last - day < 7;
    case DayRule::kNthOfWeek:
      return WeekdayOf(day) == rule.day && (day.day() - 1) / 7 + 1 == rule.nth;
  }
  return false;
}

bool Cron::FitsDay(absl::CivilDay day) const {
  bool plain = by_weekday_ ? weekdays_.test(static_cast<std::size_t>(WeekdayOf(day) - 1))
                           : days_.test(static_cast<std::size_t>(day.day() - 1));
  if (plain) return true;
  for (const DayRule& rule : rules_) {
    if (FitsRule(rule, day)) return true;
  }
  return false;
}

// Goes forward by the largest unit that does not fit: at most 230 years, 12 months, 31 days, 24
// hours and 60 minutes each, for a day that exists in some years only 31 × 12 × 230.
std::optional<absl::CivilMinute> Cron::Next(absl::CivilMinute after) const {
  if (after.year() < kCronYearMin) after = absl::CivilMinute(kCronYearMin) - 1;
  absl::CivilMinute at = after + 1;
  while (at.year() <= kCronYearMax) {
    if (!years_.test(static_cast<std::size_t>(at.year() - kCronYearMin))) {
      at = absl::CivilMinute(absl::CivilYear(at) + 1);
    } else if (!months_.test(static_cast<std::size_t>(at.month() - 1))) {
      at = absl::CivilMinute(absl::CivilMonth(at) + 1);
    } else if (!FitsDay(absl::CivilDay(at))) {
      at = absl::CivilMinute(absl::CivilDay(at) + 1);
    } else if (!hours_.test(static_cast<std::size_t>(at.hour()))) {
      at = absl::CivilMinute(absl::CivilHour(at) + 1);
    } else if (!minutes_.test(static_cast<std::size_t>(at.minute()))) {
      at = at + 1;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace gatehouse::event
