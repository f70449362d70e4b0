// DeploymentPreference: traffic moves to a new version by CodeDeploy. gatehouse moves it at once;
// the resources are SAM's all the same.
#include <algorithm>

#include "stack/sam/function_parts.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

constexpr std::string_view kApplication = "ServerlessDeploymentApplication";
constexpr std::string_view kServiceRole = "CodeDeployServiceRole";
constexpr std::string_view kDeploymentTypes[] = {
    "Canary10Percent5Minutes",      "Canary10Percent10Minutes",      "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",     "Linear10PercentEvery1Minute",   "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce"};

// CodeDeploy's own configurations have a longer name there.
Value ConfigName(const Value& type, bool in_sub) {
  Value name = type;
  if (type.is_list()) {
    for (Value& item : name.items) item = ConfigName(item, false);
    return name;
  }
  if (IsIntrinsic(type)) {
    Member& only = name.members[0];
    only.value = ConfigName(only.value, only.name == "Fn::Sub");
    return name;
  }
  const bool is_own =
      type.is_string() && std::find(std::begin(kDeploymentTypes), std::end(kDeploymentTypes),
                                    type.text) != std::end(kDeploymentTypes);
  if (!is_own) return name;
  Value sub = Sub("CodeDeployDefault.Lambda${ConfigName}", {{"ConfigName", type}});
  return in_sub ? sub.members[0].value : sub;
}

Value AlarmConfiguration(const Source& source, const Value& alarms, Expansion& expansion) {
  if (IsIf(alarms) && alarms.members[0].value.items.size() == 3) {
    Value copy = alarms;
    Value& branches = copy.members[0].value;
    for (std::size_t i = 1; i < 3; ++i) {
      branches.items[i] = AlarmConfiguration(source, branches.items[i], expansion);
    }
    return copy;
  }
  if (!alarms.is_list()) {
    expansion.Fail(source, "Alarms must be a list");
    return {};
  }
  if (alarms.items.empty() || IsNoValue(alarms.items[0])) return Value::Object();
  Value names = Value::List();
  for (const Value& alarm : alarms.items) names.items.push_back(Object({{"Name", alarm}}));
  return Object({{"Enabled", Value::Bool(true)}, {"Alarms", std::move(names)}});
}

Made DeploymentGroup(const Source& source, const Value& preference, Expansion& expansion) {
  Made group(source.id + "DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup");
  if (const Value* alarms = preference.Find("Alarms"); !IsEmpty(alarms) && !IsNoValue(*alarms)) {
    group.Set("AlarmConfiguration", AlarmConfiguration(source, *alarms, expansion));
  }
  group.Set("ApplicationName", RefTo(kApplication));
  group.Set("AutoRollbackConfiguration",
            Object({{"Enabled", Value::Bool(true)},
                    {"Events", List({Text("DEPLOYMENT_FAILURE"), Text("DEPLOYMENT_STOP_ON_ALARM"),
                                     Text("DEPLOYMENT_STOP_ON_REQUEST")})}}));
  group.Set("DeploymentConfigName", ConfigName(*preference.Find("Type"), false));
  group.Set("DeploymentStyle", Object({{"DeploymentType", Text("BLUE_GREEN")},
                                       {"DeploymentOption", Text("WITH_TRAFFIC_CONTROL")}}));
  const Value* role = preference.Find("Role");
  group.Set("ServiceRoleArn", IsEmpty(role) ? GetAtt(kServiceRole, "Arn") : *role);
  if (const Value* triggers = preference.Find("TriggerConfigurations"); !IsEmpty(triggers)) {
    group.Set("TriggerConfigurations", *triggers);
  }
  return group;
}

void MakeShared(const Value& preference, MadeList& made, Expansion& expansion) {
  if (!expansion.resources().Find(kApplication)) {
    made.emplace_back(std::string(kApplication), "AWS::CodeDeploy::Application")
        .Set("ComputePlatform", Text("Lambda"));
  }
  const bool is_there = expansion.resources().Find(kServiceRole) != nullptr;
  if (is_there || !IsEmpty(preference.Find("Role"))) return;
  Made& role = made.emplace_back(std::string(kServiceRole), "AWS::IAM::Role");
  role.Set("AssumeRolePolicyDocument", AssumeBy("codedeploy"));
  role.Set("ManagedPolicyArns",
           List({Text(expansion.PolicyArn("service-role/AWSCodeDeployRoleForLambda"))}));
}

}  // namespace

void MakeDeployment(const Source& source, const std::string& alias_id, MadeList& made,
                    Expansion& expansion) {
  const Value* given = source.FindFilled("DeploymentPreference");
  if (!given || !given->is_object()) return;
  Value preference = *given;
  for (const char* name : {"Enabled", "Type", "PassthroughCondition"}) {
    if (Value* one = preference.Find(name)) *one = expansion.ResolvedInMap(*one);
  }
  const Value* enabled = preference.Find("Enabled");
  const std::string text = enabled ? enabled->text : "";
  if (enabled && (IsEmpty(enabled) || text == "false" || text == "False")) return;
  if (!preference.Find("Type")) {
    return expansion.Fail(source, "'DeploymentPreference' is missing required Property 'Type'");
  }
  if (alias_id.empty()) {
    return expansion.Fail(
        source, "'DeploymentPreference' requires AutoPublishAlias property to be specified.");
  }
  Made group = DeploymentGroup(source, preference, expansion);
  Value update =
      Object({{"ApplicationName", RefTo(kApplication)}, {"DeploymentGroupName", RefTo(group.id)}});
  if (const Value* hooks = preference.Find("Hooks"); hooks && hooks->is_object()) {
    SetIfAny(update, "BeforeAllowTrafficHook", hooks->Find("PreTraffic"));
    SetIfAny(update, "AfterAllowTrafficHook", hooks->Find("PostTraffic"));
  }
  const auto alias =
      std::find_if(made.begin(), made.end(), [&](const Made& one) { return one.id == alias_id; });
  alias->body.Set("UpdatePolicy", Object({{"CodeDeployLambdaAliasUpdate", std::move(update)}}));
  const Value* condition = source.body.Find("Condition");
  const Value* passes = preference.Find("PassthroughCondition");
  if (condition && passes && (passes->text == "true" || passes->text == "True")) {
    group.body.Set("Condition", *condition);
  }
  const Value* tags = source.FindFilled("Tags");
  if (tags && source.FindFilled("PropagateTags")) group.Set("Tags", TagList(*tags));
  made.push_back(std::move(group));
  MakeShared(preference, made, expansion);
}

}  // namespace gatehouse::stack::sam
