// IAM's view of EventBridge and its Scheduler.
#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "event/scheduler_api.h"
#include "server/access_table.h"

namespace gatehouse::server {
namespace {

namespace bj = boost::json;

bj::object BodyOf(const wire::ServiceRequest& request) {
  boost::system::error_code error;
  bj::value value = bj::parse(request.body.empty() ? "{}" : request.body, error);
  return error || !value.is_object() ? bj::object() : std::move(value.get_object());
}

std::string TextOf(const bj::object& body, std::string_view name) {
  const bj::value* value = body.if_contains(name);
  const bj::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

// A bus is named by its name or its ARN.
std::string BusArn(const AccessQuestion& question, const std::string& bus) {
  if (bus.starts_with("arn:")) return bus;
  return question.Arn("events", "event-bus/" + (bus.empty() ? "default" : bus));
}

// Of a rule on the default bus rule/NAME, on another rule/BUS/NAME.
std::string RuleArn(const AccessQuestion& question, const bj::object& body) {
  std::string name = TextOf(body, "Name");
  if (name.empty()) name = TextOf(body, "Rule");
  if (name.empty()) name = "*";
  std::string bus = TextOf(body, "EventBusName");
  bus = bus.substr(bus.rfind('/') + 1);
  return question.Arn("events",
                      "rule/" + (bus.empty() || bus == "default" ? "" : bus + "/") + name);
}

// All that a query gives that name; the service takes one of them.
std::set<std::string> QueryValues(std::string_view target, std::string_view name) {
  std::set<std::string> values;
  std::size_t mark = target.find('?');
  std::string_view query = mark == target.npos ? std::string_view() : target.substr(mark + 1);
  while (!query.empty()) {
    std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    std::size_t equals = one.find('=');
    if (equals == one.npos || base::DecodePercent(one.substr(0, equals), true) != name) continue;
    values.insert(base::DecodePercent(one.substr(equals + 1), true));
  }
  return values;
}

}  // namespace

void RuleAccess(const AccessQuestion& question, Accesses& out) {
  bj::object body = BodyOf(question.request);
  std::string tagged = TextOf(body, "ResourceARN");
  bool by_arn = question.operation == "ListTagsForResource" && !tagged.empty();
  out.push_back({question.action, by_arn ? tagged : RuleArn(question, body)});
  constexpr std::string_view kService = "events.amazonaws.com";
  AddPassRole(TextOf(body, "RoleArn"), kService, out);
  const bj::value* targets = body.if_contains("Targets");
  if (!targets || !targets->is_array()) return;
  for (const bj::value& target : targets->get_array()) {
    if (target.is_object()) AddPassRole(TextOf(target.get_object(), "RoleArn"), kService, out);
  }
}

void BusAccess(const AccessQuestion& question, Accesses& out) {
  bj::object body = BodyOf(question.request);
  std::set<std::string> buses;
  const bj::value* entries = body.if_contains("Entries");
  if (entries && entries->is_array()) {
    for (const bj::value& entry : entries->get_array()) {
      if (entry.is_object()) {
        buses.insert(BusArn(question, TextOf(entry.get_object(), "EventBusName")));
      }
    }
  }
  if (buses.empty()) buses.insert(BusArn(question, TextOf(body, "Name")));
  for (const std::string& bus : buses) out.push_back({question.action, bus});
}

void ScheduleAccess(const AccessQuestion& question, Accesses& out) {
  bj::object body = BodyOf(question.request);
  const wire::HttpHead& head = question.request.head;
  std::string name = event::SchedulerApi::PathOf(head.method, head.target).name;
  const bool lists = name.empty();
  std::set<std::string> groups = QueryValues(head.target, lists ? "ScheduleGroup" : "groupName");
  if (std::string group = TextOf(body, "GroupName"); !group.empty()) groups.insert(group);
  if (groups.empty()) groups.insert(lists ? "*" : "default");
  for (const std::string& group : groups) {
    out.push_back({question.action,
                   question.Arn("scheduler", "schedule/" + group + "/" + (lists ? "*" : name))});
  }
  const bj::value* target = body.if_contains("Target");
  if (!target || !target->is_object()) return;
  AddPassRole(TextOf(target->get_object(), "RoleArn"), "scheduler.amazonaws.com", out);
}

void ScheduleGroupAccess(const AccessQuestion& question, Accesses& out) {
  const wire::HttpHead& head = question.request.head;
  std::string name = event::SchedulerApi::PathOf(head.method, head.target).name;
  out.push_back({question.action,
                 question.Arn("scheduler", "schedule-group/" + (name.empty() ? "*" : name))});
}

}  // namespace gatehouse::server
