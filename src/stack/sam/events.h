// Events of functions and state machines: rules, schedules, mappings and permissions.
#pragma once

#include <string>
#include <string_view>

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// What an event calls: a function, its alias, or a state machine.
struct Target {
  std::string id;
  Value name;  // as permissions and mappings name it
  Value arn;
  bool is_state_machine = false;
};

// One event of a source.
struct Event {
  const Source& source;
  const Target& target;
  std::string name;  // as it stands in Events
  std::string id;    // the source's and the event's
  const Value& properties;
  Made* role;  // the one made for the source; null: it makes none
  MadeList& made;
  Expansion& expansion;

  const Value* Find(std::string_view property) const;
  // False, and told, if a property that must be there is not.
  bool Requires(std::string_view property) const;
  void Fail(const std::string& why) const { expansion.FailEvent(source, name, why); }
  // Into made, with what is passed on from the source.
  Made& Add(std::string logical_id, std::string_view type) const;
};

// Each event of the property Events, by their paths and names. role: the one made for the source,
// null if it has its own.
void ExpandEvents(const Source& source, const Target& target, Made* role, MadeList& made,
                  Expansion& expansion);

// IDPermission, for a service to invoke the target.
Made& AddPermission(const Event& event, std::string_view principal);

// events_rule.cc
void ExpandSchedule(const Event& event);
void ExpandRule(const Event& event);
void ExpandScheduleV2(const Event& event);
// events_mapping.cc: streams and queues that are polled.
void ExpandMapping(const Event& event, std::string_view kind);
// events_push.cc
void ExpandSns(const Event& event);
void ExpandS3(const Event& event);
void ExpandLogs(const Event& event);
void ExpandIotRule(const Event& event);
void ExpandAlexaSkill(const Event& event);
void ExpandCognito(const Event& event);
// events_api.cc: of REST and HTTP APIs.
void ExpandApiEvent(const Event& event);
void ExpandHttpApiEvent(const Event& event);

}  // namespace gatehouse::stack::sam
