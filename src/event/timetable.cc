#include "event/timetable.h"

#include <algorithm>

#include <fmt/format.h>

#include "aws/id.h"
#include "event/input.h"
#include "event/time_zone.h"

namespace gatehouse::event {
namespace {

constexpr std::string_view kRule = "rule/";
constexpr std::string_view kSchedule = "schedule/";

}  // namespace

Timetable::Timetable(const Catalogue& catalogue, Deliveries& deliveries, net::Loop& loop,
                     base::Random& random, base::Log& log)
    : catalogue_(catalogue), deliveries_(deliveries), loop_(loop), random_(random), log_(log) {}

Timetable::~Timetable() {
  if (timer_) loop_.Cancel(*timer_);
}

void Timetable::Start() {
  base::Millis now = loop_.WallNow();
  for (const auto& [name, rule] : catalogue_.rules()) Take(std::string(kRule) + name, now);
  for (const auto& [key, schedule] : catalogue_.schedules()) {
    Take(std::string(kSchedule) + key, now);
  }
  Arm();
}

// What was just defined may happen in this very second.
void Timetable::OnChange(const std::string& document) {
  base::Millis now = loop_.WallNow();
  Take(document, now - now % base::Millis{1000} - base::Millis{1});
  Arm();
}

void Timetable::Stop() {
  stopped_ = true;
  entries_.clear();
  dues_.clear();
  Arm();
}

std::optional<base::Millis> Timetable::NextDue() const {
  return dues_.empty() ? std::nullopt : std::optional(dues_.begin()->first);
}

// Nothing: it is not scheduled, disabled or gone.
std::optional<Timetable::Entry> Timetable::EntryOf(const std::string& document) const {
  std::string_view name = document;
  if (name.starts_with(kRule)) {
    const Rule* rule = catalogue_.FindRule(name.substr(kRule.size()));
    if (!rule || !rule->enabled || rule->schedule.empty()) return std::nullopt;
    auto expression = ScheduleExpression::Parse(rule->schedule, Dialect::kRule);
    if (!expression) return std::nullopt;
    return Entry{*std::move(expression), absl::UTCTimeZone(), rule->anchor, {}, {}, {}};
  }
  if (!name.starts_with(kSchedule)) return std::nullopt;
  auto found = catalogue_.schedules().find(name.substr(kSchedule.size()));
  if (found == catalogue_.schedules().end() || !found->second.enabled) return std::nullopt;
  const Schedule& schedule = found->second;
  auto expression = ScheduleExpression::Parse(schedule.expression, Dialect::kSchedule);
  Result<absl::TimeZone> zone = FindTimeZone(schedule.zone);
  if (!expression || !zone) {
    log_.Warning(
        "a schedule does not run: " + (zone ? expression.error().message : zone.error().message),
        {{"schedule", schedule.name}});
    return std::nullopt;
  }
  std::optional<base::Millis> start, end;
  if (!expression->is_once()) {  // AWS ignores both for at(…)
    start = schedule.start;
    end = schedule.end;
  }
  return Entry{*std::move(expression), *zone, schedule.anchor(), start, end, {}};
}

void Timetable::Take(const std::string& document, base::Millis after) {
  if (auto old = entries_.find(document); old != entries_.end()) {
    if (old->second.due) dues_.erase({*old->second.due, document});
    entries_.erase(old);
  }
  if (stopped_) return;
  std::optional<Entry> entry = EntryOf(document);
  if (!entry) return;
  auto [place, added] = entries_.emplace(document, *std::move(entry));
  SetDue(document, place->second, after);
}

void Timetable::SetDue(const std::string& document, Entry& entry, base::Millis after) {
  if (entry.start) after = std::max(after, *entry.start - base::Millis{1});
  entry.due = entry.expression.Next(after, entry.anchor, entry.zone);
  if (entry.due && entry.end && *entry.due > *entry.end) entry.due.reset();
  if (entry.due) dues_.insert({*entry.due, document});
}

void Timetable::Arm() {
  if (timer_) loop_.Cancel(*timer_);
  timer_.reset();
  if (dues_.empty()) return;
  base::Millis wait = std::max(dues_.begin()->first - loop_.WallNow(), base::Millis{0});
  timer_ = loop_.After(std::min(wait, kLookMax), [this] { OnTimer(); });
}

void Timetable::OnTimer() {
  timer_.reset();
  base::Millis now = loop_.WallNow();
  while (!dues_.empty() && dues_.begin()->first <= now) {
    auto [due, document] = *dues_.begin();
    dues_.erase(dues_.begin());
    Entry& entry = entries_.at(document);
    bool late = now - due > kLateMax;
    SetDue(document, entry, late ? now - kLateMax : due);
    if (late) {
      log_.Warning("an occurrence was missed and is left out: the clock went on meanwhile",
                   {{"of", document}, {"time", FormatSeconds(due)}});
      continue;
    }
    Happen(document, due);
  }
  Arm();
}

void Timetable::Happen(const std::string& document, base::Millis time) {
  std::string_view name = document;
  if (name.starts_with(kRule)) {
    if (const Rule* rule = catalogue_.FindRule(name.substr(kRule.size()))) RuleHappens(*rule, time);
    return;
  }
  auto found = catalogue_.schedules().find(name.substr(kSchedule.size()));
  if (found != catalogue_.schedules().end()) ScheduleHappens(found->second, time);
}

void Timetable::RuleHappens(const Rule& rule, base::Millis time) {
  const Place& place = deliveries_.place();
  std::string arn = RuleArn(place, rule.name);
  std::string event = ScheduledEvent(place, aws::NewUuid(random_), time, arn);
  deliveries_.DeliverToTargets(rule, event, true);
}

// A flexible window's invocation comes at its beginning, which is one of the times AWS may choose.
void Timetable::ScheduleHappens(const Schedule& schedule, base::Millis time) {
  const Place& place = deliveries_.place();
  const Target& target = schedule.target;
  ScheduleFacts facts{ScheduleArn(place, schedule.group, schedule.name), time,
                      aws::NewUuid(random_), 1};
  std::string event = SchedulerEvent(place, facts.execution_id, time, facts.arn);
  std::string arn = facts.arn;
  deliveries_.Deliver({"scheduler.amazonaws.com", arn, target.role_arn, target.arn,
                       target.retry.value_or(RetryPolicy{}), arn,
                       [input = target.input, event = std::move(event),
                        facts = std::move(facts)](int attempt) mutable {
                         if (!input) return event;
                         facts.attempt = attempt;
                         return FillSchedule(*input, facts);
                       }});
}

}  // namespace gatehouse::event
