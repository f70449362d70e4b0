#include "stack/engine/plan.h"

#include <algorithm>
#include <utility>

#include "stack/engine/references.h"
#include "stack/resource/conform.h"
#include "stack/resource/inert_types.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

constexpr int kPhysicalIdTries = 32;
constexpr int kNumbersMax = 10'000;  // versions of a function

bool HoldsDynamicReference(const Value& value) {
  if (value.is_string()) return value.text.find("{{resolve:") != std::string::npos;
  return std::any_of(value.items.begin(), value.items.end(), HoldsDynamicReference) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return HoldsDynamicReference(member.value); });
}

bool HoldsNull(const Value& value) {
  return value.kind == Value::kNull ||
         std::any_of(value.items.begin(), value.items.end(), HoldsNull) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return HoldsNull(member.value); });
}

using Conditions = std::map<std::string, bool, std::less<>>;

bool Holds(const std::string& condition, const Conditions& conditions) {
  auto found = conditions.find(condition);
  return found == conditions.end() || found->second;
}

// Of what will exist: whatever a condition keeps out may be of types that nobody knows.
void CheckTypes(const Template& source, const Conditions& conditions, Problems& problems,
                Problems& notices) {
  std::vector<std::string> types;
  std::string lines;
  int first_line = 0;
  for (const ResourceDeclaration& resource : source.resources) {
    if (resource.type.empty() || FindResourceType(resource.type)) continue;
    if (!Holds(resource.condition, conditions)) {
      notices.push_back({resource.line, resource.logical_id + " (" + resource.type +
                                            ") is left out by its condition " + resource.condition +
                                            "; CloudFormation does not know this type"});
      continue;
    }
    if (std::find(types.begin(), types.end(), resource.type) != types.end()) continue;
    types.push_back(resource.type);
    if (first_line == 0) first_line = resource.line;
    lines.append(lines.empty() ? "" : ", ").append(std::to_string(resource.line));
  }
  if (!types.empty()) problems.push_back({first_line, UnknownTypesProblem(types, lines)});
}

class Planner {
 public:
  Planner(const PlanInput& input, Problems& problems) : input_(input), problems_(problems) {}

  Plan Make() {
    const Template& source = *input_.source;
    plan_.notices = source.notices;
    const UndefinedNames undefined = CheckReferences(source, problems_, &plan_.notices);
    FillScope();
    scope_.unknown.insert(undefined.values.begin(), undefined.values.end());
    for (const std::string& name : undefined.conditions) scope_.conditions[name] = false;
    EvaluateConditions(scope_, problems_);
    CheckTypes(source, scope_.conditions, problems_, plan_.notices);
    CreationOrder order = OrderResources(source, scope_.conditions, problems_);
    plan_.description = source.description;
    FindUnknown(order);
    for (const ResourceDeclaration* declaration : order.resources) {
      if (!scope_.unknown.contains(declaration->logical_id)) AddStep(*declaration);
    }
    FindRemoved();
    AddOutputs();
    plan_.imports.assign(imported_.begin(), imported_.end());
    std::stable_sort(plan_.notices.begin(), plan_.notices.end(),
                     [](const Problem& a, const Problem& b) { return a.line < b.line; });
    return std::move(plan_);
  }

 private:
  void FillScope() {
    scope_.source = input_.source;
    scope_.region = input_.around.region;
    scope_.account_id = input_.around.account_id;
    scope_.stack_name = input_.around.stack_name;
    scope_.stack_id = input_.stack_id;
    scope_.imported = &imported_;
    scope_.budget = &budget_;
    scope_.exports_known = input_.other_stacks_known;
    for (const auto& [name, exported] : input_.exports) scope_.exports[name] = exported.value;
    for (const ParameterDeclaration& parameter : input_.source->parameters) {
      if (parameter.no_echo) plan_.no_echo.push_back(parameter.name);
      auto text = input_.parameters.find(parameter.name);
      const bool is_given = text != input_.parameters.end();
      if (!is_given || input_.samples.contains(parameter.name)) {
        scope_.unknown.insert(parameter.name);
      }
      if (!is_given) continue;
      scope_.parameters[parameter.name] = ParameterValue(
          parameter, parameter.is_stored() ? Stored(parameter, text->second) : text->second);
    }
  }

  // What the parameter of Systems Manager has that a parameter of the template names.
  std::string Stored(const ParameterDeclaration& parameter, const std::string& name) {
    if (!input_.stored) {
      scope_.unknown.insert(parameter.name);
      return name;
    }
    if (std::optional<std::string> value = input_.stored(name)) return *std::move(value);
    if (name.starts_with("/cdk-bootstrap/")) return name;  // the CDK's, for its own rule
    const bool is_of_aws = name.starts_with("/aws/");
    std::string placeholder = std::string(kPlaceholder) + parameter.name;
    if (!input_.lenient_stored && !is_of_aws) {
      problems_.push_back({parameter.line, "Unable to fetch parameters [" + name +
                                               "] from parameter store for this account."});
    } else if (is_of_aws) {
      plan_.notices.push_back({parameter.line, "Parameter " + parameter.name + ": " + name +
                                                   " is AWS's own, and not here; " + placeholder +
                                                   " stands for it"});
    } else {
      plan_.notices.push_back(
          {parameter.line, "Parameter " + parameter.name + ": there is no parameter " + name +
                               ", " + placeholder +
                               " stands for it; aws ssm put-parameter --name " + name +
                               " --type String --value VALUE makes it, then start again"});
    }
    return placeholder;
  }

  // Resources of types that nobody knows, and those in a circle.
  void FindUnknown(const CreationOrder& order) {
    std::set<std::string_view> ordered;
    for (const ResourceDeclaration* declaration : order.resources) {
      ordered.insert(declaration->logical_id);
    }
    for (const ResourceDeclaration& declaration : input_.source->resources) {
      if (!Holds(declaration.condition, scope_.conditions)) continue;
      if (FindResourceType(declaration.type) && ordered.contains(declaration.logical_id)) continue;
      scope_.unknown.insert(declaration.logical_id);
    }
  }

  void AddStep(const ResourceDeclaration& declaration) {
    const ResourceType& type = *FindResourceType(declaration.type);
    Step step;
    Resource& next = step.next;
    next.stack_name = input_.around.stack_name;
    next.logical_id = declaration.logical_id;
    next.type = declaration.type;
    next.in_process = declaration.in_process;
    next.origins = declaration.origins;
    next.deletion_policy = declaration.deletion_policy;
    next.update_replace_policy = declaration.update_replace_policy;
    EvaluatePolicy(declaration.deletion_policy_call, type, next.deletion_policy);
    EvaluatePolicy(declaration.update_replace_policy_call, type, next.update_replace_policy);
    next.order = static_cast<int>(plan_.steps.size());
    ResolveProperties(declaration, type, step);
    const Resource* old = Existing(declaration.logical_id);
    if (old && old->type != next.type) {
      problems_.push_back({declaration.line,
                           "Update of resource type is not permitted. The new template modifies "
                           "resource type of the following resources: [" +
                               next.logical_id + "]"});
      old = nullptr;
    }
    Compare(old, type, declaration.line, step);
    next.values = ValuesOf(type, next, input_.around);
    if (next.inert) MakeHttpValues(next.values);
    if (next.inert && IsHttpApi(next.type, next.properties)) http_apis_.insert(next.physical_id);
    scope_.resources[next.logical_id] = next.values;
    NoteCapability(type, next);
    plan_.steps.push_back(std::move(step));
  }

  void EvaluatePolicy(const Value& call, const ResourceType& type, RemovalPolicy& policy) {
    if (call.kind == Value::kNull) return;
    const std::size_t before = problems_.size();
    Evaluator evaluator(scope_, "Resources", problems_);
    const Value value = evaluator.Evaluate(call);
    if (problems_.size() != before || evaluator.met_unknown()) return;
    const auto known = value.is_scalar() ? ToRemovalPolicy(value.text) : std::nullopt;
    if (known) {
      policy = *known;
    } else if (!type.inert || value.text != kSnapshotPolicy) {  // nothing to take one of
      problems_.push_back({call.line, "Template format error: Unrecognized policy " + value.text +
                                          " (Delete, Retain or RetainExceptOnCreate)"});
    }
  }

  const Resource* Existing(const std::string& logical_id) const {
    if (!input_.existing) return nullptr;
    auto found = input_.existing->find(logical_id);
    return found == input_.existing->end() ? nullptr : &found->second;
  }

  // One property after another, so that what is wrong with one does not hide the others.
  Value EvaluateProperties(const ResourceDeclaration& declaration, Step& step) {
    Value evaluated = Value::Object({}, declaration.properties.line);
    if (FunctionCall(declaration.properties)) {
      const std::size_t before = problems_.size();
      Evaluator evaluator(scope_, "Resources", problems_);
      evaluated = evaluator.Evaluate(declaration.properties);
      if (!evaluated.is_object() || problems_.size() != before) {
        evaluated = Value::Object({}, declaration.properties.line);
      }
      return evaluated;
    }
    for (const Member& member : declaration.properties.members) {
      const std::size_t before = problems_.size();
      Evaluator evaluator(scope_, "Resources", problems_);
      Value value = evaluator.Evaluate(member.value);
      const bool is_wrong = problems_.size() != before || HoldsNull(member.value);
      if (is_wrong || evaluator.met_unknown()) step.unjudged.insert(member.name);
      if (is_wrong) value = Value::String("", member.line);
      if (value.kind == Value::kNull) continue;
      evaluated.members.push_back({member.name, std::move(value), member.line});
    }
    return evaluated;
  }

  void ResolveProperties(const ResourceDeclaration& declaration, const ResourceType& type,
                         Step& step) {
    Resource& next = step.next;
    Value evaluated = EvaluateProperties(declaration, step);
    next.inert = type.inert || IsHttpApi(next.type, evaluated) ||
                 http_apis_.contains(evaluated.Text("ApiId"));
    if (next.inert) NoteInert(declaration);
    if (!next.inert && HoldsDynamicReference(evaluated)) {
      problems_.push_back({declaration.line,
                           "gatehouse does not support dynamic references "
                           "({{resolve:…}}) yet, as in " +
                               declaration.logical_id});
    }
    if (!declaration.local_code.empty() && evaluated.Find("Code")) {
      evaluated.Set("Code", Value::String(declaration.local_code));
    }
    // Of the properties of an HTTP API, and of types without a table, nothing is known.
    const bool takes_any = next.inert && (!type.inert || type.properties.empty());
    ConformResult conformed;
    if (takes_any) {
      conformed.value = std::move(evaluated);
    } else {
      conformed =
          Conform(type.properties, evaluated, step.unjudged, declaration.logical_id, problems_);
    }
    step.unjudged.insert(conformed.wrong.begin(), conformed.wrong.end());
    next.properties = std::move(conformed.value);
    for (const std::string& name : conformed.inert) {
      plan_.notices.push_back({declaration.line, declaration.logical_id + ": " + name +
                                                     " is accepted and has no effect"});
    }
    if (!next.inert && !step.unjudged.contains("Targets")) {
      LeaveOutTargets(next, declaration.line, plan_.notices);
    }
    if (!next.inert || type.inert) CheckByType(declaration, type, step);
  }

  void NoteInert(const ResourceDeclaration& declaration) {
    std::string notice = InertNotice(declaration.type, declaration.logical_id);
    if (!input_.strict_types) {
      plan_.notices.push_back({declaration.line, std::move(notice)});
    } else {
      problems_.push_back({declaration.line, notice + " (--strict-types)"});
    }
  }

  void CheckByType(const ResourceDeclaration& declaration, const ResourceType& type, Step& step) {
    const bool is_possible =
        std::none_of(step.unjudged.begin(), step.unjudged.end(),
                     [&](const std::string& name) { return type.Checks(name); });
    if (!type.check || !is_possible) return;
    Value& properties = step.next.properties;
    std::vector<Member> unjudged;
    for (const Member& member : properties.members) {
      if (step.unjudged.contains(member.name)) unjudged.push_back(member);
    }
    for (const Member& member : unjudged) properties.Erase(member.name);
    type.check(step.next, input_.around, declaration.line, problems_);
    for (Member& member : unjudged) properties.members.push_back(std::move(member));
  }

  void Compare(const Resource* old, const ResourceType& type, int line, Step& step) {
    Resource& next = step.next;
    if (!old) {
      step.kind = Step::kCreate;
      ChoosePhysicalId(type, next);
      return;
    }
    next.physical_id = old->physical_id;
    step.changed = ChangedProperties(*old, next);
    bool replaces = false;
    for (const std::string& name : step.changed) replaces = replaces || type.Replaces(name);
    step.kind = replaces ? Step::kReplace : step.changed.empty() ? Step::kKeep : Step::kUpdate;
    if (!replaces) return;
    ChoosePhysicalId(type, next);
    if (PlaceOf(next) == PlaceOf(*old)) {
      problems_.push_back({line,
                           "CloudFormation cannot update a stack when a custom-named "
                           "resource requires replacing. Rename " +
                               next.physical_id + " and update the stack again."});
    }
  }

  void ChoosePhysicalId(const ResourceType& type, Resource& next) const {
    const bool named =
        !type.name_property.empty() && next.properties.Find(type.name_property) != nullptr;
    const bool counts = type.id == ResourceType::kNumber;
    for (int attempt = 0; attempt < (counts ? kNumbersMax : kPhysicalIdTries); ++attempt) {
      next.physical_id = PhysicalId(type, next, input_.around, attempt);
      if (counts && IsPlanned(next)) continue;
      if (named || !input_.taken || !input_.taken(next)) return;
    }
  }

  bool IsPlanned(const Resource& next) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
      return step.next.type == next.type && step.next.physical_id == next.physical_id &&
             FunctionNameOf(step.next.Text("FunctionName")) ==
                 FunctionNameOf(next.Text("FunctionName"));
    });
  }

  static std::vector<std::string> ChangedProperties(const Resource& old, const Resource& next) {
    std::vector<std::string> changed;
    for (const Member& member : next.properties.members) {
      const Value* before = old.properties.Find(member.name);
      if (!before || !Same(*before, member.value)) changed.push_back(member.name);
    }
    for (const Member& member : old.properties.members) {
      if (!next.properties.Find(member.name)) changed.push_back(member.name);
    }
    if (old.in_process != next.in_process || old.origins != next.origins)
      changed.push_back("Metadata");
    return changed;
  }

  void NoteCapability(const ResourceType& type, const Resource& next) {
    if (!type.iam) return;
    const bool named = !type.name_property.empty() && next.properties.Find(type.name_property);
    plan_.capability = std::max(plan_.capability, named ? Capability::kNamedIam : Capability::kIam);
  }

  void FindRemoved() {
    if (!input_.existing) return;
    for (const auto& [logical_id, resource] : *input_.existing) {
      const bool stays = std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
        return step.next.logical_id == logical_id;
      });
      if (!stays) plan_.removed.push_back(logical_id);
    }
  }

  void AddOutputs() {
    for (const OutputDeclaration& declaration : input_.source->outputs) {
      Evaluator evaluator(scope_, "Outputs", problems_);
      if (!Holds(declaration.condition, scope_.conditions)) continue;
      const std::size_t before = problems_.size();
      Output output{declaration.name, {}, declaration.description, {}};
      Value value = evaluator.Evaluate(declaration.value);
      if (!value.is_scalar() && !evaluator.met_unknown() && problems_.size() == before) {
        problems_.push_back({declaration.line,
                             "Template format error: The Value field of every "
                             "Outputs member must evaluate to a String."});
      }
      output.value = value.text;
      if (declaration.export_name) {
        output.export_name = evaluator.Evaluate(*declaration.export_name).text;
        CheckExport(output.export_name, declaration.line);
      }
      plan_.outputs.push_back(std::move(output));
    }
  }

  void CheckExport(const std::string& name, int line) {
    auto taken = input_.exports.find(name);
    if (taken != input_.exports.end()) {
      problems_.push_back({line, "Export with name " + name + " is already exported by stack " +
                                     taken->second.stack_name +
                                     ". Rename the export or delete the existing stack."});
    }
    for (const Output& other : plan_.outputs) {
      if (other.export_name != name || name.empty()) continue;
      problems_.push_back({line, "Template format error: Duplicate Export name " + name});
    }
  }

  const PlanInput& input_;
  Problems& problems_;
  Scope scope_;
  std::set<std::string> imported_;
  EvaluationBudget budget_;
  std::set<std::string, std::less<>> http_apis_;  // physical ids
  Plan plan_;
};

}  // namespace

bool Plan::changes_resources() const {
  return !removed.empty() || std::any_of(steps.begin(), steps.end(),
                                         [](const Step& step) { return step.kind != Step::kKeep; });
}

Plan MakePlan(const PlanInput& input, Problems& problems) {
  Plan plan = Planner(input, problems).Make();
  // An attribute that a type does not have is found by name and when it is asked for.
  std::set<std::pair<int, std::string>> told;
  std::erase_if(problems, [&](const Problem& problem) {
    return !told.insert({problem.line, problem.message}).second;
  });
  return plan;
}

std::string PlaceOf(const Resource& resource) {
  std::string place = resource.type;
  for (std::string_view parent : {"ApiId", "RouteId", "IntegrationId", "FunctionName"}) {
    const bool own_name = parent == "FunctionName" && resource.type == "AWS::Lambda::Function";
    place.append("\n").append(own_name ? std::string() : resource.Text(parent));
  }
  return place.append("\n").append(resource.physical_id);
}

}  // namespace gatehouse::stack
