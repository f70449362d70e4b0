#include "stack/sam/transform.h"

#include <algorithm>

#include "stack/sam/api.h"
#include "stack/sam/connector.h"
#include "stack/sam/function.h"
#include "stack/sam/globals.h"
#include "stack/sam/references.h"
#include "stack/sam/simple_types.h"
#include "stack/sam/state_machine.h"
#include "stack/sam/websocket_api.h"

namespace gatehouse::stack::sam {
namespace {

constexpr std::string_view kPrefix = "AWS::Serverless::";

struct SamType {
  std::string_view name;
  int turn;  // events of functions change APIs, connectors look at what the others became
  void (*expand)(const Source& source, Expansion& expansion);
};
constexpr SamType kSamTypes[] = {
    {"Function", 0, ExpandFunction},
    {"StateMachine", 1, ExpandStateMachine},
    {"Api", 2, ExpandRestApi},
    {"HttpApi", 2, ExpandHttpApi},
    {"WebSocketApi", 2, ExpandWebSocketApi},
    {"SimpleTable", 3, ExpandSimpleTable},
    {"LayerVersion", 3, ExpandLayerVersion},
    {"Application", 3, ExpandApplication},
    {"Connector", 4, ExpandConnector},
};
constexpr int kTurns = 5;

const SamType* TypeOf(const Member& resource) {
  const Value* type = resource.value.Find("Type");
  if (!type || !type->is_string() || !type->text.starts_with(kPrefix)) return nullptr;
  const std::string_view name = std::string_view(type->text).substr(kPrefix.size());
  const auto* found = std::find_if(std::begin(kSamTypes), std::end(kSamTypes),
                                   [&](const SamType& row) { return row.name == name; });
  return found == std::end(kSamTypes) ? nullptr : found;
}

void RefuseUnknown(Expansion& expansion) {
  for (const Member& resource : expansion.resources().members) {
    const std::string type = resource.value.Text("Type");
    if (!type.starts_with(kPrefix) || TypeOf(resource)) continue;
    expansion.FailDocument(resource.line, "Resource with id [" + resource.name +
                                              "] is invalid. gatehouse does not expand resources "
                                              "of type " +
                                              type);
  }
}

bool HasSamTypes(Expansion& expansion) {
  const auto& members = expansion.resources().members;
  return std::any_of(members.begin(), members.end(),
                     [](const Member& member) { return TypeOf(member) != nullptr; });
}

void ExpandTurn(int turn, Expansion& expansion) {
  std::vector<std::string> ids;
  for (const Member& resource : expansion.resources().members) {
    const SamType* type = TypeOf(resource);
    if (type && type->turn == turn) ids.push_back(resource.name);
  }
  for (const std::string& id : ids) {
    if (expansion.exhausted()) return;
    const auto& members = expansion.resources().members;
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.name == id; });
    if (found == members.end()) continue;
    const SamType* type = TypeOf(*found);
    if (!type) continue;
    const Source source{id, found->line, found->value};
    const Value* properties = source.body.Find("Properties");
    if (properties && properties->kind != Value::kNull && !properties->is_object()) {
      expansion.Fail(source, "Properties of a resource must be an object.");
      continue;
    }
    type->expand(source, expansion);
  }
}

void TakeName(Value& root) {
  Value* transform = root.Find("Transform");
  if (!transform) return;
  if (transform->is_list()) {
    std::erase_if(transform->items, [](const Value& name) { return name.text == kTransformName; });
    if (!transform->items.empty()) return;
  }
  root.Erase("Transform");
}

}  // namespace

void Transform(Value& root, const TransformInput& input, Problems& problems) {
  const Value* resources = root.Find("Resources");
  // What is wrong with the template as such is told by who reads it.
  if (!resources || !resources->is_object() || resources->members.size() > kResourcesMax) {
    return TakeName(root);
  }
  const std::size_t before = problems.size();
  Expansion expansion(input, root, problems);
  if (!expansion.Charge(BytesOf(root), root.line)) return;
  AddImplicitApis(expansion);
  MergeGlobals(root, expansion, problems);
  LiftEmbeddedConnectors(expansion);
  expansion.TakeOriginal();
  RefuseUnknown(expansion);
  if (problems.size() > before) return;
  for (int turn = 0; turn < kTurns; ++turn) ExpandTurn(turn, expansion);
  if (expansion.exhausted() || HasSamTypes(expansion)) return;
  // All was expanded, though something may be wrong: the rest can be judged, too.
  TakeName(root);
  ResolveReferences(expansion);
  if (DepthOf(root) > kValueDepthMax) {
    expansion.FailDocument(root.line, "the expanded template is nested more than " +
                                          std::to_string(kValueDepthMax) + " deep");
  }
}

std::string FailureText(const Problems& problems) {
  std::string text = "Transform " + std::string(kTransformName) +
                     " failed with: Invalid Serverless Application Specification document. "
                     "Number of errors found: " +
                     std::to_string(problems.size()) + ".";
  for (const Problem& problem : problems) text.append(" ").append(problem.message);
  return text;
}

}  // namespace gatehouse::stack::sam
