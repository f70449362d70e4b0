// A KeyConditionExpression: a condition of which only comparisons of whole keys, joined by AND, are
// left.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "table/expression/expression_parser.h"
#include "table/operation/key_condition.h"

namespace gatehouse::table {
namespace {

using Kind = Condition::Kind;
using KeyOperator = KeyCondition::Operator;

constexpr std::string_view kInvalidKeyCondition = "Invalid condition in KeyConditionExpression: ";

Error KeyExpressionError(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

struct OperatorRow {
  Kind kind;
  KeyOperator op;
  KeyOperator flipped;  // with the key on the right
};
constexpr std::array kOperatorRows = {
    OperatorRow{Kind::kEqual, KeyOperator::kEqual, KeyOperator::kEqual},
    OperatorRow{Kind::kLess, KeyOperator::kLess, KeyOperator::kGreater},
    OperatorRow{Kind::kLessEqual, KeyOperator::kLessEqual, KeyOperator::kGreaterEqual},
    OperatorRow{Kind::kGreater, KeyOperator::kGreater, KeyOperator::kLess},
    OperatorRow{Kind::kGreaterEqual, KeyOperator::kGreaterEqual, KeyOperator::kLessEqual},
    OperatorRow{Kind::kBetween, KeyOperator::kBetween, KeyOperator::kBetween},
};

// What may not stand here at all.
std::optional<std::string> WrongOperator(const Condition& condition) {
  switch (condition.kind) {
    case Kind::kOr:
      return "OR";
    case Kind::kNot:
      return "NOT";
    case Kind::kIn:
      return "IN";
    case Kind::kNotEqual:
      return "<>";
    case Kind::kFunction:
      if (condition.function == Function::kBeginsWith) return std::nullopt;
      return std::string(RowOf(condition.function).name);
    default:
      return std::nullopt;
  }
}

// The operand that names the key; there is exactly one.
Result<std::size_t> KeyOperandOf(const Condition& condition) {
  const auto& operands = condition.operands;
  std::optional<std::size_t> key;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].kind == Operand::Kind::kFunction) {
      return KeyExpressionError("KeyConditionExpressions cannot contain nested operations");
    }
    if (operands[i].kind != Operand::Kind::kPath) continue;
    if (key) {
      return KeyExpressionError(std::string(kInvalidKeyCondition) +
                                "Multiple attribute names used in one condition");
    }
    if (operands[i].path.size() > 1) {
      return KeyExpressionError(
          "KeyConditionExpressions cannot have conditions on nested attributes");
    }
    key = i;
  }
  if (key) return *key;
  return KeyExpressionError(std::string(kInvalidKeyCondition) + "No key attribute specified");
}

Result<KeyCondition> KeyConditionOf(const Condition& condition) {
  Result<std::size_t> at = KeyOperandOf(condition);
  if (!at) return at.error();
  const auto& operands = condition.operands;
  bool between = condition.kind == Kind::kBetween;
  if (*at > 0 && (between || condition.kind == Kind::kFunction)) {
    return KeyExpressionError(std::string(kInvalidKeyCondition) +
                              (between ? "BETWEEN" : "begins_with") +
                              " operator must have the key attribute as its first operand");
  }
  KeyCondition key;
  key.attribute = std::get<std::string>(operands[*at].path[0]);
  key.value = *operands[*at == 0 ? 1 : 0].value;
  key.op = KeyOperator::kBeginsWith;
  for (const OperatorRow& row : kOperatorRows) {
    if (row.kind == condition.kind) key.op = *at == 0 ? row.op : row.flipped;
  }
  if (between) key.upper = *operands[2].value;
  return key;
}

Result<void> AddConditions(const Condition& condition, KeyConditions& all) {
  if (auto wrong = WrongOperator(condition)) {
    return KeyExpressionError("Invalid operator used in KeyConditionExpression: " + *wrong);
  }
  if (condition.kind == Kind::kAnd) {
    for (const Condition& part : condition.conditions) {
      if (auto added = AddConditions(part, all); !added) return added;
    }
    return {};
  }
  Result<KeyCondition> key = KeyConditionOf(condition);
  if (!key) return key.error();
  if (std::any_of(all.begin(), all.end(),
                  [&](const KeyCondition& other) { return other.attribute == key->attribute; })) {
    return KeyExpressionError("KeyConditionExpressions must only contain one condition per key");
  }
  all.push_back(*std::move(key));
  return {};
}

}  // namespace

Result<KeyConditions> KeyConditionsOf(const Condition& condition) {
  KeyConditions all;
  if (auto added = AddConditions(condition, all); !added) return added.error();
  return all;
}

}  // namespace gatehouse::table
