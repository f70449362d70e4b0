#include "table/expression/expression_parser.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "table/value/table_definition.h"

namespace gatehouse::table {
namespace {

// In the order of the enum.
constexpr std::array<FunctionRow, 8> kFunctions = {{
    {"attribute_exists", 1, false, true},
    {"attribute_not_exists", 1, false, true},
    {"attribute_type", 2, false, true},
    {"begins_with", 2, false, true},
    {"contains", 2, false, true},
    {"size", 1, false, false},
    {"if_not_exists", 2, true, false},
    {"list_append", 2, true, false},
}};
static_assert(kFunctions.size() == static_cast<std::size_t>(Function::kListAppend) + 1);

std::optional<Function> FindFunction(std::string_view name) {
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    if (kFunctions[i].name == name) return static_cast<Function>(i);
  }
  return std::nullopt;
}

bool WantsPathFirst(Function function) {
  return function == Function::kAttributeExists || function == Function::kAttributeNotExists ||
         function == Function::kIfNotExists;
}

}  // namespace

const FunctionRow& RowOf(Function function) {
  return kFunctions[static_cast<std::size_t>(function)];
}

std::string PathText(const Path& path) {
  std::string text = "[";
  for (const PathElement& element : path) {
    if (text.size() > 1) text += ", ";
    if (const auto* name = std::get_if<std::string>(&element)) {
      text += *name;
    } else {
      text += "[" + std::to_string(std::get<std::size_t>(element)) + "]";
    }
  }
  return text + "]";
}

ExpressionParser::ExpressionParser(std::string_view text, ExpressionScope& scope, bool is_update)
    : text_(text), scope_(scope), is_update_(is_update) {
  token_ = ReadToken(text_, 0);
  previous_at_ = token_.at;
  if (text.size() > kExpressionBytesMax) {
    Note(ProblemRank::kSize,
         "Expression size has exceeded the maximum allowed size; expression "
         "size: " +
             std::to_string(text.size()));
  } else if (token_.kind == Token::Kind::kEnd) {
    Note(ProblemRank::kSize, "The expression can not be empty;");
  }
}

void ExpressionParser::Next() {
  previous_at_ = token_.at;
  token_ = ReadToken(text_, token_.end);
}

bool ExpressionParser::Eat(std::string_view symbol) {
  if (!token_.Is(symbol)) return false;
  Next();
  return true;
}

bool ExpressionParser::EatWord(std::string_view keyword) {
  if (!token_.IsWord(keyword)) return false;
  Next();
  return true;
}

bool ExpressionParser::Syntax() {
  std::size_t end = ReadToken(text_, token_.end).end;
  std::string near(text_.substr(previous_at_, end - previous_at_));
  Note(ProblemRank::kSyntax,
       "Syntax error; token: \"" + std::string(token_.text) + "\", near: \"" + near + "\"");
  return false;
}

void ExpressionParser::Note(ProblemRank rank, std::string message) {
  if (rank >= rank_) return;
  rank_ = rank;
  message_ = std::move(message);
}

void ExpressionParser::NoteOperandType(std::string_view operation, const AttributeValue& value) {
  Note(ProblemRank::kOperandType,
       "Incorrect operand type for operator or function; operator or function: " +
           std::string(operation) + ", operand type: " + std::string(TypeName(value)));
}

void ExpressionParser::NoteRedundantParentheses() {
  Note(ProblemRank::kParentheses, "The expression has redundant parentheses;");
}

bool ExpressionParser::Enter() {
  if (++depth_ <= kExpressionDepthMax) return true;
  Note(ProblemRank::kSyntax, "The expression has too many levels");
  return false;
}

bool ExpressionParser::CountOperator() {
  if (++operators_ <= kOperatorsMax) return true;
  Note(ProblemRank::kSyntax,
       "The expression contains too many operators; operator count: " + std::to_string(operators_));
  return false;
}

Error ExpressionParser::TakeError(std::string_view kind) const {
  return {ErrorCode::kInvalidArgument, "Invalid " + std::string(kind) + ": " + message_};
}

bool ExpressionParser::IsKeyword() const {
  for (std::string_view word : {"AND", "OR", "NOT", "BETWEEN", "IN"}) {
    if (token_.IsWord(word)) return true;
  }
  if (!is_update_) return false;
  for (std::string_view word : {"SET", "REMOVE", "ADD", "DELETE"}) {
    if (token_.IsWord(word)) return true;
  }
  return false;
}

bool ExpressionParser::ReadElementName(Path& path) {
  if (token_.kind == Token::Kind::kName && !IsKeyword()) {
    if (IsReservedWord(token_.text)) {
      Note(is_update_ ? ProblemRank::kReservedInUpdate : ProblemRank::kReserved,
           "Attribute name is a reserved keyword; reserved keyword: " + std::string(token_.text));
    }
    path.emplace_back(std::string(token_.text));
  } else if (token_.kind == Token::Kind::kNameRef) {
    const std::string* name = scope_.Name(token_.text);
    if (!name) {
      Note(ProblemRank::kUndefinedName,
           "An expression attribute name used in the document path is not defined; attribute "
           "name: " +
               std::string(token_.text));
    }
    path.emplace_back(name ? *name : std::string(token_.text));
  } else {
    return Syntax();
  }
  Next();
  return true;
}

bool ExpressionParser::ReadIndex(Path& path) {
  if (token_.kind != Token::Kind::kDigits) return Syntax();
  std::uint32_t index = 0;
  auto [end, error] =
      std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), index);
  if (error != std::errc()) {
    Note(ProblemRank::kPaths,
         "List index is not within the allowable range; index: [" + std::string(token_.text) + "]");
  }
  path.emplace_back(std::size_t{index});
  Next();
  return Expect("]");
}

bool ExpressionParser::ReadPath(Path& path) {
  parenthesised_ = false;
  if (!ReadElementName(path)) return false;
  for (;;) {
    if (Eat(".")) {
      if (!ReadElementName(path)) return false;
    } else if (Eat("[")) {
      if (!ReadIndex(path)) return false;
    } else {
      break;
    }
  }
  if (path.size() > kPathDepthMax) {
    Note(ProblemRank::kPaths, "The document path has too many nesting levels; nesting levels: " +
                                  std::to_string(path.size()));
  }
  return true;
}

bool ExpressionParser::ReadOperand(Operand& operand) {
  if (token_.Is("(")) return ReadParentheses(operand);
  parenthesised_ = false;
  if (token_.kind == Token::Kind::kValueRef) {
    operand.kind = Operand::Kind::kValue;
    operand.value = scope_.Value(token_.text);
    if (!operand.value) {
      Note(ProblemRank::kUndefinedValue,
           "An expression attribute value used in expression is not defined; attribute value: " +
               std::string(token_.text));
      operand.value = std::make_shared<const AttributeValue>();
    }
    Next();
    return true;
  }
  if (token_.kind == Token::Kind::kName && ReadToken(text_, token_.end).Is("(")) {
    return ReadFunction(operand);
  }
  operand.kind = Operand::Kind::kPath;
  return ReadPath(operand.path);
}

bool ExpressionParser::ReadParentheses(Operand& operand) {
  if (!Enter()) return false;
  Next();
  if (!ReadOperand(operand)) return false;
  if (parenthesised_) NoteRedundantParentheses();
  if (!Expect(")")) return false;
  Leave();
  parenthesised_ = true;
  return true;
}

bool ExpressionParser::ReadFunction(Operand& operand) {
  std::string name(token_.text);
  std::optional<Function> function = FindFunction(name);
  if (!function) {
    Note(ProblemRank::kUnknownFunction, "Invalid function name; function: " + name);
  } else if (is_update_ && !RowOf(*function).in_update) {
    Note(ProblemRank::kUnknownFunction,
         "The function is not allowed in an update expression; function: " + name);
  }
  if (!Enter() || !CountOperator()) return false;
  Next();
  Next();
  operand.kind = Operand::Kind::kFunction;
  operand.function = function.value_or(Function::kSize);
  do {
    if (!ReadOperand(operand.arguments.emplace_back())) return false;
  } while (Eat(","));
  if (!Expect(")")) return false;
  Leave();
  parenthesised_ = false;
  if (function) CheckArguments(operand);
  return true;
}

// Number of arguments, and a path where one must be. Functions within are the caller's to allow.
void ExpressionParser::CheckArguments(const Operand& call) {
  const FunctionRow& row = RowOf(call.function);
  if (!is_update_) {
    for (const Operand& argument : call.arguments) {
      if (argument.kind != Operand::Kind::kFunction) continue;
      Note(ProblemRank::kMisusedFunction,
           "The function is not allowed to be used this way in an expression; function: " +
               std::string(RowOf(argument.function).name));
    }
  }
  for (const Operand& argument : call.arguments) {
    if (!is_update_ || argument.kind != Operand::Kind::kFunction) continue;
    if (call.function != Function::kListAppend || argument.function != Function::kListAppend) {
      continue;
    }
    Note(ProblemRank::kMisusedFunction,
         "The function is not allowed to be used this way in an expression; function: list_append");
  }
  if (call.arguments.size() != row.operands) {
    Note(ProblemRank::kOperandCount,
         "Incorrect number of operands for operator or function; operator or function: " +
             std::string(row.name) +
             ", number of operands: " + std::to_string(call.arguments.size()));
    return;
  }
  if (WantsPathFirst(call.function) && call.arguments[0].kind != Operand::Kind::kPath) {
    Note(ProblemRank::kOperandType,
         "Operator or function requires a document path; operator or function: " +
             std::string(row.name));
  }
}

}  // namespace gatehouse::table
