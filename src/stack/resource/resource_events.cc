// AWS::Events::Rule, AWS::Scheduler::Schedule and ScheduleGroup.
#include "stack/resource/resource_events.h"

#include <boost/json.hpp>

#include "event/definition_json.h"
#include "event/resource_types.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

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

}  // namespace

std::vector<ResourceType> EventTypes() {
  return {
      {event::RuleType(), CheckRule,
       "Name EventBusName EventPattern ScheduleExpression State Targets", RuleValues},
      {event::ScheduleType(), CheckSchedule,
       "Name GroupName StartDate EndDate FlexibleTimeWindow ScheduleExpression "
       "ScheduleExpressionTimezone State Target",
       ScheduleValues},
      {event::ScheduleGroupType(), nullptr, {}, GroupValues},
  };
}

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

}  // namespace gatehouse::stack
