// rate(…), cron(…) and at(…): when something happens. Immutable; any thread.
// Source: EventBridge user guide, "Creating a rule that runs on a schedule"; EventBridge Scheduler
// user guide, "Schedule types".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <absl/time/time.h>

#include "base/clock.h"
#include "event/cron.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

// A rule knows rate and cron, a schedule of the Scheduler at, too. A rule's rate has "1 minute" and
// "2 minutes"; the Scheduler's takes either word for any number.
enum class Dialect { kRule, kSchedule };

inline constexpr std::size_t kScheduleExpressionMax = 256;  // characters (AWS)

class ScheduleExpression {
 public:
  // Errors: kInvalidArgument with what is wrong, for a person.
  static Result<ScheduleExpression> Parse(std::string_view text, Dialect dialect);

  // The first time after that one. A rate counts from its anchor: a rule's first time is one period
  // after it, a schedule's the anchor itself. Days and hours of a rate are 24 and 1 on the clock.
  // cron and at are read in the zone: what a change to summer time leaves out is skipped, what the
  // change back repeats happens once, the first time. Nothing: never again.
  std::optional<base::Millis> Next(base::Millis after, base::Millis anchor,
                                   const absl::TimeZone& zone) const;

  bool is_rate() const { return std::holds_alternative<std::chrono::minutes>(when_); }
  bool is_once() const { return std::holds_alternative<absl::CivilSecond>(when_); }

 private:
  using When = std::variant<std::chrono::minutes, Cron, absl::CivilSecond>;
  ScheduleExpression(When when, Dialect dialect) : when_(std::move(when)), dialect_(dialect) {}
  static Result<ScheduleExpression> ParseRate(std::string_view inner, Dialect dialect);

  When when_;
  Dialect dialect_;
};

}  // namespace gatehouse::event
