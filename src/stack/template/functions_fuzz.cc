// Functions nested in each other at random, as a template may write them: evaluated without a
// crash, the same twice, within the bounds; a value that was made holds no function any more.
#include <string>

#include "base/check.h"
#include "base/fuzz.h"
#include "stack/template/evaluate.h"
#include "stack/template/expand.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kCalls[] = {
    "Ref",        "Fn::GetAtt",       "Fn::Sub",         "Fn::Join",     "Fn::Select", "Fn::Split",
    "Fn::If",     "Fn::FindInMap",    "Fn::ImportValue", "Fn::Base64",   "Fn::Cidr",   "Fn::GetAZs",
    "Fn::Length", "Fn::ToJsonString", "Fn::Equals",      "Fn::Transform"};
constexpr std::string_view kTexts[] = {"",
                                       "A",
                                       "${A}",
                                       "${L}${L}",
                                       "${!x}",
                                       "A.Arn",
                                       "AWS::NoValue",
                                       "AWS::Region",
                                       "10.0.0.0/8",
                                       "0",
                                       "1",
                                       "256",
                                       ",",
                                       "C",
                                       "M",
                                       "k",
                                       "e",
                                       "${Id}",
                                       "L",
                                       "${A.Arn}${v}",
                                       "&{Id}",
                                       "Id"};

// Reads a tree from bytes: each node takes one or two.
class Tree {
 public:
  explicit Tree(std::span<const std::byte> input) : input_(input) {}

  Value Next(int depth) {
    const unsigned what = Byte();
    if (depth >= kValueDepthMax - 2 || what % 5 == 0) {
      return Value::String(std::string(kTexts[Byte() % std::size(kTexts)]), 1);
    }
    if (what % 5 == 1) return Value::List(Items(depth), 1);
    if (what % 5 == 2) {
      Value object = Value::Object({}, 1);
      for (Value& value : Items(depth)) {
        object.Set(kTexts[Byte() % std::size(kTexts)], std::move(value));
      }
      return object;
    }
    if (what % 5 == 3) {
      return Value::Object({{std::string(kCalls[Byte() % std::size(kCalls)]), Next(depth + 1), 1}});
    }
    return Value::Object(
        {{"Fn::ForEach::X" + std::to_string(Byte()),
          Value::List({Value::String("Id"), Next(depth + 1), Next(depth + 1)}), 1}});
  }

 private:
  unsigned Byte() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<unsigned>(input_.front());
    input_ = input_.subspan(1);
    return byte;
  }
  std::vector<Value> Items(int depth) {
    std::vector<Value> items;
    for (unsigned left = Byte() % 5; left > 0; --left) items.push_back(Next(depth + 1));
    return items;
  }

  std::span<const std::byte> input_;
};

// GetAtt's attribute apart, what Evaluate gives is plain.
bool HoldsCall(const Value& value) {
  if (FunctionCall(value)) return true;
  for (const Value& item : value.items) {
    if (HoldsCall(item)) return true;
  }
  for (const Member& member : value.members) {
    if (HoldsCall(member.value)) return true;
  }
  return false;
}

}  // namespace
}  // namespace gatehouse::stack

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  using namespace stack;
  Value root = Value::Object({{"Transform", Value::String("AWS::LanguageExtensions"), 1},
                              {"Resources", Value::Object({{"A", Tree(input).Next(0), 1}}), 1}});
  Problems problems;
  ExpandTemplate(root, {}, problems);
  if (!problems.empty()) {
    for (const Problem& problem : problems) CHECK(!problem.message.empty());
    return;
  }
  Template source;
  source.transforms.push_back("AWS::LanguageExtensions");
  source.mappings = Value::Object(
      {{"M", Value::Object({{"k", Value::Object({{"k", Value::String("found")}}), 1}}), 1}});
  EvaluationBudget budget;
  Scope scope;
  scope.source = &source;
  scope.region = "us-east-1";
  scope.parameters["L"] = Value::List({Value::String("x"), Value::String("y")});
  scope.conditions["C"] = true;
  scope.resources["A"] = {"a-1", {{"Arn", "arn:a"}}};
  scope.exports["e"] = "exported";
  scope.budget = &budget;
  const Value before = root;
  const Value made = Evaluator(scope, "Resources", problems).Evaluate(root);
  CHECK(Same(before, root));
  CHECK(budget.bytes <= 2 * kEvaluatedBytesMax);
  for (const Problem& problem : problems) CHECK(!problem.message.empty());
  if (!problems.empty()) return;
  CHECK(!HoldsCall(made));
  budget = {};
  CHECK(Same(made, Evaluator(scope, "Resources", problems).Evaluate(root)));
}

}  // namespace gatehouse::base
