#include "stack/sam/events.h"

#include <algorithm>

namespace gatehouse::stack::sam {
namespace {

struct PushKind {
  std::string_view name;
  void (*expand)(const Event& event);
  bool of_state_machines = false;
};
constexpr PushKind kPushKinds[] = {
    {"Schedule", ExpandSchedule, true},
    {"ScheduleV2", ExpandScheduleV2, true},
    {"CloudWatchEvent", ExpandRule, true},
    {"EventBridgeRule", ExpandRule, true},
    {"SNS", ExpandSns},
    {"S3", ExpandS3},
    {"CloudWatchLogs", ExpandLogs},
    {"IoTRule", ExpandIotRule},
    {"AlexaSkill", ExpandAlexaSkill},
    {"Cognito", ExpandCognito},
    {"Api", ExpandApiEvent},
    {"HttpApi", ExpandHttpApiEvent},
};
constexpr std::string_view kMappingKinds[] = {"DynamoDB", "Kinesis",          "SQS",       "MSK",
                                              "MQ",       "SelfManagedKafka", "DocumentDB"};

void ExpandOne(const Event& event, const std::string& kind) {
  const bool is_mapping = std::find(std::begin(kMappingKinds), std::end(kMappingKinds), kind) !=
                          std::end(kMappingKinds);
  if (is_mapping && !event.target.is_state_machine) return ExpandMapping(event, kind);
  for (const PushKind& row : kPushKinds) {
    if (row.name != kind) continue;
    if (event.target.is_state_machine && !row.of_state_machines) break;
    return row.expand(event);
  }
  event.Fail(kind == "Api" ? "gatehouse does not expand events of type Api of state machines yet"
                           : "Resource dict has missing or invalid value for key Type. Event Type "
                             "is: " +
                                 kind + ".");
}

// SAM's order, in which policies come into the role: by path, where there is one, or name.
std::vector<const Member*> InOrder(const Value& events) {
  auto key = [](const Member* event) {
    const Value* properties = event->value.Find("Properties");
    const std::string path = properties ? properties->Text("Path") : "";
    return path.empty() ? event->name : path;
  };
  std::vector<const Member*> order;
  for (const Member& event : events.members) order.push_back(&event);
  std::stable_sort(order.begin(), order.end(),
                   [&](const Member* a, const Member* b) { return key(a) < key(b); });
  return order;
}

}  // namespace

const Value* Event::Find(std::string_view property) const {
  const Value* found = properties.Find(property);
  return found && found->kind != Value::kNull ? found : nullptr;
}

bool Event::Requires(std::string_view property) const {
  if (Find(property)) return true;
  Fail("Missing required property '" + std::string(property) + "'.");
  return false;
}

Made& Event::Add(std::string logical_id, std::string_view type) const {
  Made& one = made.emplace_back(std::move(logical_id), type);
  PassAttributes(source.body, one.body);
  return one;
}

void ExpandEvents(const Source& source, const Target& target, Made* role, MadeList& made,
                  Expansion& expansion) {
  const Value* events = source.FindFilled("Events");
  if (!events || !events->is_object()) return;
  static const Value& none = *new Value(Value::Object());
  for (const Member* one : InOrder(*events)) {
    const Member& member = *one;
    if (expansion.exhausted() || made.size() > kResourcesMax) return;
    const Value* type = member.value.Find("Type");
    if (!type || !type->is_string()) {
      expansion.FailEvent(source, member.name,
                          "Resource dict has missing or invalid value for key Type. Event Type "
                          "is: None.");
      continue;
    }
    const Value* properties = member.value.Find("Properties");
    const Event event{source,
                      target,
                      member.name,
                      source.id + member.name,
                      properties && properties->is_object() ? *properties : none,
                      role,
                      made,
                      expansion};
    ExpandOne(event, type->text);
  }
}

Made& AddPermission(const Event& event, std::string_view principal) {
  Made& permission = event.Add(event.id + "Permission", "AWS::Lambda::Permission");
  permission.Set("Action", Text("lambda:InvokeFunction"));
  permission.Set("FunctionName", event.target.name);
  permission.Set("Principal", Text(principal));
  return permission;
}

}  // namespace gatehouse::stack::sam
