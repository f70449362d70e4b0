// AWS::Events::Rule, AWS::Scheduler::Schedule and ScheduleGroup.
#include "stack/resource_events.h"

#include <boost/json.hpp>

#include "event/definition_json.h"
#include "stack/resource_type.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kRule =
    "Name:s Description:s EventBusName:s EventPattern:j RoleArn:s ScheduleExpression:s State:s "
    "Tags:[{Key:s! Value:s!}] "
    "Targets:[{Arn:s! Id:s! Input:s InputPath:s RoleArn:s "
    "InputTransformer:{InputPathsMap:<s> InputTemplate:s!} "
    "RetryPolicy:{MaximumEventAgeInSeconds:i MaximumRetryAttempts:i} DeadLetterConfig~:{Arn:s} "
    "AppSyncParameters^:j BatchParameters^:j EcsParameters^:j HttpParameters^:j "
    "KinesisParameters^:j RedshiftDataParameters^:j RunCommandParameters^:j "
    "SageMakerPipelineParameters^:j SqsParameters^:j}]";

constexpr std::string_view kSchedule =
    "Name:s GroupName:s Description:s StartDate:s EndDate:s KmsKeyArn~:s State:s "
    "FlexibleTimeWindow:{Mode:s! MaximumWindowInMinutes:i}! "
    "ScheduleExpression:s! ScheduleExpressionTimezone:s "
    "Target:{Arn:s! RoleArn:s! Input:s "
    "RetryPolicy:{MaximumEventAgeInSeconds:i MaximumRetryAttempts:i} DeadLetterConfig~:{Arn:s} "
    "EcsParameters^:j EventBridgeParameters^:j KinesisParameters^:j "
    "SageMakerPipelineParameters^:j SqsParameters^:j}!";

// The properties as the event room reads them, under a name that will do.
boost::json::object Named(const Resource& resource, const std::string& name) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(ToJson(resource.properties), error);
  boost::json::object object =
      !error && value.is_object() ? std::move(value.get_object()) : boost::json::object();
  object["Name"] = name;
  return object;
}

std::string GivenName(const Resource& resource) {
  std::string given = resource.Text("Name");
  return given.empty() ? resource.logical_id.substr(0, event::kNameMax) : given;
}

void Refuse(const Resource& resource, int line, const std::string& path, const std::string& why,
            Problems& problems) {
  problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                " with message: #/" + path + ": " + why});
}

void CheckRule(Resource& resource, const Surroundings&, int line, Problems& problems) {
  std::string bus = resource.Text("EventBusName");
  if (!bus.empty() && bus != "default" && !bus.ends_with(":event-bus/default")) {
    return Refuse(resource, line, "EventBusName", "gatehouse has the event bus default only",
                  problems);
  }
  auto rule = event::ReadRuleWithTargets(Named(resource, GivenName(resource)));
  if (!rule) problems.push_back({line, resource.logical_id + ": " + rule.error().message});
}

void CheckSchedule(Resource& resource, const Surroundings&, int line, Problems& problems) {
  if (!resource.properties.Find("Target") || !resource.properties.Find("FlexibleTimeWindow") ||
      !resource.properties.Find("ScheduleExpression")) {
    return;  // the schema has said so
  }
  auto schedule = event::ReadSchedule(Named(resource, GivenName(resource)));
  if (!schedule) problems.push_back({line, resource.logical_id + ": " + schedule.error().message});
}

event::Place PlaceOf(const Surroundings& around) { return {around.region, around.account_id}; }

ResourceValues RuleValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", event::RuleArn(PlaceOf(around), name)}}};
}

ResourceValues ScheduleValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", event::ScheduleArn(PlaceOf(around), ScheduleGroupOf(resource), name)}}};
}

ResourceValues GroupValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", event::ScheduleGroupArn(PlaceOf(around), name)}, {"State", "ACTIVE"}}};
}

constexpr SchemaType kTypes[] = {
    {.name = "AWS::Events::Rule",
     .schema = kRule,
     .replacing = "Name EventBusName",
     .name_property = "Name",
     .attributes = "Arn",
     .check = CheckRule,
     .checked = "Name EventBusName EventPattern ScheduleExpression State Targets",
     .values = RuleValues},
    {.name = "AWS::Scheduler::Schedule",
     .schema = kSchedule,
     .replacing = "Name GroupName",
     .name_property = "Name",
     .attributes = "Arn",
     .check = CheckSchedule,
     .checked = "Name GroupName StartDate EndDate FlexibleTimeWindow ScheduleExpression "
                "ScheduleExpressionTimezone State Target",
     .values = ScheduleValues},
    {.name = "AWS::Scheduler::ScheduleGroup",
     .schema = "Name:s Tags-:[{Key:s! Value:s!}]",
     .replacing = "Name",
     .name_property = "Name",
     .attributes = "Arn State",
     .unserved = "CreationDate LastModificationDate",
     .values = GroupValues},
};

}  // namespace

Result<event::Rule> ToRule(const Resource& resource) {
  return event::ReadRuleWithTargets(Named(resource, resource.physical_id));
}

Result<event::Schedule> ToSchedule(const Resource& resource) {
  return event::ReadSchedule(Named(resource, resource.physical_id));
}

std::string ScheduleGroupOf(const Resource& resource) {
  std::string group = resource.Text("GroupName");
  return group.empty() ? std::string(event::kDefaultGroup) : group;
}

std::span<const SchemaType> EventTypes() { return kTypes; }

}  // namespace gatehouse::stack
