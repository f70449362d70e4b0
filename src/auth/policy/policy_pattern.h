// One text of a policy as a pattern: letters, wildcards, policy variables. Compiled once,
// immutable. Source: IAM user guide, "IAM JSON policy elements: Resource" and "Variables and tags".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/request_context.h"
#include "gatehouse/result.h"

namespace gatehouse::auth {

// Unknown: it depends on a key that this node cannot know.
enum class Match { kNo, kYes, kUnknown };

// Keys that were asked for, by what they did to the answer.
struct MatchTrace {
  std::vector<std::string> unknowable_keys;
  bool looked_at_context = false;
};

class PolicyPattern {
 public:
  struct Syntax {
    bool wildcards = true;  // * and ? are ones
    bool variables = true;  // ${…} is one (Version 2012-10-17)
    bool ignores_case = false;
  };
  // Error: kInvalidArgument, a variable without its end or name.
  static Result<PolicyPattern> Compile(std::string_view text, Syntax syntax);

  // ? stands for one character, * for any number of them, ":" and "/" included. Takes at most the
  // product of both sizes. A variable whose key is absent and has no default matches nothing.
  Match Matches(std::string_view text, const RequestContext& context, MatchTrace& trace) const;

  // Whether it matches every text that begins with `prefix`, whatever the keys; said of few enough:
  // patterns that end with *.
  bool CoversAll(std::string_view prefix) const;

  // As ARNs are compared by conditions: each of the six parts by itself.
  Match MatchesArn(std::string_view arn, const RequestContext& context, MatchTrace& trace) const;

 private:
  // Below 0x100 a byte, else a wildcard or the index of a variable.
  using Unit = char16_t;
  using Units = std::basic_string<Unit>;
  static constexpr Unit kAnyText = 0x100;
  static constexpr Unit kAnyCharacter = 0x101;
  static constexpr Unit kFirstVariable = 0x200;

  struct Variable {
    std::string key;  // lower case
    std::optional<std::string> default_value;
  };

  class Compiler;
  static bool Fits(std::basic_string_view<Unit> pattern, std::string_view text, bool ignores_case);
  bool HasPrefix(std::string_view text) const;
  // The pattern with its variables replaced; nothing: one of them has no value.
  std::optional<Units> Expand(const RequestContext& context) const;
  // What can be said before comparing: kYes, units are to be compared.
  Match Prepare(const RequestContext& context, MatchTrace& trace, Units& expanded) const;

  Units units_;
  // What units_ begins with, before any wildcard or variable: most texts fail already here.
  std::string prefix_;
  std::vector<Variable> variables_;
  bool ignores_case_ = false;
};

}  // namespace gatehouse::auth
