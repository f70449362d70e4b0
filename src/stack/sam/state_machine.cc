#include "stack/sam/state_machine.h"

#include <algorithm>

#include "stack/sam/events.h"
#include "stack/sam/function.h"
#include "stack/sam/logical_id.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

// Functions and dynamic references in a definition go out of its text: each becomes a word
// "${definition_substitution_N}", in the order of the members' names.
class Substitutions {
 public:
  void Take(Value& value) {
    for (Value& item : value.items) One(item);
    std::vector<Member*> members;
    for (Member& member : value.members) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const Member* a, const Member* b) { return a->name < b->name; });
    for (Member* member : members) One(member->value);
  }

  Value taken = Value::Object();

 private:
  void One(Value& value) {
    const bool is_dynamic =
        value.is_string() && value.text.starts_with("{{resolve:") && value.text.ends_with("}}");
    if (!is_dynamic && !IsIntrinsic(value)) return Take(value);
    const std::string name = "definition_substitution_" + std::to_string(taken.members.size() + 1);
    taken.Set(name, std::move(value));
    value = Text("${" + name + "}");
  }
};

Value DefinitionString(const Value& definition) {
  const std::string text = PythonJson(definition, 4);
  Value lines = Value::List();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.items.push_back(Text(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return Object({{"Fn::Join", List({Text("\n"), std::move(lines)})}});
}

class StateMachineMaker {
 public:
  StateMachineMaker(const Source& source, Expansion& expansion)
      : source_(source), expansion_(expansion) {}

  void Expand() {
    made_.emplace_back(source_.id, "AWS::StepFunctions::StateMachine");
    PassAllAttributes(source_.body, made_.front().body);
    Fill();
    MakeStateRole();
    Target target{source_.id, RefTo(source_.id), RefTo(source_.id), true};
    MakeAlias(target);
    ExpandEvents(source_, target, nullptr, made_, expansion_);
    PropagateTags(source_, made_, expansion_);
    expansion_.Emit(source_, std::move(made_));
  }

 private:
  void Set(std::string_view name, const Value* value) { made_.front().Set(name, value); }

  void Fill() {
    Set("StateMachineName", source_.Find("Name"));
    Set("StateMachineType", source_.Find("Type"));
    Set("LoggingConfiguration", source_.Find("Logging"));
    Set("TracingConfiguration", source_.Find("Tracing"));
    made_.front().Set("Tags", SamTags(source_, expansion_, "stateMachine:createdBy"));
    const Value* definition = source_.FindFilled("Definition");
    const Value* uri = source_.FindFilled("DefinitionUri");
    if (definition && uri) {
      expansion_.Fail(source_,
                      "Specify either 'Definition' or 'DefinitionUri' property and not both.");
    }
    if (!definition && !uri) {
      return expansion_.Fail(source_,
                             "Either 'Definition' or 'DefinitionUri' property must be specified.");
    }
    Value substitutions = Value::Object();
    if (const Value* given = source_.FindFilled("DefinitionSubstitutions")) substitutions = *given;
    if (definition) {
      Value text = *definition;
      Substitutions found;
      found.Take(text);
      for (const Member& one : found.taken.members) substitutions.Set(one.name, one.value);
      made_.front().Set("DefinitionString", DefinitionString(text));
    } else {
      made_.front().Set("DefinitionS3Location", DefinitionLocation());
    }
    if (!substitutions.members.empty()) {
      made_.front().Set("DefinitionSubstitutions", std::move(substitutions));
    }
  }

  Value DefinitionLocation() {
    const Value code = CodeLocation(source_, "DefinitionUri", expansion_);
    if (!code.is_object()) return code;
    Value location = Value::Object();
    SetIfAny(location, "Bucket", code.Find("S3Bucket"));
    SetIfAny(location, "Key", code.Find("S3Key"));
    SetIfAny(location, "Version", code.Find("S3ObjectVersion"));
    return location;
  }

  void MakeStateRole() {
    const Value* given = source_.FindFilled("Role");
    if (given && source_.FindFilled("Policies")) {
      return expansion_.Fail(source_,
                             "Specify either 'Role' or 'Policies' (but not both at the same "
                             "time) or neither of them");
    }
    if (given) return Set("RoleArn", given);
    Value policies = ExpandPolicies(source_, expansion_);
    const Value* tracing = source_.Find("Tracing");
    if (tracing && tracing->Text("Enabled") == "true") {
      policies.items.push_back(Text(expansion_.partition() == "aws" ? "AWSXrayWriteOnlyAccess"
                                                                    : "AWSXRayDaemonWriteAccess"));
    }
    RoleParts parts;
    parts.assume = AssumeBy("states");
    parts.tags = SamTags(source_, expansion_, "stateMachine:createdBy");
    Made role = MakeRole(source_, policies, std::move(parts), expansion_);
    made_.front().Set("RoleArn", GetAtt(role.id, "Arn"));
    made_.push_back(std::move(role));
  }

  void MakeAlias(Target& target) {
    const Value* name = source_.FindFilled("AutoPublishAlias");
    const Value* preference = source_.FindFilled("DeploymentPreference");
    const bool aims_at_alias = source_.FindFilled("UseAliasAsEventTarget") != nullptr;
    if (!name && (preference || aims_at_alias)) {
      return expansion_.Fail(
          source_, std::string("'") +
                       (aims_at_alias ? "UseAliasAsEventTarget" : "DeploymentPreference") +
                       "' requires 'AutoPublishAlias' property to be specified.");
    }
    if (!name) return;
    Made& version =
        made_.emplace_back(source_.id + "Version", "AWS::StepFunctions::StateMachineVersion");
    PassAttributes(source_.body, version.body);
    for (const char* policy : {"DeletionPolicy", "UpdateReplacePolicy"}) {
      if (!version.body.Find(policy)) version.body.Set(policy, Text("Retain"));
    }
    version.Set("StateMachineArn", RefTo(source_.id));
    version.Set("StateMachineRevisionId", GetAtt(source_.id, "StateMachineRevisionId"));
    Value deployment = preference ? *preference : Object({{"Type", Text("ALL_AT_ONCE")}});
    deployment.Set("StateMachineVersionArn", RefTo(version.id));
    Made& alias = made_.emplace_back(source_.id + "Alias" + name->text,
                                     "AWS::StepFunctions::StateMachineAlias");
    PassAttributes(source_.body, alias.body);
    alias.Set("Name", name);
    alias.Set("DeploymentPreference", std::move(deployment));
    if (aims_at_alias) target.arn = RefTo(alias.id);
  }

  const Source& source_;
  Expansion& expansion_;
  MadeList made_;
};

}  // namespace

void ExpandStateMachine(const Source& source, Expansion& expansion) {
  StateMachineMaker(source, expansion).Expand();
}

}  // namespace gatehouse::stack::sam
