// Rules, schedules and their groups in the event room.
#include <array>

#include "event/changes.h"
#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_events.h"

namespace gatehouse::stack {
namespace {

using Wait = Await<Result<void>>;

bool RuleExists(const Rooms& rooms, const Resource& resource) {
  return rooms.events.FindRule(resource.physical_id) != nullptr;
}

Task<Result<void>> PutRule(Rooms& rooms, const Resource& resource, bool only_new) {
  Result<event::Rule> rule = ToRule(resource);
  if (!rule) co_return rule.error();
  Wait put([&](Wait::Done done) {
    event::PutRule(rooms.events, *std::move(rule), only_new, rooms.clock.WallNow(),
                   std::move(done));
  });
  co_return co_await put;
}

Task<Result<void>> CreateRule(Rooms& rooms, const Resource& resource) {
  return PutRule(rooms, resource, true);
}

Task<Result<void>> UpdateRule(Rooms& rooms, const Resource& after) {
  return PutRule(rooms, after, false);
}

Task<Result<void>> RemoveRule(Rooms& rooms, const Resource& resource) {
  Wait removed([&](Wait::Done done) {
    event::DeleteRule(rooms.events, resource.physical_id, std::move(done));
  });
  co_return co_await removed;
}

bool ScheduleExists(const Rooms& rooms, const Resource& resource) {
  return rooms.events.FindSchedule(ScheduleGroupOf(resource), resource.physical_id) != nullptr;
}

Task<Result<void>> PutSchedule(Rooms& rooms, const Resource& resource, bool only_new) {
  Result<event::Schedule> schedule = ToSchedule(resource);
  if (!schedule) co_return schedule.error();
  Wait put([&](Wait::Done done) {
    event::PutSchedule(rooms.events, *std::move(schedule), only_new, rooms.clock.WallNow(),
                       std::move(done));
  });
  co_return co_await put;
}

Task<Result<void>> CreateSchedule(Rooms& rooms, const Resource& resource) {
  return PutSchedule(rooms, resource, true);
}

Task<Result<void>> UpdateSchedule(Rooms& rooms, const Resource& after) {
  return PutSchedule(rooms, after, false);
}

Task<Result<void>> RemoveSchedule(Rooms& rooms, const Resource& resource) {
  Wait removed([&](Wait::Done done) {
    event::DeleteSchedule(rooms.events, ScheduleGroupOf(resource), resource.physical_id,
                          std::move(done));
  });
  co_return co_await removed;
}

bool GroupExists(const Rooms& rooms, const Resource& resource) {
  return rooms.events.HasGroup(resource.physical_id);
}

Task<Result<void>> CreateGroup(Rooms& rooms, const Resource& resource) {
  Wait created([&](Wait::Done done) {
    event::CreateGroup(rooms.events, resource.physical_id, rooms.clock.WallNow(), std::move(done));
  });
  co_return co_await created;
}

// Only its tags can change.
Task<Result<void>> UpdateGroup(Rooms&, const Resource&) { co_return Result<void>(); }

Task<Result<void>> RemoveGroup(Rooms& rooms, const Resource& resource) {
  Wait removed([&](Wait::Done done) {
    event::DeleteGroup(rooms.events, resource.physical_id, std::move(done));
  });
  co_return co_await removed;
}

constexpr std::array kEventRows = {
    ProvidedType{"AWS::Events::Rule", RuleExists, CreateRule, UpdateRule, RemoveRule},
    ProvidedType{"AWS::Scheduler::Schedule", ScheduleExists, CreateSchedule, UpdateSchedule,
                 RemoveSchedule},
    ProvidedType{"AWS::Scheduler::ScheduleGroup", GroupExists, CreateGroup, UpdateGroup,
                 RemoveGroup},
};

}  // namespace

std::span<const ProvidedType> ProvidedByEvents() { return kEventRows; }

}  // namespace gatehouse::stack
