// The six fields of cron(…) as EventBridge reads them: minutes, hours, day of month, month, day of
// week, year; with lists, ranges, steps, names, L, W, # and ?. Immutable; any thread.
// Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules" and EventBridge
// Scheduler user guide, "Schedule types".
#pragma once

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

#include <absl/time/civil_time.h>

#include "gatehouse/result.h"

namespace gatehouse::event {

inline constexpr int kCronYearMin = 1970;
inline constexpr int kCronYearMax = 2199;

class Cron {
 public:
  // text: what stands between the brackets. Errors: kInvalidArgument with the field that is wrong.
  static Result<Cron> Parse(std::string_view text);

  // The first minute after that one which fits; nothing: there is none up to 2199.
  std::optional<absl::CivilMinute> Next(absl::CivilMinute after) const;

 private:
  using Bits = std::bitset<256>;
  // Days that depend on the month they are in.
  struct DayRule {
    enum Kind {
      kLast,            // L: the last day
      kLastWeekday,     // LW
      kNearestWeekday,  // 15W
      kLastOfWeek,      // 6L: the last Friday
      kNthOfWeek,       // 6#3: the third Friday
    };
    Kind kind;
    int day = 0;  // of the month, or of the week from 1 = Sunday
    int nth = 0;
  };
  Result<void> ReadDayOfMonth(std::string_view text);
  Result<void> ReadDayOfWeek(std::string_view text);
  bool FitsDay(absl::CivilDay day) const;
  bool FitsRule(const DayRule& rule, absl::CivilDay day) const;

  Bits minutes_, hours_, days_, months_, years_;  // years from 1970
  Bits weekdays_;                                 // from 1 = Sunday
  std::vector<DayRule> rules_;
  bool by_weekday_ = false;  // the day of month is "?"
};

}  // namespace gatehouse::event
