#include "event/schedule_expression.h"

#include <charconv>

#include "event/time_zone.h"

namespace gatehouse::event {
namespace {

// Minutes in a row that a zone leaves out or repeats: a whole day (Samoa, 2011) at most.
constexpr int kSkippedMinutesMax = 2 * 24 * 60;
constexpr std::int64_t kRateMinutesMax = std::int64_t{366} * 24 * 60 * 230;  // as far as cron goes

struct Unit {
  std::string_view one, many;
  std::int64_t minutes;
};
constexpr Unit kUnits[] = {
    {"minute", "minutes", 1}, {"hour", "hours", 60}, {"day", "days", 24 * 60}};

Error WrongSchedule(std::string why) { return {ErrorCode::kInvalidArgument, std::move(why)}; }

// The inside of "name(…)".
std::optional<std::string_view> Inside(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('(')) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

// "2026-11-20T13:00:00"
std::optional<absl::CivilSecond> ReadCivil(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  int month = number(5, 2), day = number(8, 2), hour = number(11, 2), minute = number(14, 2),
      second = number(17, 2);
  absl::CivilSecond civil(number(0, 4), month, day, hour, minute, second);
  bool real = civil.month() == month && civil.day() == day && civil.hour() == hour &&
              civil.minute() == minute && civil.second() == second;
  return real ? std::optional(civil) : std::nullopt;
}

}  // namespace

Result<ScheduleExpression> ScheduleExpression::ParseRate(std::string_view inner, Dialect dialect) {
  std::int64_t count = 0;
  auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), count);
  std::string_view unit(end, static_cast<std::size_t>(inner.data() + inner.size() - end));
  if (error != std::errc() || !unit.starts_with(' ')) {
    return WrongSchedule("rate needs a number and a unit, as in rate(5 minutes)");
  }
  unit.remove_prefix(unit.find_first_not_of(' ') == unit.npos ? unit.size()
                                                              : unit.find_first_not_of(' '));
  if (count < 1) return WrongSchedule("the number of a rate is positive");
  for (const Unit& row : kUnits) {
    if (unit != row.one && unit != row.many) continue;
    if (dialect == Dialect::kRule && (unit == row.one) != (count == 1)) {
      return WrongSchedule(
          "a rate of 1 has a unit in the singular, as in rate(1 minute); others have the "
          "plural");
    }
    if (count > kRateMinutesMax / row.minutes) return WrongSchedule("the rate is too long");
    return ScheduleExpression(std::chrono::minutes{count * row.minutes}, dialect);
  }
  return WrongSchedule("a rate's unit is minute, minutes, hour, hours, day or days");
}

Result<ScheduleExpression> ScheduleExpression::Parse(std::string_view text, Dialect dialect) {
  if (text.size() > kScheduleExpressionMax) return WrongSchedule("it has more than 256 characters");
  if (auto inner = Inside(text, "rate")) return ParseRate(*inner, dialect);
  if (auto inner = Inside(text, "cron")) {
    Result<Cron> cron = Cron::Parse(*inner);
    if (!cron) return cron.error();
    return ScheduleExpression(*std::move(cron), dialect);
  }
  if (dialect == Dialect::kRule) return WrongSchedule("it is neither rate(…) nor cron(…)");
  if (auto inner = Inside(text, "at")) {
    std::optional<absl::CivilSecond> civil = ReadCivil(*inner);
    if (!civil) return WrongSchedule("at needs a time, as in at(2026-11-20T13:00:00)");
    return ScheduleExpression(*civil, dialect);
  }
  return WrongSchedule("it is neither rate(…), cron(…) nor at(…)");
}

std::optional<base::Millis> ScheduleExpression::Next(base::Millis after, base::Millis anchor,
                                                     const absl::TimeZone& zone) const {
  if (const auto* every = std::get_if<std::chrono::minutes>(&when_)) {
    base::Millis period = *every;
    std::int64_t first = dialect_ == Dialect::kRule ? 1 : 0;
    std::int64_t k = after < anchor ? 0 : (after - anchor) / period + 1;
    return anchor + period * std::max(k, first);
  }
  if (const auto* once = std::get_if<absl::CivilSecond>(&when_)) {
    absl::TimeZone::TimeInfo info = zone.At(*once);
    if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return std::nullopt;
    base::Millis at = ToWall(info.pre);
    return at > after ? std::optional(at) : std::nullopt;
  }
  const Cron& cron = std::get<Cron>(when_);
  absl::CivilMinute civil(zone.At(ToTime(after)).cs);
  for (int i = 0; i < kSkippedMinutesMax; ++i) {
    std::optional<absl::CivilMinute> next = cron.Next(civil);
    if (!next) return std::nullopt;
    civil = *next;
    absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(civil));
    if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) continue;
    if (base::Millis at = ToWall(info.pre); at > after) return at;
  }
  return std::nullopt;
}

}  // namespace gatehouse::event
