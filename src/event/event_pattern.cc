#include "event/event_pattern.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "event/value_matcher.h"
#include "wire/json_cursor.h"

namespace gatehouse::event {

using wire::JsonKind;
using wire::JsonValue;

// What an object of an event must have: every field, and of each group of alternatives one.
struct EventPattern::Node {
  struct Field {
    std::string name;
    std::vector<ValueMatcher> values;    // of a leaf
    std::shared_ptr<const Node> inside;  // else
  };
  std::vector<Field> fields;
  std::vector<std::vector<std::shared_ptr<const Node>>> alternatives;
};

namespace {

using Node = EventPattern::Node;

Error WrongPattern(std::string why) { return {ErrorCode::kInvalidArgument, std::move(why)}; }

// $or with two objects or more, none of which has an operator's name in it.
bool IsOr(const std::string& name, const JsonValue& value) {
  if (name != "$or" || value.kind != JsonKind::kArray) return false;
  std::size_t count = 0;
  wire::JsonCursor list(value);
  while (list.Next()) {
    if (list.value().kind != JsonKind::kObject) return false;
    wire::JsonCursor members(list.value());
    while (members.Next()) {
      if (IsOperator(members.name())) return false;
    }
    ++count;
  }
  return count >= 2;
}

Result<std::shared_ptr<const Node>> ReadNode(const JsonValue& object);

Result<void> ReadOr(const JsonValue& value, Node& node) {
  std::vector<std::shared_ptr<const Node>> choices;
  wire::JsonCursor list(value);
  while (list.Next()) {
    auto choice = ReadNode(list.value());
    if (!choice) return choice.error();
    choices.push_back(*std::move(choice));
  }
  node.alternatives.push_back(std::move(choices));
  return {};
}

Result<Node::Field> ReadField(const std::string& name, const JsonValue& value) {
  Node::Field field{name, {}, nullptr};
  if (value.kind == JsonKind::kObject) {
    auto inside = ReadNode(value);
    if (!inside) return inside.error();
    field.inside = *std::move(inside);
    return field;
  }
  if (value.kind != JsonKind::kArray) {
    return WrongPattern(fmt::format("\"{}\" must be an object or an array", name));
  }
  wire::JsonCursor list(value);
  while (list.Next()) {
    Result<ValueMatcher> matcher = ValueMatcher::Parse(list.value());
    if (!matcher) return matcher.error();
    field.values.push_back(*std::move(matcher));
  }
  if (field.values.empty()) return WrongPattern("Empty arrays are not allowed");
  return field;
}

Result<std::shared_ptr<const Node>> ReadNode(const JsonValue& object) {
  auto node = std::make_shared<Node>();
  wire::JsonCursor cursor(object);
  while (cursor.Next()) {
    if (IsOr(cursor.name(), cursor.value())) {
      if (Result<void> read = ReadOr(cursor.value(), *node); !read) return read.error();
      continue;
    }
    Result<Node::Field> field = ReadField(cursor.name(), cursor.value());
    if (!field) return field.error();
    node->fields.push_back(*std::move(field));
  }
  if (node->fields.empty() && node->alternatives.empty()) {
    return WrongPattern("Empty objects are not allowed");
  }
  return std::shared_ptr<const Node>(std::move(node));
}

// Whether value has a leaf, and whether one of its leaves fits. Lists are their elements.
struct LeafFinding {
  bool present = false;
  bool fits = false;
};
void LookAtLeaves(const Node::Field& field, const JsonValue& value, LeafFinding& finding) {
  if (value.kind == JsonKind::kObject || finding.fits) return;
  if (value.kind == JsonKind::kArray) {
    wire::JsonCursor list(value);
    while (list.Next()) LookAtLeaves(field, list.value(), finding);
    return;
  }
  finding.present = true;
  finding.fits = std::any_of(field.values.begin(), field.values.end(),
                             [&](const ValueMatcher& matcher) { return matcher.Matches(value); });
}

// object: absent where the event has nothing, or no object: only what must not be there fits then.
bool Fits(const Node& node, const std::optional<JsonValue>& object);

// Of a list of objects one must fit as a whole.
bool FitsInside(const Node& node, const std::optional<JsonValue>& value) {
  if (!value || value->kind != JsonKind::kArray) return Fits(node, value);
  wire::JsonCursor list(*value);
  bool any = false;
  while (list.Next()) {
    any = true;
    if (FitsInside(node, list.value())) return true;
  }
  return !any && Fits(node, std::nullopt);
}

bool FitsField(const Node::Field& field, const std::optional<JsonValue>& object) {
  std::optional<JsonValue> value;
  if (object) value = wire::FindMember(*object, field.name);
  if (field.inside) return FitsInside(*field.inside, value);
  LeafFinding finding;
  if (value) LookAtLeaves(field, *value, finding);
  if (finding.present) return finding.fits;
  return std::any_of(field.values.begin(), field.values.end(),
                     [](const ValueMatcher& matcher) { return matcher.matches_absent(); });
}

bool Fits(const Node& node, const std::optional<JsonValue>& value) {
  std::optional<JsonValue> object;
  if (value && value->kind == JsonKind::kObject) object = value;
  auto fits = [&](const std::shared_ptr<const Node>& choice) { return Fits(*choice, object); };
  return std::all_of(node.fields.begin(), node.fields.end(),
                     [&](const Node::Field& field) { return FitsField(field, object); }) &&
         std::all_of(node.alternatives.begin(), node.alternatives.end(), [&](const auto& choices) {
           return std::any_of(choices.begin(), choices.end(), fits);
         });
}

}  // namespace

Result<EventPattern> EventPattern::Parse(std::string_view text) {
  std::optional<JsonValue> root = wire::ReadJson(text);
  if (!root) return WrongPattern("it is not valid JSON");
  if (root->kind != JsonKind::kObject) return WrongPattern("Filter is not an object");
  auto node = ReadNode(*root);
  if (!node) return node.error();
  return EventPattern(*std::move(node));
}

bool EventPattern::Matches(std::string_view event) const {
  std::optional<JsonValue> root = wire::ReadJson(event);
  return root && root->kind == JsonKind::kObject && Fits(*root_, root);
}

}  // namespace gatehouse::event
