// Mapping templates: from text to blocks. Where Velocity 1.7 takes a blank, a line's end or a
// backslash for its own, this does too; vtl_cases.json has what it gives.
#include "api/language/template_parser.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace gatehouse::api {
namespace {

using Expression = TemplateExpression;
using Node = TemplateNode;

constexpr std::string_view kServedDirectives[] = {"set", "if",      "elseif", "else",
                                                  "end", "foreach", "break",  "stop"};
constexpr std::string_view kRefusedDirectives[] = {"macro",  "parse",    "include",
                                                   "define", "evaluate", "@"};

template <typename Names>
bool IsOneOf(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

DirectiveName DirectiveAt(std::string_view text) {
  if (!text.starts_with('#')) return {};
  bool braces = text.starts_with("#{");
  std::string_view behind = text.substr(braces ? 2 : 1);
  std::string_view name = behind.starts_with('@') ? behind.substr(0, 1) : TemplateNameAt(behind);
  // "#elsewhere" is no #else; "#end-" is: a directive's name is of letters only.
  std::size_t letters = 0;
  while (letters < name.size() && std::isalpha(static_cast<unsigned char>(name[letters])))
    ++letters;
  if (!name.starts_with('@')) name = name.substr(0, letters);
  if (!IsOneOf(kServedDirectives, name) && !IsOneOf(kRefusedDirectives, name)) return {};
  if (braces && !behind.substr(name.size()).starts_with('}')) return {};
  return {name, name.size() + (braces ? 3 : 1)};
}

}  // namespace

int TemplateParser::Line() const {
  std::string_view read = text_.substr(0, text_.size() - rest_.size());
  return first_line_ + static_cast<int>(std::count(read.begin(), read.end(), '\n'));
}

Error TemplateParser::Refuse(ErrorCode code, std::string_view why) const {
  return {code, fmt::format("line {}: {}", Line(), why)};
}

Error TemplateParser::Unsupported(std::string_view what) const {
  return Refuse(ErrorCode::kUnsupported, fmt::format("{} is not served", what));
}

Result<void> TemplateParser::Count() {
  if (++nodes_ > kTemplateNodesMax) {
    return Malformed(fmt::format("more than {} parts", kTemplateNodesMax));
  }
  if (depth_ > kTemplateDepthMax) {
    return Malformed(fmt::format("nested deeper than {}", kTemplateDepthMax));
  }
  return {};
}

bool TemplateParser::Eat(std::string_view token) {
  if (!rest_.starts_with(token)) return false;
  rest_.remove_prefix(token.size());
  return true;
}

// A word that ends there: "not" of "not $x", but not of "nothing".
bool TemplateParser::EatWord(std::string_view word) {
  if (TemplateNameAt(rest_) != word) return false;
  rest_.remove_prefix(word.size());
  return true;
}

void TemplateParser::SkipBlanks() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
}

// Blanks and one line's end behind a directive belong to it; blanks alone do not.
void TemplateParser::SkipLineEnd() {
  std::string_view behind = rest_;
  behind.remove_prefix(std::min(behind.find_first_not_of(" \t"), behind.size()));
  if (behind.starts_with("\r\n")) behind.remove_prefix(1);
  if (behind.starts_with('\n')) rest_ = behind.substr(1);
}

bool TemplateParser::IsSetBehindBlanks() const {
  std::string_view behind = rest_;
  behind.remove_prefix(std::min(behind.find_first_not_of(" \t"), behind.size()));
  return behind.size() < rest_.size() && DirectiveAt(behind).name == "set";
}

Result<TemplateBlock> TemplateParser::Parse() {
  Result<TemplateBlock> block = TakeBlock(false);
  if (!block) return block;
  if (!rest_.empty()) {
    return Malformed(fmt::format("#{} without #if or #foreach", DirectiveAt(rest_).name));
  }
  return block;
}

Result<TemplateBlock> TemplateParser::TakeBlock(bool is_inner) {
  Depth deeper(depth_);
  TemplateBlock block;
  while (!rest_.empty()) {
    std::string_view name = DirectiveAt(rest_).name;
    if (name == "end" || name == "else" || name == "elseif") return block;
    if (Result<void> taken = TakeSomething(block); !taken) return taken.error();
  }
  if (is_inner) return Malformed("an #end is missing");
  return block;
}

void TemplateParser::AddText(TemplateBlock& block, std::string_view text) const {
  if (text.empty()) return;
  if (block.empty() || block.back().kind != Node::kText) block.push_back({Node::kText, Line()});
  block.back().text += text;
}

Result<void> TemplateParser::TakeSomething(TemplateBlock& block) {
  if (is_token_start_ && IsSetBehindBlanks()) SkipBlanks();
  is_token_start_ = false;
  char first = rest_[0];
  if (first == '\\') return TakeBackslashes(block);
  if (first == '#') return TakeHash(block);
  if (first == '$' && IsReferenceNext()) {
    Result<TemplateReference> reference = TakeReference();
    if (!reference) return reference.error();
    block.push_back({Node::kReference, reference->line, {}, *std::move(reference)});
    is_token_start_ = true;
    return Count();
  }
  std::size_t plain = std::min(rest_.find_first_of("$#\\", 1), rest_.size());
  AddText(block, rest_.substr(0, plain));
  rest_.remove_prefix(plain);
  return {};
}

// Before a directive one of two goes; before a reference that is for the rendering to say.
Result<void> TemplateParser::TakeBackslashes(TemplateBlock& block) {
  std::size_t count = std::min(rest_.find_first_not_of('\\'), rest_.size());
  std::string_view all = rest_.substr(0, count);
  rest_.remove_prefix(count);
  if (DirectiveName directive = DirectiveAt(rest_); !directive.name.empty()) {
    bool is_kept = count % 2 == 0 && directive.name == "set";  // Velocity's own exception
    AddText(block, is_kept ? all : all.substr(0, count / 2));
    if (count % 2 == 0) return {};
    AddText(block, rest_.substr(0, directive.size));
    rest_.remove_prefix(directive.size);
    return {};
  }
  if (!rest_.starts_with('$') || !IsReferenceNext()) {
    AddText(block, all);
    return {};
  }
  Result<TemplateReference> reference = TakeReference();
  if (!reference) return reference.error();
  reference->backslashes = count;
  block.push_back({Node::kReference, reference->line, {}, *std::move(reference)});
  is_token_start_ = true;
  return Count();
}

Result<void> TemplateParser::TakeComment() {
  if (rest_.starts_with("##")) {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    is_token_start_ = true;
    return {};
  }
  std::size_t end = rest_.find("*#", 2);
  if (end == std::string_view::npos) return Malformed("the comment #* is not closed");
  rest_.remove_prefix(end + 2);
  is_token_start_ = true;
  return {};
}

Result<void> TemplateParser::TakeHash(TemplateBlock& block) {
  if (rest_.starts_with("##") || rest_.starts_with("#*")) return TakeComment();
  if (rest_.starts_with("#[[")) {
    std::size_t end = rest_.find("]]#", 3);
    if (end == std::string_view::npos) return Malformed("the text #[[ is not closed");
    AddText(block, rest_.substr(3, end - 3));
    rest_.remove_prefix(end + 3);
    return {};
  }
  DirectiveName directive = DirectiveAt(rest_);
  if (directive.name.empty()) {
    AddText(block, rest_.substr(0, 1));
    rest_.remove_prefix(1);
    return {};
  }
  Result<Node> node = TakeDirective(directive);
  if (!node) return node.error();
  block.push_back(*std::move(node));
  is_token_start_ = true;
  return Count();
}

Result<Node> TemplateParser::TakeDirective(const DirectiveName& directive) {
  if (IsOneOf(kRefusedDirectives, directive.name)) {
    return Unsupported(fmt::format("#{}", directive.name));
  }
  int line = Line();
  rest_.remove_prefix(directive.size);
  Result<Node> node = directive.name == "set"       ? TakeSet()
                      : directive.name == "if"      ? TakeIf()
                      : directive.name == "foreach" ? TakeForeach()
                      : directive.name == "break"   ? Result<Node>(Node{Node::kBreak})
                                                    : Result<Node>(Node{Node::kStop});
  if (node) node->line = line;
  return node;
}

Result<Node> TemplateParser::TakeSet() {
  SkipBlanks();
  if (!Eat("(")) return Malformed("#set has no parenthesis");
  SkipBlanks();
  if (!rest_.starts_with('$') || !IsReferenceNext()) return Malformed("#set sets no reference");
  Node node{Node::kSet};
  Result<TemplateReference> target = TakeReference();
  if (!target) return target.error();
  for (std::string_view root : {"context", "input", "util", "stageVariables"}) {
    if (target->root == root) return Unsupported(fmt::format("#set of ${}", root));
  }
  if (!target->steps.empty() && target->steps.back().kind == TemplateStep::kCall) {
    return Malformed("#set cannot set a call");
  }
  node.reference = *std::move(target);
  SkipBlanks();
  if (!Eat("=")) return Malformed("#set has no =");
  Result<Expression> value = TakeExpression();
  if (!value) return value.error();
  node.value = *std::move(value);
  SkipBlanks();
  if (!Eat(")")) return Malformed("the parenthesis of #set is not closed");
  SkipLineEnd();
  return node;
}

Result<Expression> TemplateParser::TakeCondition() {
  SkipBlanks();
  if (!Eat("(")) return Malformed("#if has no parenthesis");
  Result<Expression> condition = TakeExpression();
  if (!condition) return condition;
  SkipBlanks();
  if (!Eat(")")) return Malformed("the parenthesis of #if is not closed");
  SkipLineEnd();
  return condition;
}

Result<void> TemplateParser::TakeEnd() {
  DirectiveName directive = DirectiveAt(rest_);
  if (directive.name != "end") return Malformed("an #end is missing");
  rest_.remove_prefix(directive.size);
  SkipLineEnd();
  return {};
}

Result<Node> TemplateParser::TakeIf() {
  Node node{Node::kIf};
  bool is_else = false;
  do {
    Node::Branch branch;
    if (!is_else) {
      Result<Expression> condition = TakeCondition();
      if (!condition) return condition.error();
      branch.condition.push_back(*std::move(condition));
    }
    is_token_start_ = true;
    Result<TemplateBlock> block = TakeBlock(true);
    if (!block) return block.error();
    branch.block = *std::move(block);
    node.branches.push_back(std::move(branch));
    DirectiveName next = DirectiveAt(rest_);
    if (next.name == "end") break;
    if (is_else) return Malformed(fmt::format("#{} behind #else", next.name));
    is_else = next.name == "else";
    rest_.remove_prefix(next.size);
    if (is_else) SkipLineEnd();
  } while (true);
  if (Result<void> end = TakeEnd(); !end) return end.error();
  return node;
}

Result<Node> TemplateParser::TakeForeach() {
  Node node{Node::kForeach};
  SkipBlanks();
  if (!Eat("(")) return Malformed("#foreach has no parenthesis");
  SkipBlanks();
  if (!Eat("$")) return Malformed("#foreach has no variable");
  bool braces = Eat("{");
  node.text = TemplateNameAt(rest_);
  if (node.text.empty()) return Malformed("#foreach has no variable");
  rest_.remove_prefix(node.text.size());
  if (braces && !Eat("}")) return Malformed("a brace is not closed behind a reference");
  SkipBlanks();
  if (!EatWord("in")) return Malformed("#foreach has no \"in\"");
  Result<Expression> over = TakeExpression();
  if (!over) return over.error();
  node.value = *std::move(over);
  SkipBlanks();
  if (!Eat(")")) return Malformed("the parenthesis of #foreach is not closed");
  SkipLineEnd();
  is_token_start_ = true;
  Result<TemplateBlock> block = TakeBlock(true);
  if (!block) return block.error();
  node.block = *std::move(block);
  if (Result<void> end = TakeEnd(); !end) return end.error();
  return node;
}

Result<TemplateBlock> ParseTemplate(std::string_view text) { return TemplateParser(text).Parse(); }

}  // namespace gatehouse::api
