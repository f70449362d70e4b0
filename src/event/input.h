// What a target is given: the event itself, the target's own Input, a part of the event, or a
// template filled from it; and the context attributes of a schedule's Input. Pure functions.
// Source: EventBridge user guide, "Input transformation"; Scheduler user guide, "Context
// attributes".
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "event/definition.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

Result<void> CheckInputPath(std::string_view path);
// Errors: kInvalidArgument, with AWS's sentence where there is one.
Result<void> CheckTransformer(const InputTransformer& transformer);

// What the reserved variables of a template stand for.
struct RuleFacts {
  std::string arn;
  std::string name;
  base::Millis received{0};  // aws.events.event.ingestion-time
};

// The JSON for a rule's target. event: JSON. Error: kInvalidArgument: what the template makes of
// this event is no JSON.
Result<std::string> InputOf(const Target& target, const std::string& event, const RuleFacts& rule);

struct ScheduleFacts {
  std::string arn;
  base::Millis scheduled{0};
  std::string execution_id;
  int attempt = 1;
};
// The Input of a schedule's target with <aws.scheduler.…> replaced.
std::string FillSchedule(std::string_view input, const ScheduleFacts& facts);

// "2026-01-31T10:10:10Z"
std::string FormatSeconds(base::Millis wall);

// What a rule's schedule, and one of the Scheduler without Input, sends.
std::string ScheduledEvent(const Place& place, std::string_view id, base::Millis time,
                           std::string_view rule_arn);
std::string SchedulerEvent(const Place& place, std::string_view id, base::Millis time,
                           std::string_view schedule_arn);

}  // namespace gatehouse::event
