#include "auth/policy/condition.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

struct Asked {
  std::string_view op;
  std::vector<std::string> wanted;
  std::vector<std::string> values;
  Match match;
};

Match Evaluate(std::string_view op, const std::vector<std::string>& wanted,
               const RequestContext& context) {
  MatchTrace trace;
  return Condition::Make(*ConditionOperator::Find(op), "Key", wanted, true)
      ->Evaluate(context, trace);
}

TEST(Condition, SeveralValuesWithoutASetOperator) {
  const Asked asked[] = {
      {"StringEquals", {"a"}, {"a", "b"}, Match::kYes},
      {"StringEquals", {"c"}, {"a", "b"}, Match::kNo},
      {"StringNotEquals", {"a"}, {"a", "b"}, Match::kNo},
      {"StringNotEquals", {"c"}, {"a", "b"}, Match::kYes},
      {"StringEquals", {}, {"a"}, Match::kNo},
      {"StringNotEquals", {}, {"a"}, Match::kYes},
      {"StringNotEquals", {"a"}, {}, Match::kYes},
      {"StringEqualsIfExists", {"a"}, {}, Match::kYes},
  };
  for (const Asked& row : asked) {
    RequestContext context;
    context.Set("KEY", row.values);
    EXPECT_EQ(Evaluate(row.op, row.wanted, context), row.match) << row.op;
  }
}

TEST(Condition, ValuesOfAnotherKindEqualNothing) {
  RequestContext context;
  context.Set("key", "x");
  EXPECT_EQ(Evaluate("NumericEquals", {"1"}, context), Match::kNo);
  EXPECT_EQ(Evaluate("NumericNotEquals", {"1"}, context), Match::kYes);
  EXPECT_EQ(Evaluate("DateLessThan", {"x"}, context), Match::kNo);
  EXPECT_EQ(Evaluate("NotIpAddress", {"10.0.0.0/8"}, context), Match::kYes);
  EXPECT_EQ(Evaluate("Null", {"perhaps"}, context), Match::kNo);
  EXPECT_EQ(Evaluate("BinaryEquals", {"****"}, context), Match::kNo);
}

TEST(Condition, AnUnknowableKeyIsThereButNobodyKnowsWhatItIs) {
  RequestContext context;
  context.SetUnknowable("Key");
  for (const char* op : {"StringEquals", "StringNotEquals", "StringEqualsIfExists",
                         "ForAllValues:StringLike", "ForAnyValue:StringLike", "Bool"}) {
    EXPECT_EQ(Evaluate(op, {"a"}, context), Match::kUnknown) << op;
  }
  EXPECT_EQ(Evaluate("Null", {"true"}, context), Match::kNo);
  EXPECT_EQ(Evaluate("Null", {"false"}, context), Match::kYes);
}

TEST(Condition, AnUnknowableVariableLeavesOpenWhatOtherValuesDoNotDecide) {
  RequestContext context;
  context.Set("key", "a");
  context.SetUnknowable("aws:PrincipalTag/*");
  const std::string variable = "${aws:PrincipalTag/team}";
  EXPECT_EQ(Evaluate("StringEquals", {variable, "a"}, context), Match::kYes);
  EXPECT_EQ(Evaluate("StringEquals", {variable, "b"}, context), Match::kUnknown);
  EXPECT_EQ(Evaluate("StringNotEquals", {variable, "a"}, context), Match::kNo);
  EXPECT_EQ(Evaluate("StringNotEquals", {variable, "b"}, context), Match::kUnknown);
}

}  // namespace
}  // namespace gatehouse::auth
