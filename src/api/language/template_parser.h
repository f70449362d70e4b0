// Reads a mapping template: the parser's own header, for its two files. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/language/template_syntax.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// The identifier at the start of text; empty if there is none.
std::string_view TemplateNameAt(std::string_view text);

// "#if" or "#{if}": the name, and how many bytes it takes with its hash; empty: no directive.
struct DirectiveName {
  std::string_view name;
  std::size_t size = 0;
};

// One function per rule; each takes what it read from the front of rest_.
class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text), rest_(text) {}

  Result<TemplateBlock> Parse();

 private:
  struct Depth {
    explicit Depth(int& count) : depth(count) { ++depth; }
    ~Depth() { --depth; }
    int& depth;
  };

  int Line() const;
  Error Refuse(ErrorCode code, std::string_view why) const;
  Error Unsupported(std::string_view what) const;
  Error Malformed(std::string_view why) const { return Refuse(ErrorCode::kInvalidArgument, why); }
  Result<void> Count();
  bool Eat(std::string_view token);
  bool EatWord(std::string_view word);
  void SkipBlanks();
  void SkipLineEnd();
  bool IsSetBehindBlanks() const;

  // Up to #end, #else, #elseif (of a directive) or the end.
  Result<TemplateBlock> TakeBlock(bool is_inner);
  Result<void> TakeSomething(TemplateBlock& block);
  void AddText(TemplateBlock& block, std::string_view text) const;
  Result<void> TakeBackslashes(TemplateBlock& block);
  Result<void> TakeHash(TemplateBlock& block);
  Result<void> TakeComment();
  Result<TemplateNode> TakeDirective(const DirectiveName& directive);
  Result<TemplateNode> TakeSet();
  Result<TemplateNode> TakeIf();
  Result<TemplateNode> TakeForeach();
  Result<TemplateExpression> TakeCondition();
  Result<void> TakeEnd();

  bool IsReferenceNext() const;
  Result<TemplateReference> TakeReference();
  Result<void> TakeSteps(TemplateReference& reference);
  Result<std::vector<TemplateExpression>> TakeArguments(char close);
  Result<void> CheckRoot(const TemplateReference& reference) const;

  Result<TemplateExpression> TakeExpression() { return TakeBinary(0); }
  Result<TemplateExpression> TakeBinary(std::size_t level);
  std::optional<TemplateExpression::Operator> EatOperator(std::size_t level);
  Result<TemplateExpression> TakeUnary();
  Result<TemplateExpression> TakePrimary();
  Result<TemplateExpression> TakeNumber();
  Result<TemplateExpression> TakeQuoted(char quote);
  Result<TemplateExpression> TakeListOrRange();
  Result<TemplateExpression> TakeMap();

  std::string_view text_;
  std::string_view rest_;
  int first_line_ = 1;  // of what stands in double quotes
  int depth_ = 0;
  std::size_t nodes_ = 0;
  bool is_token_start_ = true;  // blanks before #set go, unless they end a text
};

}  // namespace gatehouse::api
