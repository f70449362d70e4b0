// Schedule, CloudWatchEvent and EventBridgeRule become rules; ScheduleV2 becomes a schedule.
#include "stack/sam/events.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

constexpr std::size_t kTargetIdMax = 64;  // of a rule's target

std::string TargetId(const Event& event) {
  if (const Value* target = event.Find("Target"); target && target->Find("Id")) {
    return target->Text("Id");
  }
  const std::string suffix = event.target.is_state_machine ? "StepFunctionsTarget" : "LambdaTarget";
  return event.id.substr(0, kTargetIdMax - suffix.size()) + suffix;
}

void SetState(const Event& event, Value& rule) {
  const Value* state = event.Find("State");
  const Value* enabled =
      event.target.is_state_machine && !event.Find("Schedule") ? nullptr : event.Find("Enabled");
  if (!IsEmpty(state) && enabled) {
    return event.Fail("State and Enabled Properties cannot both be specified.");
  }
  if (!IsEmpty(state)) rule.Set("State", *state);
  if (enabled) rule.Set("State", Text(IsEmpty(enabled) ? "DISABLED" : "ENABLED"));
}

// Whether DeadLetterConfig is there and fit for use; false and told if it is not fit.
bool HasDeadLetters(const Event& event) {
  const Value* config = event.Find("DeadLetterConfig");
  if (!config) return false;
  const bool has_arn = config->Find("Arn") != nullptr;
  const bool has_type = config->Find("Type") != nullptr;
  if (has_arn && has_type) {
    event.Fail("You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
  } else if (has_type && config->Text("Type") != "SQS") {
    event.Fail("The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
  } else if (!has_arn && !has_type) {
    event.Fail("No 'Arn' or 'Type' property provided for DeadLetterConfig.");
  } else {
    return true;
  }
  return false;
}

// The queue's ARN: the one given, or of a queue that is made.
Value DeadLetterArn(const Event& event, bool with_policy) {
  const Value& config = *event.Find("DeadLetterConfig");
  if (const Value* arn = config.Find("Arn")) return *arn;
  const std::string given = config.Text("QueueLogicalId");
  const std::string id = given.empty() ? event.id + "Queue" : given;
  event.Add(id, "AWS::SQS::Queue");
  const Value arn = GetAtt(id, "Arn");
  if (!with_policy) return arn;
  Made& policy = event.Add(event.id + "QueuePolicy", "AWS::SQS::QueuePolicy");
  Value statement =
      Object({{"Action", Text("sqs:SendMessage")},
              {"Effect", Text("Allow")},
              {"Principal", Object({{"Service", Text("events.amazonaws.com")}})},
              {"Resource", arn},
              {"Condition",
               Object({{"ArnEquals", Object({{"aws:SourceArn", GetAtt(event.id, "Arn")}})}})}});
  policy.Set("PolicyDocument", Object({{"Version", Text("2012-10-17")},
                                       {"Statement", List({std::move(statement)})}}));
  policy.Set("Queues", List({RefTo(id)}));
  return arn;
}

// The role by which EventBridge starts a state machine.
Value StartRole(const Event& event) {
  Made& role = event.Add(event.id + "Role", "AWS::IAM::Role");
  role.Set("AssumeRolePolicyDocument", AssumeBy("events"));
  role.Set("Policies",
           List({RolePolicy(role.id + "StartExecutionPolicy",
                            {Allow(Text("states:StartExecution"), event.target.arn)})}));
  role.Set("PermissionsBoundary", event.source.FindFilled("PermissionsBoundary"));
  return GetAtt(event.id + "Role", "Arn");
}

// Targets of the rule, who may call them, and the rule itself.
void AddRule(const Event& event, Value rule) {
  SetState(event, rule);
  Value target = Object({{"Arn", event.target.arn}, {"Id", Text(TargetId(event))}});
  if (event.target.is_state_machine) {
    const Value* role = event.Find("RoleArn");
    target.Set("RoleArn", role ? *role : StartRole(event));
  }
  for (const char* name : {"Input", "InputPath", "RetryPolicy", "InputTransformer"}) {
    SetIfAny(target, name, event.Find(name));
  }
  if (HasDeadLetters(event)) {
    target.Set("DeadLetterConfig", Object({{"Arn", DeadLetterArn(event, true)}}));
  }
  rule.Set("Targets", List({std::move(target)}));
  event.Add(event.id, "AWS::Events::Rule").properties() = std::move(rule);
  if (event.target.is_state_machine) return;
  AddPermission(event, "events.amazonaws.com").Set("SourceArn", GetAtt(event.id, "Arn"));
}

Value ScheduleRole(const Event& event, const Value* dead_letters) {
  const std::string id = event.id + "Role";
  Value policies = Value::List();
  if (event.target.is_state_machine) {
    policies.items.push_back(RolePolicy(event.id + "StartExecutionPolicy",
                                        {Allow(Text("states:StartExecution"), event.target.arn)}));
  } else {
    policies.items.push_back(RolePolicy(event.id + "LambdaPolicy",
                                        {Allow(Text("lambda:InvokeFunction"), event.target.arn)}));
  }
  if (dead_letters) {
    policies.items.push_back(
        RolePolicy(event.id + "SQSPolicy", {Allow(Text("sqs:SendMessage"), *dead_letters)}));
  }
  Made& role = event.Add(id, "AWS::IAM::Role");
  role.Set("AssumeRolePolicyDocument", AssumeBy("scheduler"));
  role.Set("Policies", std::move(policies));
  role.Set("PermissionsBoundary", event.Find("PermissionsBoundary"));
  return GetAtt(id, "Arn");
}

}  // namespace

void ExpandSchedule(const Event& event) {
  if (!event.Requires("Schedule")) return;
  Value rule = Object({{"ScheduleExpression", *event.Find("Schedule")}});
  SetIfAny(rule, "Name", event.Find("Name"));
  SetIfAny(rule, "Description", event.Find("Description"));
  AddRule(event, std::move(rule));
}

void ExpandRule(const Event& event) {
  Value rule = Value::Object();
  SetIfAny(rule, "EventBusName", event.Find("EventBusName"));
  SetIfAny(rule, "EventPattern", event.Find("Pattern"));
  SetIfAny(rule, "Name", event.Find("RuleName"));
  AddRule(event, std::move(rule));
}

void ExpandScheduleV2(const Event& event) {
  if (!event.Requires("ScheduleExpression")) return;
  Value schedule = Value::Object();
  for (const char* name : {"ScheduleExpression", "Description", "FlexibleTimeWindow", "StartDate",
                           "EndDate", "ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"}) {
    SetIfAny(schedule, name, event.Find(name));
  }
  if (const Value* state = event.Find("State"); !IsEmpty(state)) schedule.Set("State", *state);
  const Value* name = event.Find("Name");
  if (IsEmpty(event.Find("OmitName"))) {
    schedule.Set("Name", IsEmpty(name) ? Text(event.id) : *name);
  } else if (!IsEmpty(name)) {
    event.Fail("Name cannot be set when OmitName is True");
  }
  if (IsEmpty(schedule.Find("FlexibleTimeWindow"))) {
    schedule.Set("FlexibleTimeWindow", Object({{"Mode", Text("OFF")}}));
  }
  Value target = Object({{"Arn", event.target.arn}});
  SetIfAny(target, "Input", event.Find("Input"));
  SetIfAny(target, "RetryPolicy", event.Find("RetryPolicy"));
  Value dead_letters;
  const bool has_dead_letters = HasDeadLetters(event);
  if (has_dead_letters) {
    dead_letters = DeadLetterArn(event, false);
    target.Set("DeadLetterConfig", Object({{"Arn", dead_letters}}));
  }
  const Value* role = event.Find("RoleArn");
  target.Set("RoleArn", IsEmpty(role)
                            ? ScheduleRole(event, has_dead_letters ? &dead_letters : nullptr)
                            : *role);
  schedule.Set("Target", std::move(target));
  event.Add(event.id, "AWS::Scheduler::Schedule").properties() = std::move(schedule);
}

}  // namespace gatehouse::stack::sam
