#include "stack/plan.h"

#include <algorithm>

#include "stack/references.h"

namespace gatehouse::stack {
namespace {

constexpr int kPhysicalIdTries = 32;

bool HoldsDynamicReference(const Value& value) {
  if (value.is_string()) return value.text.find("{{resolve:") != std::string::npos;
  return std::any_of(value.items.begin(), value.items.end(), HoldsDynamicReference) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return HoldsDynamicReference(member.value); });
}

using Conditions = std::map<std::string, bool, std::less<>>;

bool Holds(const std::string& condition, const Conditions& conditions) {
  auto found = conditions.find(condition);
  return found == conditions.end() || found->second;
}

// Of what will exist: whatever a condition keeps out may be of types that we do not serve.
void CheckTypes(const Template& source, const Conditions& conditions, Problems& problems,
                Problems& notices) {
  std::vector<std::string> types;
  std::string names, lines;
  int first_line = 0;
  for (const ResourceDeclaration& resource : source.resources) {
    if (resource.type.empty() || FindResourceType(resource.type)) continue;
    if (!Holds(resource.condition, conditions)) {
      notices.push_back({resource.line, resource.logical_id + " (" + resource.type +
                                            ") is left out by its condition " + resource.condition +
                                            "; gatehouse does not serve this type"});
      continue;
    }
    if (std::find(types.begin(), types.end(), resource.type) != types.end()) continue;
    types.push_back(resource.type);
    if (first_line == 0) first_line = resource.line;
    names.append(names.empty() ? "" : ", ").append(resource.type);
    lines.append(lines.empty() ? "" : ", ").append(std::to_string(resource.line));
  }
  if (types.empty()) return;
  problems.push_back({first_line, "Template format error: Unrecognized resource types: [" + names +
                                      "]; gatehouse does not serve " +
                                      (types.size() == 1 ? "it (line " : "them (lines ") + lines +
                                      ")"});
}

class Planner {
 public:
  Planner(const PlanInput& input, Problems& problems) : input_(input), problems_(problems) {}

  Plan Make() {
    const Template& source = *input_.source;
    plan_.notices = source.notices;
    CheckReferences(source, problems_);
    FillScope();
    EvaluateConditions(scope_, problems_);
    CheckTypes(source, scope_.conditions, problems_, plan_.notices);
    if (!problems_.empty()) return {};
    CreationOrder order = OrderResources(source, scope_.conditions, problems_);
    if (!problems_.empty()) return {};
    plan_.description = source.description;
    for (const ResourceDeclaration* declaration : order.resources) AddStep(*declaration);
    FindRemoved();
    if (problems_.empty()) AddOutputs();
    plan_.imports.assign(imported_.begin(), imported_.end());
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
    for (const auto& [name, exported] : input_.exports) scope_.exports[name] = exported.value;
    for (const ParameterDeclaration& parameter : input_.source->parameters) {
      if (parameter.no_echo) plan_.no_echo.push_back(parameter.name);
      auto text = input_.parameters.find(parameter.name);
      if (text == input_.parameters.end()) continue;
      scope_.parameters[parameter.name] = ParameterValue(parameter, text->second);
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
    next.order = static_cast<int>(plan_.steps.size());
    ResolveProperties(declaration, type, next);
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
    scope_.resources[next.logical_id] = next.values;
    NoteCapability(type, next);
    plan_.steps.push_back(std::move(step));
  }

  const Resource* Existing(const std::string& logical_id) const {
    if (!input_.existing) return nullptr;
    auto found = input_.existing->find(logical_id);
    return found == input_.existing->end() ? nullptr : &found->second;
  }

  void ResolveProperties(const ResourceDeclaration& declaration, const ResourceType& type,
                         Resource& next) {
    const std::size_t before = problems_.size();
    Evaluator evaluator(scope_, "Resources", problems_);
    Value evaluated = evaluator.Evaluate(declaration.properties);
    if (problems_.size() == before && HoldsDynamicReference(evaluated)) {
      problems_.push_back({declaration.line,
                           "gatehouse does not support dynamic references "
                           "({{resolve:…}}) yet, as in " +
                               declaration.logical_id});
    }
    next.properties = Value::Object();
    if (problems_.size() != before || !evaluated.is_object()) return;
    if (!declaration.local_code.empty() && evaluated.Find("Code")) {
      evaluated.Set("Code", Value::String(declaration.local_code));
    }
    ConformResult conformed = Conform(SchemaOf(type), evaluated, declaration.logical_id, problems_);
    next.properties = std::move(conformed.value);
    if (type.inert) {
      plan_.notices.push_back({declaration.line, declaration.logical_id + " (" + next.type +
                                                     ") is accepted and has no effect"});
    }
    for (const std::string& name : conformed.inert) {
      plan_.notices.push_back({declaration.line, declaration.logical_id + ": " + name +
                                                     " is accepted and has no effect"});
    }
    if (type.check && problems_.size() == before) {
      type.check(next, input_.around, declaration.line, problems_);
    }
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
    for (int attempt = 0; attempt < kPhysicalIdTries; ++attempt) {
      next.physical_id = PhysicalId(type, next, input_.around, attempt);
      if (named || !input_.taken || !input_.taken(next)) return;
    }
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
    Evaluator evaluator(scope_, "Outputs", problems_);
    for (const OutputDeclaration& declaration : input_.source->outputs) {
      if (!Holds(declaration.condition, scope_.conditions)) continue;
      const std::size_t before = problems_.size();
      Output output{declaration.name, {}, declaration.description, {}};
      Value value = evaluator.Evaluate(declaration.value);
      if (!value.is_scalar() && problems_.size() == before) {
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
  Plan plan_;
};

}  // namespace

bool Plan::changes_resources() const {
  return !removed.empty() || std::any_of(steps.begin(), steps.end(),
                                         [](const Step& step) { return step.kind != Step::kKeep; });
}

Plan MakePlan(const PlanInput& input, Problems& problems) {
  return Planner(input, problems).Make();
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
