// What the parsers of all expressions share: tokens, paths, operands, the order of errors; and the
// doors. One function per rule of the grammar; each says whether all was right so far. A syntax
// error ends the reading; other problems are noted, and the one that AWS finds first is told.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "table/expression/expression.h"
#include "table/expression/expression_lexer.h"
#include "table/expression/expression_scope.h"

namespace gatehouse::table {

// Errors of all: kInvalidArgument, AWS's message. kind is the parameter: "FilterExpression".
Result<Condition> ParseCondition(std::string_view kind, std::string_view text,
                                 ExpressionScope& scope);
Result<Update> ParseUpdate(std::string_view text, ExpressionScope& scope);
Result<Projection> ParseProjection(std::string_view text, ExpressionScope& scope);

// Noted when two of the paths overlap or conflict: overlaps first.
// Errors: kInvalidArgument, without "Invalid …Expression: ".
Result<void> CheckPathsApart(const std::vector<Path>& paths);

// In the order in which AWS looks for them.
enum class ProblemRank {
  kSize,
  kSyntax,
  kParentheses,
  kReservedInUpdate,
  kUnknownFunction,
  kRepeatedSection,
  kMisusedFunction,
  kReserved,
  kUndefinedName,
  kUndefinedValue,
  kPaths,
  kOperandCount,
  kDistinct,
  kOperandType,
  kNone,
};

struct FunctionRow {
  std::string_view name;
  std::size_t operands;
  bool in_update;     // if_not_exists and list_append are; the others in conditions
  bool is_condition;  // holds or not; the others have a value
};
const FunctionRow& RowOf(Function function);

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, ExpressionScope& scope, bool is_update);

 protected:
  const Token& token() const { return token_; }
  void Next();
  bool Eat(std::string_view symbol);
  bool EatWord(std::string_view keyword);
  bool Expect(std::string_view symbol) { return Eat(symbol) || Syntax(); }

  // Each notes what is wrong; Syntax and Enter answer false then.
  bool Syntax();
  void Note(ProblemRank rank, std::string message);
  void NoteOperandType(std::string_view operation, const AttributeValue& value);
  bool Enter();  // one level deeper; Leave when it was true
  void Leave() { --depth_; }
  bool CountOperator();

  bool ReadPath(Path& path);
  bool ReadOperand(Operand& operand);
  // Whether what was read last stood in parentheses: then more of them are redundant.
  void set_parenthesised(bool parenthesised) { parenthesised_ = parenthesised; }
  bool parenthesised() const { return parenthesised_; }
  void NoteRedundantParentheses();

  bool failed() const { return rank_ != ProblemRank::kNone; }
  Error TakeError(std::string_view kind) const;

 private:
  bool ReadElementName(Path& path);
  bool ReadIndex(Path& path);
  bool ReadFunction(Operand& operand);
  bool ReadParentheses(Operand& operand);
  void CheckArguments(const Operand& call);
  bool IsKeyword() const;

  const std::string_view text_;
  ExpressionScope& scope_;
  const bool is_update_;
  std::size_t previous_at_ = 0;
  Token token_;
  int depth_ = 0;
  int operators_ = 0;
  bool parenthesised_ = false;
  ProblemRank rank_ = ProblemRank::kNone;
  std::string message_;
};

}  // namespace gatehouse::table
