// Plan: what each action leaves at its path, from the old item. Apply: sets by ascending path, so
// that list elements are appended in their order; then removals by descending path, so that each
// meets its old index.
#include "table/expression/item_update.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "table/expression/item_path.h"
#include "table/value/item_codec.h"
#include "table/value/number.h"

namespace gatehouse::table {
namespace {

using Kind = UpdateAction::Kind;

Error Invalid(std::string_view message) {
  return {ErrorCode::kInvalidArgument, std::string(message)};
}
Error WrongType() {
  return Invalid("An operand in the update expression has an incorrect data type");
}
Error InvalidPath() {
  return Invalid("The document path provided in the update expression is invalid for update");
}

Result<AttributeValue> Evaluate(const Operand& operand, const Item& item) {
  if (operand.kind == Operand::Kind::kValue) return *operand.value;
  if (operand.kind == Operand::Kind::kPath) {
    if (const AttributeValue* value = FindPath(item, operand.path)) return *value;
    return Invalid(
        "The provided expression refers to an attribute that does not exist in the item");
  }
  if (operand.function == Function::kIfNotExists) {
    if (const AttributeValue* value = FindPath(item, operand.arguments[0].path)) return *value;
    return Evaluate(operand.arguments[1], item);
  }
  Result<AttributeValue> first = Evaluate(operand.arguments[0], item);
  if (!first) return first;
  Result<AttributeValue> second = Evaluate(operand.arguments[1], item);
  if (!second) return second;
  auto* list = std::get_if<AttributeValue::List>(&first->value());
  auto* more = std::get_if<AttributeValue::List>(&second->value());
  if (!list || !more) return WrongType();
  list->insert(list->end(), more->begin(), more->end());
  return first;
}

Result<AttributeValue> Calculate(const AttributeValue& a, const AttributeValue& b, bool minus) {
  const auto* x = a.get_if<Number>();
  const auto* y = b.get_if<Number>();
  if (!x || !y) return WrongType();
  Result<Decimal> left = Decimal::Parse(x->text);
  Result<Decimal> right = Decimal::Parse(y->text);
  CHECK(left && right);
  auto result = minus ? Decimal::Subtract(*left, *right) : Decimal::Add(*left, *right);
  if (!result) return result.error();
  return AttributeValue(Number{result->ToString()});
}

Result<AttributeValue> SetTo(const UpdateAction& action, const Item& item) {
  Result<AttributeValue> first = Evaluate(action.operands[0], item);
  if (!first || action.op == UpdateAction::Operator::kNone) return first;
  Result<AttributeValue> second = Evaluate(action.operands[1], item);
  if (!second) return second;
  return Calculate(*first, *second, action.op == UpdateAction::Operator::kMinus);
}

// The union or difference of two sets of one type; nothing if they are not.
template <class Set>
std::optional<AttributeValue> Combine(const AttributeValue& a, const AttributeValue& b, bool add) {
  const auto* present = a.get_if<Set>();
  const auto* given = b.get_if<Set>();
  if (!present || !given) return std::nullopt;
  auto has = [](const std::vector<std::string>& values, const std::string& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  Set result;
  for (const std::string& value : present->values) {
    if (add || !has(given->values, value)) result.values.push_back(value);
  }
  for (const std::string& value : given->values) {
    if (add && !has(present->values, value)) result.values.push_back(value);
  }
  // An empty set is no value: Null stands for "to be removed" here.
  if (result.values.empty()) return AttributeValue();
  return AttributeValue(std::move(result));
}

Result<AttributeValue> CombineSets(const AttributeValue& a, const AttributeValue& b, bool add) {
  auto result = Combine<StringSet>(a, b, add);
  if (!result) result = Combine<NumberSet>(a, b, add);
  if (!result) result = Combine<BinarySet>(a, b, add);
  if (!result) return WrongType();
  return *std::move(result);
}

// What is to be done at a path.
struct Step {
  const Path* path;
  std::optional<AttributeValue> value;  // absent: remove
};

// Nothing to do is no step.
Result<std::optional<Step>> Plan(const UpdateAction& action, const Item& item) {
  Step step{&action.path, std::nullopt};
  if (action.kind == Kind::kRemove) return std::optional(std::move(step));
  if (action.kind == Kind::kSet) {
    Result<AttributeValue> value = SetTo(action, item);
    if (!value) return value.error();
    step.value = *std::move(value);
    return std::optional(std::move(step));
  }
  bool add = action.kind == Kind::kAdd;
  const AttributeValue& given = *action.operands[0].value;
  const AttributeValue* present = FindPath(item, action.path);
  if (!present) {
    if (!add) return std::optional<Step>();
    step.value = given;
    return std::optional(std::move(step));
  }
  auto value = given.get_if<Number>() ? Calculate(*present, given, false)
                                      : CombineSets(*present, given, add);
  if (!value) return value.error();
  if (!value->get_if<Null>()) step.value = *std::move(value);
  return std::optional(std::move(step));
}

AttributeValue* Find(AttributeValue& value, const PathElement& element) {
  if (const auto* name = std::get_if<std::string>(&element)) {
    auto* map = std::get_if<Item>(&value.value());
    if (!map) return nullptr;
    auto found = map->find(*name);
    return found == map->end() ? nullptr : &found->second;
  }
  auto* list = std::get_if<AttributeValue::List>(&value.value());
  std::size_t index = std::get<std::size_t>(element);
  return list && index < list->size() ? &(*list)[index] : nullptr;
}

// The map or list that holds the last element of a nested path; null if there is none fit for it.
AttributeValue* Parent(Item& item, const Path& path) {
  auto found = item.find(std::get<std::string>(path[0]));
  AttributeValue* parent = found == item.end() ? nullptr : &found->second;
  for (std::size_t i = 1; i + 1 < path.size() && parent; ++i) parent = Find(*parent, path[i]);
  if (!parent) return nullptr;
  bool wants_map = std::holds_alternative<std::string>(path.back());
  bool fits = wants_map ? parent->get_if<Item>() != nullptr
                        : parent->get_if<AttributeValue::List>() != nullptr;
  return fits ? parent : nullptr;
}

Result<void> Set(Item& item, const Path& path, AttributeValue value) {
  if (path.size() == 1) {
    item.insert_or_assign(std::get<std::string>(path[0]), std::move(value));
    return {};
  }
  AttributeValue* parent = Parent(item, path);
  if (!parent) return InvalidPath();
  if (const auto* name = std::get_if<std::string>(&path.back())) {
    std::get<Item>(parent->value()).insert_or_assign(*name, std::move(value));
  } else if (AttributeValue* element = Find(*parent, path.back())) {
    *element = std::move(value);
  } else {
    std::get<AttributeValue::List>(parent->value()).push_back(std::move(value));
  }
  return {};
}

Result<void> Remove(Item& item, const Path& path, bool was_there) {
  if (path.size() == 1) {
    if (auto found = item.find(std::get<std::string>(path[0])); found != item.end()) {
      item.erase(found);
    }
    return {};
  }
  AttributeValue* parent = Parent(item, path);
  if (!parent) return InvalidPath();
  if (!was_there) return {};
  if (const auto* name = std::get_if<std::string>(&path.back())) {
    auto& map = std::get<Item>(parent->value());
    map.erase(map.find(*name));
  } else {
    auto& list = std::get<AttributeValue::List>(parent->value());
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(std::get<std::size_t>(path.back())));
  }
  return {};
}

std::size_t Levels(const AttributeValue& value) {
  std::size_t deepest = 0;
  if (const auto* list = value.get_if<AttributeValue::List>()) {
    for (const AttributeValue& element : *list) deepest = std::max(deepest, Levels(element));
  } else if (const auto* map = value.get_if<Item>()) {
    for (const auto& [name, element] : *map) deepest = std::max(deepest, Levels(element));
  }
  return deepest + 1;
}

Result<void> CheckLevels(const Step& step) {
  if (step.path->size() - 1 + Levels(*step.value) <= kNestingLevelsMax) return {};
  return Invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

}  // namespace

bool OnlyRemoves(const Update& update) {
  return !update.empty() && std::all_of(update.begin(), update.end(), [](const UpdateAction& a) {
    return a.kind == Kind::kRemove || a.kind == Kind::kDelete;
  });
}

Result<Item> ApplyUpdate(const Update& update, const Item& old_item) {
  std::vector<Step> sets;
  std::vector<Step> removals;
  for (const UpdateAction& action : update) {
    Result<std::optional<Step>> step = Plan(action, old_item);
    if (!step) return step.error();
    if (!*step) continue;
    ((*step)->value ? sets : removals).push_back(**std::move(step));
  }
  auto by_path = [](const Step& a, const Step& b) { return *a.path < *b.path; };
  std::sort(sets.begin(), sets.end(), by_path);
  std::sort(removals.rbegin(), removals.rend(), by_path);
  Item item = old_item;
  for (Step& step : sets) {
    if (auto checked = CheckLevels(step); !checked) return checked.error();
    if (auto set = Set(item, *step.path, *std::move(step.value)); !set) return set.error();
  }
  for (const Step& step : removals) {
    auto removed = Remove(item, *step.path, FindPath(old_item, *step.path) != nullptr);
    if (!removed) return removed.error();
  }
  return item;
}

}  // namespace gatehouse::table
