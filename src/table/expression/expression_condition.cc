// Conditions: and *( OR and ), and = not *( AND not ), not = NOT not / primary.
#include <array>
#include <optional>
#include <utility>

#include "table/expression/expression_parser.h"
#include "table/value/table_definition.h"
#include "table/value/value_order.h"

namespace gatehouse::table {
namespace {

using Kind = Condition::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 6> kComparators = {{
    {"=", Kind::kEqual},
    {"<>", Kind::kNotEqual},
    {"<", Kind::kLess},
    {"<=", Kind::kLessEqual},
    {">", Kind::kGreater},
    {">=", Kind::kGreaterEqual},
}};

bool IsOrdered(const AttributeValue& value) {
  return value.get_if<std::string>() || value.get_if<Number>() || value.get_if<Binary>();
}

// "AttributeValue: {S:b}"; only ordered values come here.
std::string Printed(const AttributeValue& value) {
  std::string text = "AttributeValue: {" + std::string(TypeName(value)) + ":";
  if (const auto* string = value.get_if<std::string>()) text += *string;
  if (const auto* number = value.get_if<Number>()) text += number->text;
  if (const auto* binary = value.get_if<Binary>()) {
    text += "java.nio.HeapByteBuffer[pos=0 lim=" + std::to_string(binary->bytes.size()) +
            " cap=" + std::to_string(binary->bytes.size()) + "]";
  }
  return text + "}";
}

// In `(x)` nothing tells yet whether x will be a condition or an operand, so rules read either.
struct Node {
  std::optional<Condition> condition;
  Operand operand;  // if there is no condition
};

class ConditionParser : public ExpressionParser {
 public:
  ConditionParser(std::string_view text, ExpressionScope& scope)
      : ExpressionParser(text, scope, false) {}

  Result<Condition> Parse(std::string_view kind) {
    Node node;
    if (ReadOr(node) && Require(node) && token().kind != Token::Kind::kEnd) Syntax();
    if (failed()) return TakeError(kind);
    return *std::move(node.condition);
  }

 private:
  bool ReadOr(Node& node) { return ReadChain(node, "OR", Kind::kOr, &ConditionParser::ReadAnd); }
  bool ReadAnd(Node& node) { return ReadChain(node, "AND", Kind::kAnd, &ConditionParser::ReadNot); }

  bool ReadChain(Node& node, std::string_view word, Kind kind,
                 bool (ConditionParser::*read)(Node&)) {
    if (!(this->*read)(node)) return false;
    if (!token().IsWord(word)) return true;
    if (!Require(node)) return false;
    Condition chain{.kind = kind};
    chain.conditions.push_back(*std::move(node.condition));
    while (EatWord(word)) {
      Node next;
      if (!CountOperator() || !(this->*read)(next) || !Require(next)) return false;
      chain.conditions.push_back(*std::move(next.condition));
    }
    node.condition = std::move(chain);
    set_parenthesised(false);
    return true;
  }

  bool ReadNot(Node& node) {
    if (!token().IsWord("NOT")) return ReadPrimary(node);
    if (!Enter() || !CountOperator()) return false;
    Next();
    Node inner;
    if (!ReadNot(inner) || !Require(inner)) return false;
    Leave();
    node.condition = Condition{.kind = Kind::kNot};
    node.condition->conditions.push_back(*std::move(inner.condition));
    set_parenthesised(false);
    return true;
  }

  bool ReadPrimary(Node& node) {
    if (token().Is("(")) {
      if (!Enter()) return false;
      Next();
      if (!ReadOr(node)) return false;
      if (parenthesised()) NoteRedundantParentheses();
      if (!Expect(")")) return false;
      Leave();
      set_parenthesised(true);
    } else if (!ReadOperand(node.operand)) {
      return false;
    } else if (IsConditionFunction(node.operand)) {
      node.condition = FunctionOf(std::move(node.operand));
    }
    return ReadComparison(node);
  }

  // What may follow an operand.
  bool ReadComparison(Node& node) {
    for (const auto& [symbol, kind] : kComparators) {
      if (!token().Is(symbol)) continue;
      Condition comparison{.kind = kind};
      if (!BeginComparison(node, comparison) || !ReadNext(comparison)) return false;
      CheckComparison(symbol, comparison);
      return End(node, std::move(comparison));
    }
    if (token().IsWord("BETWEEN")) {
      Condition between{.kind = Kind::kBetween};
      if (!BeginComparison(node, between) || !ReadNext(between)) return false;
      if (!EatWord("AND")) return Syntax();
      if (!ReadNext(between)) return false;
      CheckBetween(between);
      return End(node, std::move(between));
    }
    if (token().IsWord("IN")) return ReadIn(node);
    return true;
  }

  bool ReadIn(Node& node) {
    Condition in{.kind = Kind::kIn};
    if (!BeginComparison(node, in) || !Expect("(")) return false;
    do {
      if (!ReadNext(in)) return false;
    } while (Eat(","));
    if (!Expect(")")) return false;
    if (in.operands.size() > kInOperandsMax + 1) {
      Note(ProblemRank::kOperandCount,
           "Incorrect number of operands for operator or function; operator or function: IN, "
           "number of operands: " +
               std::to_string(in.operands.size() - 1));
    }
    NoteIfNotDistinct("IN", in.operands);
    return End(node, std::move(in));
  }

  bool BeginComparison(Node& node, Condition& comparison) {
    if (!CountOperator()) return false;
    if (node.condition) {
      if (node.condition->kind != Kind::kFunction) return Syntax();
      NoteMisused(node.condition->function);
    }
    comparison.operands.push_back(std::move(node.operand));
    CheckOperandFunction(comparison.operands.back());
    Next();
    return true;
  }
  bool ReadNext(Condition& comparison) {
    Operand& operand = comparison.operands.emplace_back();
    if (!ReadOperand(operand)) return false;
    CheckOperandFunction(operand);
    return true;
  }
  bool End(Node& node, Condition comparison) {
    node.condition = std::move(comparison);
    set_parenthesised(false);
    return true;
  }

  // Where a condition must stand; a function with a value was put there by mistake, anything else
  // lacks its comparison.
  bool Require(Node& node) {
    if (node.condition) return true;
    if (node.operand.kind != Operand::Kind::kFunction) return Syntax();
    NoteMisused(node.operand.function);
    node.condition.emplace();
    return true;
  }

  static bool IsConditionFunction(const Operand& operand) {
    return operand.kind == Operand::Kind::kFunction && RowOf(operand.function).is_condition;
  }

  Condition FunctionOf(Operand call) {
    if (call.arguments.size() == RowOf(call.function).operands) CheckFunction(call);
    return {
        .kind = Kind::kFunction, .function = call.function, .operands = std::move(call.arguments)};
  }

  void NoteMisused(Function function) {
    Note(ProblemRank::kMisusedFunction,
         "The function is not allowed to be used this way in an expression; function: " +
             std::string(RowOf(function).name));
  }

  void CheckOperandFunction(const Operand& operand) {
    if (operand.kind != Operand::Kind::kFunction) return;
    if (operand.function != Function::kSize) return NoteMisused(operand.function);
    if (operand.arguments.size() != 1 || !operand.arguments[0].value) return;
    const AttributeValue& value = *operand.arguments[0].value;
    if (value.get_if<Number>() || value.get_if<bool>() || value.get_if<Null>()) {
      NoteOperandType("size", value);
    }
  }

  void CheckFunction(const Operand& call);
  void CheckComparison(std::string_view symbol, const Condition& comparison);
  void CheckBetween(const Condition& between);
  void NoteIfNotDistinct(std::string_view operation, const std::vector<Operand>& operands);
};

void ConditionParser::CheckFunction(const Operand& call) {
  std::string_view name = RowOf(call.function).name;
  NoteIfNotDistinct(name, call.arguments);
  if (call.function == Function::kBeginsWith) {
    for (const Operand& operand : call.arguments) {
      if (!operand.value || operand.value->get_if<std::string>()) continue;
      if (!operand.value->get_if<Binary>()) NoteOperandType(name, *operand.value);
    }
  }
  if (call.function != Function::kAttributeType) return;
  const Operand& type = call.arguments[1];
  const auto* text = type.value ? type.value->get_if<std::string>() : nullptr;
  if (type.value && !text) return NoteOperandType(name, *type.value);
  std::string given = text ? *text : PathText(type.path);
  for (std::string_view valid : {"B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"}) {
    if (text && given == valid) return;
  }
  Note(ProblemRank::kOperandType, "Invalid attribute type name found; type: " + given +
                                      ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

void ConditionParser::CheckComparison(std::string_view symbol, const Condition& comparison) {
  NoteIfNotDistinct(symbol, comparison.operands);
  if (comparison.kind == Kind::kEqual || comparison.kind == Kind::kNotEqual) return;
  for (const Operand& operand : comparison.operands) {
    if (operand.value && !IsOrdered(*operand.value)) NoteOperandType(symbol, *operand.value);
  }
}

void ConditionParser::CheckBetween(const Condition& between) {
  NoteIfNotDistinct("BETWEEN", between.operands);
  for (const Operand& operand : between.operands) {
    if (operand.value && !IsOrdered(*operand.value)) {
      return NoteOperandType("BETWEEN", *operand.value);
    }
  }
  const AttributeValue* lower = between.operands[1].value.get();
  const AttributeValue* upper = between.operands[2].value.get();
  if (!lower || !upper) return;
  std::string bounds =
      "; lower bound operand: " + Printed(*lower) + ", upper bound operand: " + Printed(*upper);
  auto order = CompareValues(*lower, *upper);
  if (!order) {
    Note(ProblemRank::kOperandType,
         "The BETWEEN operator requires same data type for lower and upper bounds" + bounds);
  } else if (*order > 0) {
    Note(ProblemRank::kOperandType,
         "The BETWEEN operator requires upper bound to be greater than or equal to lower bound" +
             bounds);
  }
}

void ConditionParser::NoteIfNotDistinct(std::string_view operation,
                                        const std::vector<Operand>& operands) {
  if (operands[0].kind != Operand::Kind::kPath) return;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (operands[i].kind != Operand::Kind::kPath || operands[i].path != operands[0].path) continue;
    Note(ProblemRank::kDistinct,
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: " +
             std::string(operation) + ", first operand: " + PathText(operands[0].path));
  }
}

}  // namespace

Result<Condition> ParseCondition(std::string_view kind, std::string_view text,
                                 ExpressionScope& scope) {
  return ConditionParser(text, scope).Parse(kind);
}

}  // namespace gatehouse::table
