#include "table/expression/condition_evaluation.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table/expression/item_path.h"
#include "table/value/table_definition.h"
#include "table/value/value_order.h"

namespace gatehouse::table {
namespace {

using Kind = Condition::Kind;

// UTF-16 code units, as Java counts. The text is UTF-8.
std::size_t Utf16Units(std::string_view text) {
  std::size_t units = 0;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

// -1: such a value has no size.
std::int64_t SizeOf(const AttributeValue& value) {
  std::size_t size = 0;
  if (const auto* text = value.get_if<std::string>()) {
    size = Utf16Units(*text);
  } else if (const auto* binary = value.get_if<Binary>()) {
    size = binary->bytes.size();
  } else if (const auto* strings = value.get_if<StringSet>()) {
    size = strings->values.size();
  } else if (const auto* numbers = value.get_if<NumberSet>()) {
    size = numbers->values.size();
  } else if (const auto* binaries = value.get_if<BinarySet>()) {
    size = binaries->values.size();
  } else if (const auto* list = value.get_if<AttributeValue::List>()) {
    size = list->size();
  } else if (const auto* map = value.get_if<Item>()) {
    size = map->size();
  } else {
    return -1;
  }
  return static_cast<std::int64_t>(size);
}

// What an operand stands for: a value of the item, of the expression, or computed.
class Value {
 public:
  Value(const Operand& operand, const Item& item) {
    if (operand.kind == Operand::Kind::kFunction) {
      const AttributeValue* sized = Value(operand.arguments[0], item).get();
      std::int64_t size = sized ? SizeOf(*sized) : -1;
      if (size < 0) return;
      computed_ = Number{std::to_string(size)};
      value_ = &computed_;
    } else {
      value_ = operand.value ? operand.value.get() : FindPath(item, operand.path);
    }
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  const AttributeValue* get() const { return value_; }  // null: missing

 private:
  AttributeValue computed_;
  const AttributeValue* value_ = nullptr;
};

bool Equal(const AttributeValue* a, const AttributeValue* b) {
  return a && b && EqualValues(*a, *b);
}

bool HasMember(const std::vector<std::string>& members, const std::string& member) {
  return std::find(members.begin(), members.end(), member) != members.end();
}

bool Contains(const AttributeValue& whole, const AttributeValue& part) {
  if (const auto* list = whole.get_if<AttributeValue::List>()) {
    return std::any_of(list->begin(), list->end(),
                       [&part](const AttributeValue& e) { return EqualValues(e, part); });
  }
  if (const auto* text = part.get_if<std::string>()) {
    if (const auto* s = whole.get_if<std::string>()) return s->find(*text) != s->npos;
    const auto* set = whole.get_if<StringSet>();
    return set && HasMember(set->values, *text);
  }
  if (const auto* binary = part.get_if<Binary>()) {
    if (const auto* b = whole.get_if<Binary>())
      return b->bytes.find(binary->bytes) != b->bytes.npos;
    const auto* set = whole.get_if<BinarySet>();
    return set && HasMember(set->values, binary->bytes);
  }
  const auto* number = part.get_if<Number>();
  const auto* set = whole.get_if<NumberSet>();
  return number && set && HasMember(set->values, number->text);
}

bool BeginsWith(const AttributeValue& whole, const AttributeValue& part) {
  if (const auto* text = whole.get_if<std::string>()) {
    const auto* prefix = part.get_if<std::string>();
    return prefix && text->starts_with(*prefix);
  }
  const auto* binary = whole.get_if<Binary>();
  const auto* prefix = part.get_if<Binary>();
  return binary && prefix && binary->bytes.starts_with(prefix->bytes);
}

bool FunctionHolds(const Condition& call, const Item& item) {
  Value first(call.operands[0], item);
  if (call.function == Function::kAttributeExists) return first.get();
  if (call.function == Function::kAttributeNotExists) return !first.get();
  Value second(call.operands[1], item);
  if (!first.get() || !second.get()) return false;
  switch (call.function) {
    case Function::kAttributeType:
      return TypeName(*first.get()) == *second.get()->get_if<std::string>();
    case Function::kBeginsWith:
      return BeginsWith(*first.get(), *second.get());
    default:
      return Contains(*first.get(), *second.get());
  }
}

bool OrderHolds(Kind kind, const AttributeValue* a, const AttributeValue* b) {
  auto order = a && b ? CompareValues(*a, *b) : std::nullopt;
  if (!order) return false;
  switch (kind) {
    case Kind::kLess:
      return *order < 0;
    case Kind::kLessEqual:
      return *order <= 0;
    case Kind::kGreater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

bool ComparisonHolds(const Condition& comparison, const Item& item) {
  Value first(comparison.operands[0], item);
  if (comparison.kind == Kind::kIn) {
    return std::any_of(comparison.operands.begin() + 1, comparison.operands.end(),
                       [&](const Operand& o) { return Equal(first.get(), Value(o, item).get()); });
  }
  Value second(comparison.operands[1], item);
  switch (comparison.kind) {
    case Kind::kEqual:
      return Equal(first.get(), second.get());
    case Kind::kNotEqual:  // also when something is missing
      return !Equal(first.get(), second.get());
    case Kind::kBetween:
      return OrderHolds(Kind::kGreaterEqual, first.get(), second.get()) &&
             OrderHolds(Kind::kLessEqual, first.get(), Value(comparison.operands[2], item).get());
    default:
      return OrderHolds(comparison.kind, first.get(), second.get());
  }
}

}  // namespace

bool Holds(const Condition& condition, const Item& item) {
  auto holds = [&item](const Condition& part) { return Holds(part, item); };
  const auto& parts = condition.conditions;
  switch (condition.kind) {
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), holds);
    case Kind::kNot:
      return !Holds(parts[0], item);
    case Kind::kFunction:
      return FunctionHolds(condition, item);
    default:
      return ComparisonHolds(condition, item);
  }
}

}  // namespace gatehouse::table
