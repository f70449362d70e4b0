// AWS::Events::Rule and AWS::Scheduler::Schedule in the words of the event room.
#pragma once

#include "event/definition.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

// The physical id is the name. Errors: kInvalidArgument with AWS's sentence.
Result<event::Rule> ToRule(const Resource& resource);
Result<event::Schedule> ToSchedule(const Resource& resource);
std::string ScheduleGroupOf(const Resource& resource);

}  // namespace gatehouse::stack
