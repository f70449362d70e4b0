// Mapping templates: references and what is computed.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "api/language/template_methods.h"
#include "api/language/template_parser.h"

namespace gatehouse::api {
namespace {

using Expression = TemplateExpression;

bool IsTemplateNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsTemplateNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

}  // namespace

std::string_view TemplateNameAt(std::string_view text) {
  if (text.empty() || !IsTemplateNameStart(text[0])) return {};
  std::size_t size = 1;
  while (size < text.size() && IsTemplateNameCharacter(text[size])) ++size;
  return text.substr(0, size);
}

// Whether what begins with "$" names something.
bool TemplateParser::IsReferenceNext() const {
  std::string_view behind = rest_.substr(1);
  if (behind.starts_with('!')) behind.remove_prefix(1);
  if (behind.starts_with('{')) behind.remove_prefix(1);
  return !TemplateNameAt(behind).empty();
}

Result<TemplateReference> TemplateParser::TakeReference() {
  TemplateReference reference;
  reference.line = Line();
  std::string_view begin = rest_;
  Eat("$");
  reference.is_quiet = Eat("!");
  bool braces = Eat("{");
  reference.root = TemplateNameAt(rest_);
  rest_.remove_prefix(reference.root.size());
  if (Result<void> steps = TakeSteps(reference); !steps) return steps.error();
  if (braces && !Eat("}")) return Malformed("a brace is not closed behind a reference");
  reference.source = begin.substr(0, begin.size() - rest_.size());
  if (Result<void> served = CheckRoot(reference); !served) return served.error();
  return reference;
}

Result<void> TemplateParser::TakeSteps(TemplateReference& reference) {
  Depth deeper(depth_);
  while (true) {
    if (Result<void> counted = Count(); !counted) return counted;
    TemplateStep step;
    if (rest_.starts_with('.') && !TemplateNameAt(rest_.substr(1)).empty()) {
      step.name = TemplateNameAt(rest_.substr(1));
      rest_.remove_prefix(step.name.size() + 1);
      if (Eat("(")) {
        step.kind = TemplateStep::kCall;
        Result<std::vector<Expression>> arguments = TakeArguments(')');
        if (!arguments) return arguments.error();
        step.arguments = *std::move(arguments);
      }
    } else if (Eat("[")) {
      step.kind = TemplateStep::kIndex;
      Result<std::vector<Expression>> arguments = TakeArguments(']');
      if (!arguments) return arguments.error();
      if (arguments->size() != 1) return Malformed("brackets take one index");
      step.arguments = *std::move(arguments);
    } else {
      return {};
    }
    reference.steps.push_back(std::move(step));
  }
}

// Expressions with commas between them, up to the closing character.
Result<std::vector<Expression>> TemplateParser::TakeArguments(char close) {
  std::string_view closing = close == ')' ? ")" : "]";
  std::vector<Expression> arguments;
  SkipBlanks();
  if (Eat(closing)) return arguments;
  do {
    Result<Expression> argument = TakeExpression();
    if (!argument) return argument.error();
    arguments.push_back(*std::move(argument));
    SkipBlanks();
  } while (Eat(","));
  if (!Eat(closing)) {
    return Malformed(close == ')' ? "a parenthesis is not closed" : "a bracket is not closed");
  }
  return arguments;
}

// What API Gateway's variables have not got is told now, not at a message.
Result<void> TemplateParser::CheckRoot(const TemplateReference& reference) const {
  const TemplateStep* first = reference.steps.empty() ? nullptr : &reference.steps.front();
  std::string dotted = "$" + reference.root + (first ? "." + first->name : "");
  if (reference.root == "context" && !first) return Unsupported("$context by itself");
  if (reference.root == "input" && !(first && IsTemplateInputStep(*first))) {
    return Unsupported(dotted);
  }
  if (reference.root == "util" && !(first && IsTemplateUtilityStep(*first))) {
    return Unsupported(dotted);
  }
  return {};
}

// From the weakest to the strongest.
std::optional<Expression::Operator> TemplateParser::EatOperator(std::size_t level) {
  struct Row {
    std::size_t level;
    std::string_view sign, word;
    Expression::Operator op;
  };
  static constexpr Row kOperators[] = {
      {0, "||", "or", Expression::kOr}, {1, "&&", "and", Expression::kAnd},
      {2, "==", "eq", Expression::kEq}, {2, "!=", "ne", Expression::kNe},
      {3, "<=", "le", Expression::kLe}, {3, ">=", "ge", Expression::kGe},
      {3, "<", "lt", Expression::kLt},  {3, ">", "gt", Expression::kGt},
      {4, "+", "", Expression::kAdd},   {4, "-", "", Expression::kSub},
      {5, "*", "", Expression::kMul},   {5, "/", "", Expression::kDiv},
      {5, "%", "", Expression::kMod}};
  SkipBlanks();
  for (const Row& row : kOperators) {
    if (row.level != level) continue;
    if (Eat(row.sign) || (!row.word.empty() && EatWord(row.word))) return row.op;
  }
  return std::nullopt;
}

Result<Expression> TemplateParser::TakeBinary(std::size_t level) {
  constexpr std::size_t kUnaryLevel = 6;
  if (level == kUnaryLevel) return TakeUnary();
  Result<Expression> left = TakeBinary(level + 1);
  while (left) {
    int line = Line();
    std::optional<Expression::Operator> op = EatOperator(level);
    if (!op) break;
    Result<Expression> right = TakeBinary(level + 1);
    if (!right) return right;
    Expression both{Expression::kBinary, line, *op};
    both.operands.push_back(*std::move(left));
    both.operands.push_back(*std::move(right));
    left = std::move(both);
    if (Result<void> counted = Count(); !counted) return counted.error();
  }
  return left;
}

Result<Expression> TemplateParser::TakeUnary() {
  Depth deeper(depth_);
  if (Result<void> counted = Count(); !counted) return counted.error();
  SkipBlanks();
  bool is_not = (rest_.starts_with('!') && !rest_.starts_with("!=")) && Eat("!");
  if (!is_not) is_not = EatWord("not");
  bool is_minus = !is_not && rest_.starts_with("-$") && Eat("-");
  if (!is_not && !is_minus) return TakePrimary();
  Result<Expression> operand = TakeUnary();
  if (!operand) return operand;
  Expression unary{is_not ? Expression::kNot : Expression::kMinus, Line()};
  unary.operands.push_back(*std::move(operand));
  return unary;
}

Result<Expression> TemplateParser::TakePrimary() {
  if (rest_.empty()) return Malformed("a value is missing");
  char first = rest_[0];
  if (first == '$' && IsReferenceNext()) {
    Expression expression{Expression::kReference, Line()};
    Result<TemplateReference> reference = TakeReference();
    if (!reference) return reference.error();
    expression.reference = *std::move(reference);
    return expression;
  }
  if (first == '\'' || first == '"') return TakeQuoted(first);
  if (first == '[') return TakeListOrRange();
  if (first == '{') return TakeMap();
  if (Eat("(")) {
    Result<Expression> inner = TakeExpression();
    if (!inner) return inner;
    SkipBlanks();
    if (!Eat(")")) return Malformed("a parenthesis is not closed");
    return inner;
  }
  for (bool value : {true, false}) {
    if (!EatWord(value ? "true" : "false")) continue;
    Expression expression{Expression::kLiteral, Line()};
    expression.literal = TemplateValue::Bool(value);
    return expression;
  }
  return TakeNumber();
}

Result<Expression> TemplateParser::TakeNumber() {
  const char* end = rest_.data() + rest_.size();
  Expression expression{Expression::kLiteral, Line()};
  std::int64_t integer = 0;
  auto [at, error] = std::from_chars(rest_.data(), end, integer);
  if (error == std::errc::result_out_of_range) return Malformed("a number is too large");
  if (error != std::errc()) return Malformed("a value is missing");
  expression.literal = TemplateValue::Integer(integer);
  bool is_fraction = at + 1 < end && *at == '.' && std::isdigit(static_cast<unsigned char>(at[1]));
  if (is_fraction) {
    double number = 0;
    auto [behind, wrong] = std::from_chars(rest_.data(), end, number);
    if (wrong != std::errc()) return Malformed("a number is too large");
    expression.literal = TemplateValue::Double(number);
    at = behind;
  }
  rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()));
  return expression;
}

// 'as it is', or "with $references"; the quote itself is written twice.
Result<Expression> TemplateParser::TakeQuoted(char quote) {
  Expression expression{Expression::kLiteral, Line()};
  std::string text;
  std::size_t at = 1;
  while (true) {
    std::size_t end = rest_.find(quote, at);
    if (end == std::string_view::npos) return Malformed("a quoted text is not closed");
    text += rest_.substr(at, end - at);
    at = end + 1;
    if (!rest_.substr(at).starts_with(quote)) break;
    text += quote;
    ++at;
  }
  rest_.remove_prefix(at);
  if (quote == '"' && text.find_first_of("$#") != std::string::npos) {
    TemplateParser inner(text);
    inner.first_line_ = expression.line;
    inner.depth_ = depth_ + 1;
    inner.nodes_ = nodes_;
    inner.is_token_start_ = false;
    Result<TemplateBlock> block = inner.Parse();
    if (!block) return block.error();
    nodes_ = inner.nodes_;
    expression.kind = Expression::kText;
    expression.block = std::make_shared<const TemplateBlock>(*std::move(block));
  } else {
    expression.literal = TemplateValue::String(std::move(text));
  }
  return expression;
}

Result<Expression> TemplateParser::TakeListOrRange() {
  Expression expression{Expression::kList, Line()};
  Eat("[");
  SkipBlanks();
  if (Eat("]")) return expression;
  do {
    Result<Expression> item = TakeExpression();
    if (!item) return item;
    expression.operands.push_back(*std::move(item));
    SkipBlanks();
    if (expression.operands.size() == 1 && Eat("..")) {
      Result<Expression> last = TakeExpression();
      if (!last) return last;
      expression.kind = Expression::kRange;
      expression.operands.push_back(*std::move(last));
      SkipBlanks();
      break;
    }
  } while (Eat(","));
  if (!Eat("]")) return Malformed("a bracket is not closed");
  return expression;
}

Result<Expression> TemplateParser::TakeMap() {
  Expression expression{Expression::kMap, Line()};
  Eat("{");
  SkipBlanks();
  if (Eat("}")) return expression;
  do {
    for (bool is_name : {true, false}) {
      Result<Expression> part = TakeExpression();
      if (!part) return part;
      expression.operands.push_back(*std::move(part));
      SkipBlanks();
      if (is_name && !Eat(":")) return Malformed("a map's name is not followed by a colon");
    }
  } while (Eat(","));
  if (!Eat("}")) return Malformed("a brace is not closed");
  return expression;
}

}  // namespace gatehouse::api
