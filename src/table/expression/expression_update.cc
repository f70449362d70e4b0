// Updates and projections, and what their paths may not do to each other.
#include <algorithm>
#include <array>
#include <utility>

#include "table/expression/expression_parser.h"

namespace gatehouse::table {
namespace {

using Kind = UpdateAction::Kind;

// As AWS names types in the messages of ADD and DELETE; in the order of the variant.
constexpr std::array<std::string_view, 10> kLongNames = {
    "NULL",       "BOOLEAN",    "STRING",     "NUMBER", "BINARY",
    "STRING_SET", "NUMBER_SET", "BINARY_SET", "LIST",   "MAP"};
static_assert(kLongNames.size() == std::variant_size_v<AttributeValue::Value>);

bool IsSet(const AttributeValue& value) {
  return value.get_if<StringSet>() || value.get_if<NumberSet>() || value.get_if<BinarySet>();
}

std::string WithPaths(std::string_view problem, const Path& a, const Path& b) {
  return "Two document paths " + std::string(problem) +
         " with each other; must remove or rewrite one of these paths; path one: " + PathText(a) +
         ", path two: " + PathText(b);
}

struct Section {
  std::string_view word;
  Kind kind;
};
constexpr std::array<Section, 4> kSections = {{{"SET", Kind::kSet},
                                               {"REMOVE", Kind::kRemove},
                                               {"ADD", Kind::kAdd},
                                               {"DELETE", Kind::kDelete}}};

class UpdateParser : public ExpressionParser {
 public:
  UpdateParser(std::string_view text, ExpressionScope& scope)
      : ExpressionParser(text, scope, true) {}

  Result<Update> Parse() {
    while (ReadSection() && token().kind != Token::Kind::kEnd) {
    }
    std::vector<Path> paths;
    for (const UpdateAction& action : update_) paths.push_back(action.path);
    if (auto apart = CheckPathsApart(paths); !apart) {
      Note(ProblemRank::kPaths, apart.error().message);
    }
    if (failed()) return TakeError("UpdateExpression");
    return std::move(update_);
  }

 private:
  bool ReadSection() {
    for (const Section& section : kSections) {
      if (!EatWord(section.word)) continue;
      bool& seen = seen_[static_cast<std::size_t>(section.kind)];
      if (std::exchange(seen, true)) {
        Note(ProblemRank::kRepeatedSection,
             "The \"" + std::string(section.word) +
                 "\" section can only be used once in an update expression;");
      }
      do {
        if (!ReadAction(section)) return false;
      } while (Eat(","));
      return true;
    }
    return Syntax();
  }

  bool ReadAction(const Section& section) {
    UpdateAction& action = update_.emplace_back();
    action.kind = section.kind;
    if (!CountOperator() || !ReadPath(action.path)) return false;
    if (action.kind == Kind::kRemove) return true;
    if (action.kind == Kind::kSet) return Expect("=") && ReadValue(action);
    if (token().kind != Token::Kind::kValueRef) return Syntax();
    if (!ReadOperand(action.operands.emplace_back())) return false;
    const AttributeValue& value = *action.operands[0].value;
    bool adds_number = action.kind == Kind::kAdd && value.get_if<Number>();
    if (!IsSet(value) && !adds_number) {
      Note(ProblemRank::kOperandType,
           "Incorrect operand type for operator or function; operator: " +
               std::string(section.word) +
               ", operand type: " + std::string(kLongNames[value.value().index()]));
    }
    return true;
  }

  bool ReadValue(UpdateAction& action) {
    if (!ReadOperand(action.operands.emplace_back())) return false;
    using Operator = UpdateAction::Operator;
    if (token().Is("+")) action.op = Operator::kPlus;
    if (token().Is("-")) action.op = Operator::kMinus;
    std::string sign(token().text);
    if (action.op != Operator::kNone) {
      Next();
      if (!CountOperator() || !ReadOperand(action.operands.emplace_back())) return false;
    }
    for (const Operand& operand : action.operands) {
      CheckLists(operand);
      if (action.op == Operator::kNone || !operand.value) continue;
      if (!operand.value->get_if<Number>()) NoteOperandType(sign, *operand.value);
    }
    return true;
  }

  // list_append takes lists, at any depth.
  void CheckLists(const Operand& operand) {
    for (const Operand& argument : operand.arguments) {
      CheckLists(argument);
      if (operand.function != Function::kListAppend || !argument.value) continue;
      if (!argument.value->get_if<AttributeValue::List>()) {
        NoteOperandType("list_append", *argument.value);
      }
    }
  }

  Update update_;
  std::array<bool, kSections.size()> seen_ = {};
};

class ProjectionParser : public ExpressionParser {
 public:
  ProjectionParser(std::string_view text, ExpressionScope& scope)
      : ExpressionParser(text, scope, false) {}

  Result<Projection> Parse() {
    Projection projection;
    if (ReadPaths(projection) && token().kind != Token::Kind::kEnd) Syntax();
    if (auto apart = CheckPathsApart(projection); !apart) {
      Note(ProblemRank::kPaths, apart.error().message);
    }
    if (failed()) return TakeError("ProjectionExpression");
    return projection;
  }

 private:
  bool ReadPaths(Projection& projection) {
    do {
      if (!ReadPath(projection.emplace_back())) return false;
    } while (Eat(","));
    return true;
  }
};

}  // namespace

// In the order of paths, so that those of one start stand together: each needs to be compared with
// its neighbour only. PathElement's order has names before indexes.
Result<void> CheckPathsApart(const std::vector<Path>& paths) {
  std::vector<const Path*> sorted;
  for (const Path& path : paths) sorted.push_back(&path);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Path* a, const Path* b) { return *a < *b; });
  Result<void> conflict;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const Path& a = *sorted[i - 1];
    const Path& b = *sorted[i];
    auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    const Path& one = &a < &b ? a : b;  // as they stand in the expression
    const Path& two = &a < &b ? b : a;
    if (x == a.end()) return Error{ErrorCode::kInvalidArgument, WithPaths("overlap", one, two)};
    if (x->index() != y->index() && conflict) {
      conflict = Error{ErrorCode::kInvalidArgument, WithPaths("conflict", one, two)};
    }
  }
  return conflict;
}

Result<Update> ParseUpdate(std::string_view text, ExpressionScope& scope) {
  return UpdateParser(text, scope).Parse();
}

Result<Projection> ParseProjection(std::string_view text, ExpressionScope& scope) {
  return ProjectionParser(text, scope).Parse();
}

}  // namespace gatehouse::table
