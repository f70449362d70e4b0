#include "stack/engine/references.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "stack/resource/inert_types.h"
#include "stack/resource/resource_type.h"
#include "stack/template/evaluate.h"

namespace gatehouse::stack {
namespace {

struct Reference {
  enum Kind { kRef, kGetAtt, kCondition } kind;
  std::string name;
  std::string attribute;  // kGetAtt; empty: not known before evaluation
  int line = 0;
};
using Visit = std::function<void(const Reference&)>;

void Walk(const Value& value, const Visit& visit);

void WalkDotted(const std::string& name, int line, const Visit& visit) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return visit({Reference::kRef, name, {}, line});
  visit({Reference::kGetAtt, name.substr(0, dot), name.substr(dot + 1), line});
}

void WalkSub(const Value& argument, int line, const Visit& visit) {
  const bool listed = argument.is_list() && argument.items.size() == 2;
  const Value& text = listed ? argument.items[0] : argument;
  const Value* variables = listed ? &argument.items[1] : nullptr;
  if (variables) {
    for (const Member& member : variables->members) Walk(member.value, visit);
  }
  if (!text.is_scalar()) return;
  for (const SubPart& part : SplitSub(text.text)) {
    if (!part.is_name || (variables && variables->Find(part.text))) continue;
    WalkDotted(part.text, line, visit);
  }
}

void WalkGetAtt(const Value& argument, int line, const Visit& visit) {
  if (argument.is_string()) {
    if (argument.text.empty() || argument.text[0] == '.') return;  // the evaluator says so
    return WalkDotted(argument.text + ".", line, visit);
  }
  if (!argument.is_list() || argument.items.size() != 2 || !argument.items[0].is_scalar()) return;
  const Value& attribute = argument.items[1];
  visit({Reference::kGetAtt, argument.items[0].text,
         attribute.is_scalar() ? attribute.text : std::string(), line});
  Walk(attribute, visit);
}

void Walk(const Value& value, const Visit& visit) {
  if (const Member* call = FunctionCall(value)) {
    const Value& argument = call->value;
    if (call->name == "Ref") {
      if (argument.is_scalar()) visit({Reference::kRef, argument.text, {}, call->line});
      return;
    }
    if (call->name == "Fn::Sub") return WalkSub(argument, call->line, visit);
    if (call->name == "Fn::GetAtt") return WalkGetAtt(argument, call->line, visit);
    if (call->name == "Fn::If" && !argument.items.empty() && argument.items[0].is_scalar()) {
      visit({Reference::kCondition, argument.items[0].text, {}, call->line});
    }
  }
  for (const Value& item : value.items) Walk(item, visit);
  for (const Member& member : value.members) Walk(member.value, visit);
}

// One block of the template: gathers what is undefined, for one message.
class BlockChecker {
 public:
  BlockChecker(const Template& source, std::string block, UndefinedNames& all, Problems& problems,
               Problems* notices)
      : source_(source),
        block_(std::move(block)),
        all_(all),
        problems_(problems),
        notices_(notices) {}

  void Check(const Value& value) {
    Walk(value, [this](const Reference& reference) { CheckOne(reference); });
  }

  void CheckResource(const std::string& name, int line) {
    if (!source_.FindResource(name)) Undefined(name, line);
  }

  void CheckCondition(const std::string& name, int line) {
    if (name.empty() || source_.conditions.Find(name)) return;
    all_.conditions.insert(name);
    problems_.push_back({line, "Template format error: Unresolved condition dependency " + name +
                                   " in the " + block_ + " block of the template"});
  }

  void Finish() {
    if (undefined_.empty()) return;
    std::string names;
    for (const std::string& name : undefined_) names.append(names.empty() ? "" : ", ").append(name);
    problems_.push_back({line_, "Template format error: Unresolved resource dependencies [" +
                                    names + "] in the " + block_ + " block of the template"});
  }

 private:
  void Undefined(const std::string& name, int line) {
    if (undefined_.empty()) line_ = line;
    undefined_.insert(name);
    all_.values.insert(name);
  }

  void CheckOne(const Reference& reference) {
    if (reference.kind == Reference::kCondition) {
      return CheckCondition(reference.name, reference.line);
    }
    const ResourceDeclaration* resource = source_.FindResource(reference.name);
    if (reference.kind == Reference::kRef) {
      if (resource || source_.FindParameter(reference.name)) return;
      if (!IsPseudoParameter(reference.name)) Undefined(reference.name, reference.line);
      return;
    }
    if (!resource) {
      all_.values.insert(reference.name);
      problems_.push_back(
          {reference.line, "Template error: instance of Fn::GetAtt references undefined resource " +
                               reference.name});
      return;
    }
    const ResourceType* type = FindResourceType(resource->type);
    if (type && type->IsUnserved(reference.attribute)) {
      problems_.push_back({reference.line, "gatehouse does not support the attribute " +
                                               reference.attribute + " of " + resource->type +
                                               " yet (resource " + reference.name + ")"});
    } else if (type && !reference.attribute.empty() && !type->HasAttribute(reference.attribute)) {
      problems_.push_back({reference.line, "Template error: resource " + reference.name +
                                               " does not support attribute type " +
                                               reference.attribute + " in Fn::GetAtt"});
    } else if (type && type->attributes == kAnyAttribute && notices_) {
      notices_->push_back(
          {reference.line,
           resource->type + " " + reference.name + ": what AWS gives for " +
               (reference.attribute.empty() ? "the attribute" : reference.attribute) +
               " is not known; " + std::string(kPlaceholder) + reference.name + "." +
               reference.attribute + " stands for it"});
    }
  }

  const Template& source_;
  const std::string block_;
  UndefinedNames& all_;
  Problems& problems_;
  Problems* const notices_;
  std::set<std::string> undefined_;
  int line_ = 0;
};

constexpr std::array<std::string_view, 6> kDeployed = {
    "AWS::ApiGatewayV2::Route",         "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::RouteResponse", "AWS::ApiGatewayV2::IntegrationResponse",
    "AWS::ApiGatewayV2::Model",         "AWS::ApiGatewayV2::Authorizer"};

bool Reaches(const Dependencies& needs, const std::string& from, const std::string& to) {
  std::set<std::string> seen;
  std::vector<std::string> open{from};
  while (!open.empty()) {
    std::string name = std::move(open.back());
    open.pop_back();
    if (name == to) return true;
    if (!seen.insert(name).second) continue;
    auto found = needs.find(name);
    if (found != needs.end()) open.insert(open.end(), found->second.begin(), found->second.end());
  }
  return false;
}

void AddDeploymentOrder(const std::vector<const ResourceDeclaration*>& resources,
                        Dependencies& needs) {
  for (const ResourceDeclaration* deployment : resources) {
    if (deployment->type != "AWS::ApiGatewayV2::Deployment") continue;
    const Value* api = deployment->properties.Find("ApiId");
    for (const ResourceDeclaration* other : resources) {
      if (!api || std::find(kDeployed.begin(), kDeployed.end(), other->type) == kDeployed.end()) {
        continue;
      }
      const Value* other_api = other->properties.Find("ApiId");
      if (!other_api || !Same(*api, *other_api)) continue;
      if (Reaches(needs, other->logical_id, deployment->logical_id)) continue;
      needs[deployment->logical_id].insert(other->logical_id);
    }
  }
}

// Tells of those that need themselves, and takes them out.
std::set<std::string> TakeOutCircles(std::vector<const ResourceDeclaration*>& left,
                                     const Dependencies& needs, Problems& problems) {
  std::set<std::string> all;
  std::string names;
  int line = 0;
  for (const ResourceDeclaration* resource : left) {
    bool circular = false;
    for (const std::string& need : needs.at(resource->logical_id)) {
      circular = circular || Reaches(needs, need, resource->logical_id);
    }
    if (!circular) continue;
    if (line == 0) line = resource->line;
    names.append(names.empty() ? "" : ", ").append(resource->logical_id);
    all.insert(resource->logical_id);
  }
  problems.push_back({line, "Circular dependency between resources: [" + names + "]"});
  std::erase_if(left,
                [&](const ResourceDeclaration* one) { return all.contains(one->logical_id); });
  return all;
}

}  // namespace

UndefinedNames CheckReferences(const Template& source, Problems& problems, Problems* notices) {
  UndefinedNames undefined;
  BlockChecker resources(source, "Resources", undefined, problems, notices);
  for (const ResourceDeclaration& resource : source.resources) {
    resources.Check(resource.properties);
    resources.CheckCondition(resource.condition, resource.line);
    for (const std::string& name : resource.depends_on) {
      resources.CheckResource(name, resource.line);
    }
  }
  resources.Finish();
  BlockChecker outputs(source, "Outputs", undefined, problems, notices);
  for (const OutputDeclaration& output : source.outputs) {
    outputs.Check(output.value);
    if (output.export_name) outputs.Check(*output.export_name);
    outputs.CheckCondition(output.condition, output.line);
  }
  outputs.Finish();
  return undefined;
}

Dependencies WrittenDependencies(const Template& source) {
  Dependencies needs;
  for (const ResourceDeclaration& resource : source.resources) {
    auto& own = needs[resource.logical_id];
    Walk(resource.properties, [&](const Reference& reference) {
      if (reference.kind != Reference::kCondition) own.insert(reference.name);
    });
    own.insert(resource.depends_on.begin(), resource.depends_on.end());
  }
  return needs;
}

CreationOrder OrderResources(const Template& source,
                             const std::map<std::string, bool, std::less<>>& conditions,
                             Problems& problems) {
  std::vector<const ResourceDeclaration*> left;
  CreationOrder order;
  for (const ResourceDeclaration& resource : source.resources) {
    auto condition = conditions.find(resource.condition);
    if (condition != conditions.end() && !condition->second) continue;
    left.push_back(&resource);
    order.needs[resource.logical_id];
  }
  for (const ResourceDeclaration* resource : left) {
    auto& needs = order.needs[resource->logical_id];
    auto add = [&](const std::string& name) {
      if (order.needs.contains(name)) needs.insert(name);
    };
    Walk(resource->properties, [&](const Reference& reference) {
      if (reference.kind != Reference::kCondition) add(reference.name);
    });
    for (const std::string& name : resource->depends_on) add(name);
  }
  AddDeploymentOrder(left, order.needs);
  std::set<std::string> done;
  while (!left.empty()) {
    std::vector<const ResourceDeclaration*> later;
    for (const ResourceDeclaration* resource : left) {
      const auto& needs = order.needs[resource->logical_id];
      const bool ready = std::all_of(needs.begin(), needs.end(),
                                     [&](const std::string& need) { return done.contains(need); });
      if (ready) {
        order.resources.push_back(resource);
        done.insert(resource->logical_id);
      } else {
        later.push_back(resource);
      }
    }
    if (later.size() == left.size()) {
      done.merge(TakeOutCircles(left, order.needs, problems));
      continue;
    }
    left = std::move(later);
  }
  return order;
}

}  // namespace gatehouse::stack
