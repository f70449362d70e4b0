#include "event/changes.h"

#include <utility>

#include <fmt/format.h>

namespace gatehouse::event {
namespace {

base::Millis WholeSeconds(base::Millis wall) { return wall - wall % base::Millis{1000}; }

Error NoSchedule(std::string_view name) {
  return {ErrorCode::kNotFound, fmt::format("Schedule {} does not exist.", name)};
}

Error NoGroup(std::string_view name) {
  return {ErrorCode::kNotFound, fmt::format("Schedule group {} does not exist.", name)};
}

}  // namespace

Error NoRule(std::string_view name) {
  return {ErrorCode::kNotFound, fmt::format("Rule {} does not exist on EventBus default.", name)};
}

base::Millis AnchorOf(const Rule& next, const Rule* present, base::Millis now) {
  bool goes_on = present && present->enabled && next.enabled && present->schedule == next.schedule;
  return goes_on ? present->anchor : WholeSeconds(now);
}

void PutRule(Catalogue& catalogue, Rule rule, bool only_new, base::Millis now,
             Catalogue::Done done) {
  std::string name = rule.name;
  catalogue.ChangeRule(
      name,
      [rule = std::move(rule), only_new,
       now](const Rule* present) mutable -> Result<std::optional<Rule>> {
        if (only_new && present) {
          return Error{ErrorCode::kConflict, fmt::format("Rule {} already exists.", rule.name)};
        }
        if (!only_new && !present) return NoRule(rule.name);
        rule.anchor = AnchorOf(rule, present, now);
        return std::optional(std::move(rule));
      },
      std::move(done));
}

void DeleteRule(Catalogue& catalogue, const std::string& name, Catalogue::Done done) {
  catalogue.ChangeRule(
      name,
      [name](const Rule* present) -> Result<std::optional<Rule>> {
        if (!present) return NoRule(name);
        return std::optional<Rule>();
      },
      std::move(done));
}

void PutSchedule(Catalogue& catalogue, Schedule schedule, bool only_new, base::Millis now,
                 Catalogue::Done done) {
  std::string group = schedule.group, name = schedule.name;
  catalogue.ChangeSchedule(
      group, name,
      [schedule = std::move(schedule), only_new,
       now](const Schedule* present) mutable -> Result<std::optional<Schedule>> {
        if (only_new && present) {
          return Error{ErrorCode::kConflict,
                       fmt::format("Schedule {} already exists.", schedule.name)};
        }
        if (!only_new && !present) return NoSchedule(schedule.name);
        schedule.modified = WholeSeconds(now);
        schedule.created = present ? present->created : schedule.modified;
        return std::optional(std::move(schedule));
      },
      std::move(done));
}

void DeleteSchedule(Catalogue& catalogue, const std::string& group, const std::string& name,
                    Catalogue::Done done) {
  catalogue.ChangeSchedule(
      group, name,
      [name](const Schedule* present) -> Result<std::optional<Schedule>> {
        if (!present) return NoSchedule(name);
        return std::optional<Schedule>();
      },
      std::move(done));
}

void CreateGroup(Catalogue& catalogue, const std::string& name, base::Millis now,
                 Catalogue::Done done) {
  bool taken = name == kDefaultGroup;
  catalogue.ChangeGroup(
      name,
      [name, now, taken](const ScheduleGroup* present) -> Result<std::optional<ScheduleGroup>> {
        if (present || taken) {
          return Error{ErrorCode::kConflict,
                       fmt::format("Schedule group {} already exists.", name)};
        }
        return std::optional(ScheduleGroup{name, now, now});
      },
      std::move(done));
}

void DeleteGroup(Catalogue& catalogue, const std::string& name, Catalogue::Done done) {
  catalogue.ChangeGroup(
      name,
      [name](const ScheduleGroup* present) -> Result<std::optional<ScheduleGroup>> {
        if (name == kDefaultGroup) {
          return Error{ErrorCode::kInvalidArgument, "The default schedule group can't be deleted."};
        }
        if (!present) return NoGroup(name);
        return std::optional<ScheduleGroup>();
      },
      std::move(done));
}

}  // namespace gatehouse::event
