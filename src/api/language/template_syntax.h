// A mapping template as it was read: what is printed, asked and set, as plain values. Immutable
// once parsed. The grammar is Velocity 1.7's, as far as mapping templates have it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/language/template_value.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct TemplateExpression;
using TemplateExpressions = std::vector<TemplateExpression>;

// One step of a reference: .name, .name(arguments), [index].
struct TemplateStep {
  enum Kind { kMember, kCall, kIndex };
  Kind kind = kMember;
  std::string name;
  TemplateExpressions arguments;  // kIndex: the one in brackets
};

struct TemplateReference {
  int line = 0;
  std::string source;  // as written, without backslashes before it
  bool is_quiet = false;
  std::size_t backslashes = 0;
  std::string root;
  std::vector<TemplateStep> steps;
};

struct TemplateNode;
using TemplateBlock = std::vector<TemplateNode>;

struct TemplateExpression {
  enum Kind {
    kLiteral,
    kText,  // "in double quotes", with references and directives: block
    kReference,
    kList,   // operands
    kMap,    // operands: name, value, name, value
    kRange,  // two operands
    kNot,
    kMinus,
    kBinary,
  };
  enum Operator { kOr, kAnd, kEq, kNe, kLt, kGt, kLe, kGe, kAdd, kSub, kMul, kDiv, kMod };

  Kind kind = kLiteral;
  int line = 0;
  Operator op = kOr;
  TemplateValue literal = {};
  TemplateReference reference = {};
  TemplateExpressions operands = {};
  std::shared_ptr<const TemplateBlock> block = {};
};

struct TemplateNode {
  enum Kind { kText, kReference, kSet, kIf, kForeach, kBreak, kStop };
  // #if and each #elseif; #else has no condition.
  struct Branch {
    std::vector<TemplateExpression> condition;  // one, or none
    TemplateBlock block;
  };

  Kind kind = kText;
  int line = 0;
  std::string text = {};             // kText; kForeach: the variable's name
  TemplateReference reference = {};  // kReference; kSet: what is set
  TemplateExpression value = {};     // kSet; kForeach: what it goes over
  std::vector<Branch> branches = {};
  TemplateBlock block = {};  // kForeach
};

// Bounds of what a template may be; ours.
inline constexpr int kTemplateDepthMax = 64;  // directives, parentheses and texts within each other
inline constexpr std::size_t kTemplateNodesMax = 20'000;

// Errors: kUnsupported (a directive or call that is not served), kInvalidArgument (malformed, too
// much); the sentence begins with the line.
Result<TemplateBlock> ParseTemplate(std::string_view text);

}  // namespace gatehouse::api
