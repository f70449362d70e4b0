// What rules, their targets, schedules and groups of schedules have, as tables: templates, the two
// services' calls and the store are read by these rows. Any thread.
// Source: AWS::Events::Rule, AWS::Scheduler::* of CloudFormation; EventBridge API 2015-10-07,
// EventBridge Scheduler API 2021-06-30.
#pragma once

#include <span>

#include "aws/resource_type.h"

namespace gatehouse::event {

std::span<const aws::Property> RuleRows();
std::span<const aws::Property> TargetRows();  // of a rule
std::span<const aws::Property> TransformerRows();
std::span<const aws::Property> RetryRows();
std::span<const aws::Property> DeadLetterRows();
std::span<const aws::Property> ScheduleRows();
std::span<const aws::Property> ScheduleTargetRows();
std::span<const aws::Property> WindowRows();

// Of templates.
const aws::ResourceType& RuleType();
const aws::ResourceType& ScheduleType();
const aws::ResourceType& ScheduleGroupType();

}  // namespace gatehouse::event
