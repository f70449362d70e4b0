// Any text as a schedule expression, in some zone, after some time: no crash, times go forward, and
// a time that comes next comes next from just before it, too.
#include "event/schedule_expression.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/check.h"
#include "base/fuzz.h"
#include "event/time_zone.h"

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::event;
  if (input.size() < 6 || input.size() > 300) return;
  std::uint32_t minutes = 0;  // since 1970: up to the year 10,000
  std::memcpy(&minutes, input.data(), sizeof minutes);
  static const char* const kZones[] = {"UTC", "America/New_York", "Australia/Lord_Howe",
                                       "Pacific/Apia"};
  auto zone = FindTimeZone(kZones[static_cast<std::size_t>(input[4]) % std::size(kZones)]);
  CHECK(zone);
  const std::string_view text(reinterpret_cast<const char*>(input.data()) + 5, input.size() - 5);
  const Millis anchor{1767225600000};
  const Millis after{std::int64_t{minutes} * 60'000};
  for (Dialect dialect : {Dialect::kRule, Dialect::kSchedule}) {
    auto expression = ScheduleExpression::Parse(text, dialect);
    CHECK(expression || !expression.error().message.empty());
    if (!expression) continue;
    auto next = expression->Next(after, anchor, *zone);
    if (!next) continue;
    CHECK(*next > after);
    CHECK(expression->Next(*next - Millis{1}, anchor, *zone) == next);
  }
}
