// When the rules and schedules of the catalogue are due, and what happens then. Loop thread only.
//
// Occurrences while gatehouse did not run are not made up for. One that comes over a minute late
// (the machine slept, the clock was put forward) is left out, too, and said.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "event/catalogue.h"
#include "event/deliveries.h"
#include "event/schedule_expression.h"
#include "net/loop/loop.h"

namespace gatehouse::event {

class Timetable {
 public:
  static constexpr base::Millis kLateMax{60'000};
  // The wall clock is looked at that often at least, for it may be put forward.
  static constexpr base::Millis kLookMax{60'000};

  // Everything given outlives this.
  Timetable(const Catalogue& catalogue, Deliveries& deliveries, net::Loop& loop,
            base::Random& random, base::Log& log);
  ~Timetable();
  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;

  // Takes all that the catalogue has; what comes later comes by OnChange.
  void Start();
  // document: as Catalogue::OnChange gives it.
  void OnChange(const std::string& document);
  void Stop();  // nothing happens any more

  std::size_t entries() const { return entries_.size(); }
  std::optional<base::Millis> NextDue() const;

 private:
  struct Entry {
    ScheduleExpression expression;
    absl::TimeZone zone;
    base::Millis anchor{0};
    std::optional<base::Millis> start, end;
    std::optional<base::Millis> due;
  };
  void Take(const std::string& document, base::Millis after);
  std::optional<Entry> EntryOf(const std::string& document) const;
  void SetDue(const std::string& document, Entry& entry, base::Millis after);
  void Arm();
  void OnTimer();
  void Happen(const std::string& document, base::Millis time);
  void RuleHappens(const Rule& rule, base::Millis time);
  void ScheduleHappens(const Schedule& schedule, base::Millis time);

  const Catalogue& catalogue_;
  Deliveries& deliveries_;
  net::Loop& loop_;
  base::Random& random_;
  base::Log& log_;
  std::map<std::string, Entry> entries_;
  std::set<std::pair<base::Millis, std::string>> dues_;
  std::optional<net::Loop::TimerId> timer_;
  bool stopped_ = false;
};

}  // namespace gatehouse::event
