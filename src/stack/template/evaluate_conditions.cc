// Conditions: Equals, Not, And, Or, Condition, and Fn::If that uses them.
#include <set>

#include "stack/template/evaluate.h"

namespace gatehouse::stack {
namespace {

constexpr int kConditionChainMax = 64;  // conditions that refer to conditions

// Evaluates what a condition refers to before the condition itself.
class ConditionOrder {
 public:
  ConditionOrder(Scope& scope, Problems& problems) : scope_(scope), problems_(problems) {}

  void Evaluate(const Member& condition) {
    if (scope_.conditions.contains(condition.name)) return;
    if (!open_.insert(condition.name).second) {
      problems_.push_back({condition.line,
                           "Template format error: Circular dependency between "
                           "conditions: [" +
                               condition.name + "]"});
      scope_.conditions[condition.name] = false;
      return;
    }
    if (open_.size() > kConditionChainMax) {
      problems_.push_back({condition.line,
                           "Template format error: conditions are nested too "
                           "deeply"});
      scope_.conditions[condition.name] = false;
      return;
    }
    Visit(condition.value);
    const bool holds =
        Evaluator(scope_, "Conditions", problems_).EvaluateCondition(condition.value);
    scope_.conditions[condition.name] = holds;
    open_.erase(condition.name);
  }

 private:
  void Visit(const Value& value) {
    for (const Value& item : value.items) Visit(item);
    for (const Member& member : value.members) {
      if (member.name != "Condition" || !member.value.is_scalar()) {
        Visit(member.value);
        continue;
      }
      for (const Member& other : scope_.source->conditions.members) {
        if (other.name == member.value.text) Evaluate(other);
      }
    }
  }

  Scope& scope_;
  Problems& problems_;
  std::set<std::string, std::less<>> open_;
};

}  // namespace

Value Evaluator::If(const Value& argument, int line) {
  if (!argument.is_list() || argument.items.size() != 3 || !argument.items[0].is_scalar()) {
    return Fail(line, "Template error: Fn::If requires a list argument with three elements");
  }
  const std::size_t before = problems_.size();
  const bool holds = Named(argument.items[0].text, line);
  if (problems_.size() != before) return {};
  return Evaluate(argument.items[holds ? 1 : 2]);
}

bool Evaluator::Named(const std::string& condition, int line) {
  auto found = scope_.conditions.find(condition);
  if (found != scope_.conditions.end()) return found->second;
  Fail(line, "Template format error: Unresolved condition dependency " + condition + " in the " +
                 std::string(block_) + " block of the template");
  return false;
}

bool Evaluator::Junction(const Value& argument, bool all, int line) {
  if (!argument.is_list() || argument.items.size() < 2 || argument.items.size() > 10) {
    Fail(line, std::string("Template error: every Fn::") + (all ? "And" : "Or") +
                   " object requires a list of at least 2 and at most 10 boolean parameters.");
    return false;
  }
  bool result = all;
  for (const Value& item : argument.items) {
    const bool holds = EvaluateCondition(item);
    result = all ? result && holds : result || holds;
  }
  return result;
}

bool Evaluator::EvaluateCondition(const Value& value) {
  if (!value.is_object() || value.members.size() != 1) {
    Fail(value.line,
         "Template format error: Conditions can only be boolean operations on "
         "parameters and other conditions");
    return false;
  }
  const Member& call = value.members.front();
  const Value& argument = call.value;
  if (call.name == "Condition" && argument.is_scalar()) return Named(argument.text, call.line);
  if (call.name == "Fn::And") return Junction(argument, true, call.line);
  if (call.name == "Fn::Or") return Junction(argument, false, call.line);
  if (call.name == "Fn::Not") {
    if (argument.is_list() && argument.items.size() == 1) {
      return !EvaluateCondition(argument.items[0]);
    }
    Fail(call.line, "Template error: every Fn::Not object requires one boolean parameter.");
    return false;
  }
  if (call.name != "Fn::Equals") {
    Fail(call.line,
         "Template format error: Conditions can only be boolean operations on "
         "parameters and other conditions");
    return false;
  }
  if (!argument.is_list() || argument.items.size() != 2) {
    Fail(call.line,
         "Template error: every Fn::Equals object requires a list of 2 string "
         "parameters.");
    return false;
  }
  Value left = Evaluate(argument.items[0]);
  Value right = Evaluate(argument.items[1]);
  // "5" and 5, "true" and true are equal.
  if (left.is_scalar() && right.is_scalar()) return left.text == right.text;
  return Same(left, right);
}

void EvaluateConditions(Scope& scope, Problems& problems) {
  ConditionOrder order(scope, problems);
  for (const Member& condition : scope.source->conditions.members) order.Evaluate(condition);
}

}  // namespace gatehouse::stack
