// The functions of the template language over values that are known. Pure.
// Source: CloudFormation user guide, intrinsic function reference; docs/aws/cloudformation.md §5,
// §8.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "stack/template/template.h"

namespace gatehouse::stack {

// Text that Sub and Join may make of one template.
inline constexpr std::size_t kEvaluatedBytesMax = 8 << 20;

inline constexpr std::size_t kEvaluatedValuesMax = 2'000'000;  // that functions make or copy

// What the functions of one template have made so far.
struct EvaluationBudget {
  std::size_t bytes = 0;
  std::size_t values = 0;
};

// Begins what GetAtt gives where nobody knows what AWS would: "gatehouse-placeholder-Alerts.Arn".
inline constexpr std::string_view kPlaceholder = "gatehouse-placeholder-";
// In ResourceValues::attributes: any attribute may be asked for; those that are not there have a
// placeholder.
inline constexpr std::string_view kAnyAttribute = "*";

// What Ref and GetAtt give for one resource.
struct ResourceValues {
  std::string ref;
  std::map<std::string, std::string, std::less<>> attributes;
};

// Everything that a template's functions may refer to.
struct Scope {
  const Template* source = nullptr;
  std::string region;
  std::string account_id;
  std::string stack_name;
  std::string stack_id;
  std::map<std::string, Value, std::less<>> parameters;
  std::map<std::string, bool, std::less<>> conditions;
  std::map<std::string, ResourceValues, std::less<>> resources;
  std::map<std::string, std::string, std::less<>> exports;  // of all other stacks
  bool exports_known = true;                  // else one that is not among them stands for its name
  EvaluationBudget* budget = nullptr;         // of the whole template; null: each evaluator's own
  std::set<std::string>* imported = nullptr;  // gathers the exports that are used
  // Parameters and resources whose values nobody knows: samples, and what something is wrong with
  // that was told already. They stand for a text, or for what parameters and resources say.
  std::set<std::string, std::less<>> unknown;
};

bool IsPseudoParameter(std::string_view name);

// The member that makes an object a function call: one member, "Ref" or "Fn::…". Else null.
const Member* FunctionCall(const Value& value);

// The parts of a text for Fn::Sub: literal text and names in between.
struct SubPart {
  bool is_name = false;
  std::string text;
};
std::vector<SubPart> SplitSub(std::string_view text);

class Evaluator {
 public:
  // block: "Resources" or "Outputs", for messages. Everything must outlive this.
  Evaluator(const Scope& scope, std::string_view block, Problems& problems)
      : scope_(scope), block_(block), problems_(problems) {}

  // The value with its functions carried out. kNull: AWS::NoValue, or something was wrong (then
  // problems say what). Inside, members and items without value are left out.
  Value Evaluate(const Value& value);

  // A condition function: Equals, Not, And, Or, Condition. The names of other conditions are
  // looked up in the scope.
  bool EvaluateCondition(const Value& value);

  // Whether something unknown went into what was evaluated.
  bool met_unknown() const { return met_unknown_; }

 private:
  Value Call(const Member& call, int line);
  Value CallOne(const Member& call, int line);
  Value Ref(const Value& argument, int line);
  Value Reference(const std::string& name, int line);
  Value GetAtt(const Value& argument, int line);
  Value Attribute(const std::string& logical_id, const std::string& attribute, int line);
  Value Sub(const Value& argument, int line);
  Value SubName(const std::string& name, const Value* variables, int line);
  Value Join(const Value& argument, int line);
  Value Select(const Value& argument, int line);
  Value Split(const Value& argument, int line);
  Value If(const Value& argument, int line);
  Value FindInMap(const Value& argument, int line);
  Value ImportValue(const Value& argument, int line);
  Value Base64(const Value& argument, int line);
  Value Cidr(const Value& argument, int line);
  Value GetAZs(const Value& argument, int line);
  Value Length(const Value& argument, int line);
  Value ToJsonString(const Value& argument, int line);
  Value EvaluateObject(const Value& value);

  bool Named(const std::string& condition, int line);
  bool Junction(const Value& argument, bool all, int line);
  Value Fail(int line, std::string message);
  Value Made(std::string text, int line);

  const Scope& scope_;
  const std::string_view block_;
  Problems& problems_;
  bool Count(std::size_t values);

  EvaluationBudget own_budget_;
  bool met_unknown_ = false;
};

// Evaluates the template's conditions into scope.conditions.
void EvaluateConditions(Scope& scope, Problems& problems);

}  // namespace gatehouse::stack
