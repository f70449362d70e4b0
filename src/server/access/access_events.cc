// IAM's view of EventBridge and its Scheduler.
// Source: Service Authorization Reference, "Amazon EventBridge", "Amazon EventBridge Scheduler".
#include <algorithm>

#include <boost/json.hpp>

#include "aws/arn.h"
#include "aws/service.h"
#include "event/definition.h"
#include "event/scheduler_api.h"
#include "server/access/access_table.h"

namespace gatehouse::server {
namespace {

namespace bj = boost::json;

bj::object EventBodyOf(const wire::ServiceRequest& request) {
  boost::system::error_code error;
  bj::value value = bj::parse(request.body, error);
  return !error && value.is_object() ? std::move(value.get_object()) : bj::object();
}

std::string EventTextOf(const bj::object& from, std::string_view name) {
  const bj::value* member = from.if_contains(name);
  const bj::string* text = member ? member->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

// The text of that name in each object of a list.
std::vector<std::string> TextsOf(const bj::object& from, std::string_view list,
                                 std::string_view name) {
  std::vector<std::string> texts;
  const bj::value* value = from.if_contains(list);
  if (!value || !value->is_array()) return texts;
  for (const bj::value& one : value->get_array()) {
    if (one.is_object()) texts.push_back(EventTextOf(one.get_object(), name));
  }
  return texts;
}

event::Place PlaceOf(const AccessQuestion& question) {
  return {question.facts.region, question.facts.account_id};
}

}  // namespace

// The rule is in Name, in Rule, or an ARN.
void RuleAccess(const AccessQuestion& question, Accesses& out) {
  bj::object body = EventBodyOf(question.request);
  std::string name = EventTextOf(body, "Name");
  if (name.empty()) name = EventTextOf(body, "Rule");
  std::string arn = EventTextOf(body, "ResourceARN");
  Access access{question.action, arn.empty() ? event::RuleArn(PlaceOf(question), name) : arn};
  if (question.operation == "PutTargets") {
    access.fill = [arns = TextsOf(body, "Targets", "Arn")](auth::RequestContext& keys) {
      keys.Set("events:TargetArn", arns);
    };
  }
  out.push_back(std::move(access));
  AddPassRole(EventTextOf(body, "RoleArn"), "events.amazonaws.com", out);
  for (const std::string& role : TextsOf(body, "Targets", "RoleArn")) {
    AddPassRole(role, "events.amazonaws.com", out);
  }
}

// Each entry is a question of its own, for each has its own source.
void PutEventsAccess(const AccessQuestion& question, Accesses& out) {
  bj::object body = EventBodyOf(question.request);
  std::vector<std::string> sources = TextsOf(body, "Entries", "Source");
  std::vector<std::string> types = TextsOf(body, "Entries", "DetailType");
  std::vector<std::string> buses = TextsOf(body, "Entries", "EventBusName");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::string bus = buses[i].empty() ? "default" : buses[i];
    Access access{question.action,
                  aws::IsArn(bus) ? bus : question.Arn(aws::kEvents, "event-bus/" + bus)};
    access.fill = [source = sources[i], type = types[i]](auth::RequestContext& keys) {
      keys.Set("events:source", source);
      keys.Set("events:detail-type", type);
    };
    out.push_back(std::move(access));
  }
}

void BusAccess(const AccessQuestion& question, Accesses& out) {
  std::string name = EventTextOf(EventBodyOf(question.request), "Name");
  if (name.empty()) name = "default";
  out.push_back(
      {question.action, aws::IsArn(name) ? name : question.Arn(aws::kEvents, "event-bus/" + name)});
}

// The group is in the body of what is made, else in the query.
void ScheduleAccess(const AccessQuestion& question, Accesses& out) {
  event::SchedulerPath path =
      event::SchedulerApi::PathOf(question.request.head.method, question.request.head.target);
  bj::object body = EventBodyOf(question.request);
  std::string group = path.group.empty() ? EventTextOf(body, "GroupName") : path.group;
  if (group.empty()) group = event::kDefaultGroup;
  out.push_back({question.action, event::ScheduleArn(PlaceOf(question), group, path.name)});
  const bj::value* target = body.if_contains("Target");
  if (target && target->is_object()) {
    AddPassRole(EventTextOf(target->get_object(), "RoleArn"), "scheduler.amazonaws.com", out);
  }
}

void ScheduleGroupAccess(const AccessQuestion& question, Accesses& out) {
  event::SchedulerPath path =
      event::SchedulerApi::PathOf(question.request.head.method, question.request.head.target);
  out.push_back({question.action, event::ScheduleGroupArn(PlaceOf(question), path.name)});
}

}  // namespace gatehouse::server
