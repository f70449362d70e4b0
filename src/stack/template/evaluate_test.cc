#include "stack/template/evaluate.h"

#include <gtest/gtest.h>

#include "stack/tree/yaml_reader.h"

namespace gatehouse::stack {
namespace {

struct EvaluateTest : testing::Test {
  EvaluateTest() {
    Value maps;
    EXPECT_TRUE(ReadYaml("{M: {us-east-1: {size: 7}}}", source.mappings, problem));
    scope.source = &source;
    scope.region = "us-east-1";
    scope.account_id = "000000000000";
    scope.stack_name = "chat";
    scope.stack_id = "arn:stack";
    scope.parameters["P"] = Value::String("p");
    scope.parameters["L"] = Value::List({Value::String("x"), Value::String("y")});
    scope.conditions = {{"T", true}, {"F", false}};
    scope.resources["Api"] = {"abc", {{"ApiEndpoint", "wss://abc"}, {"A.B", "dotted"}}};
    scope.exports["e"] = "exported";
    scope.imported = &imported;
  }
  // The value as JSON; "!" and the first problem otherwise.
  std::string Of(std::string_view yaml) {
    Value value;
    EXPECT_TRUE(ReadYaml(yaml, value, problem)) << problem.message;
    Problems problems;
    Value evaluated = Evaluator(scope, "Resources", problems).Evaluate(value);
    return problems.empty() ? ToJson(evaluated) : "!" + problems[0].message;
  }
  bool Holds(std::string_view yaml, std::string* why = nullptr) {
    Value value;
    EXPECT_TRUE(ReadYaml(yaml, value, problem)) << problem.message;
    Problems problems;
    const bool holds = Evaluator(scope, "Conditions", problems).EvaluateCondition(value);
    if (why) *why = problems.empty() ? "" : problems[0].message;
    EXPECT_EQ(problems.empty(), why == nullptr);
    return holds;
  }
  Template source;
  Scope scope;
  Problem problem;
  std::set<std::string> imported;
};

TEST_F(EvaluateTest, Ref) {
  EXPECT_EQ(Of("!Ref P"), R"("p")");
  EXPECT_EQ(Of("!Ref L"), R"(["x","y"])");
  EXPECT_EQ(Of("!Ref Api"), R"("abc")");
  EXPECT_EQ(Of("!Ref AWS::AccountId"), R"("000000000000")");
  EXPECT_EQ(Of("!Ref AWS::URLSuffix"), R"("amazonaws.com")");
  EXPECT_EQ(Of("{a: !Ref AWS::NoValue, b: [1, !Ref AWS::NoValue]}"), R"({"b":[1]})");
  EXPECT_EQ(Of("!Ref Nobody"),
            "!Template format error: Unresolved resource dependencies [Nobody] "
            "in the Resources block of the template");
}

TEST_F(EvaluateTest, GetAtt) {
  EXPECT_EQ(Of("!GetAtt Api.ApiEndpoint"), R"("wss://abc")");
  EXPECT_EQ(Of("!GetAtt Api.A.B"), R"("dotted")");
  EXPECT_EQ(Of("{'Fn::GetAtt': [Api, !Sub 'Api${T}', x]}").substr(0, 40),
            "!Template error: every Fn::GetAtt object");
  EXPECT_EQ(Of("!GetAtt Nobody.Arn"),
            "!Template error: instance of Fn::GetAtt references undefined resource Nobody");
  EXPECT_EQ(Of("!GetAtt Api.Arn"),
            "!Template error: resource Api does not support attribute type Arn in Fn::GetAtt");
  EXPECT_EQ(Of("!GetAtt Api"),
            "!Template error: every Fn::GetAtt object requires two non-empty "
            "parameters, the resource name and the resource attribute");
}

TEST_F(EvaluateTest, Sub) {
  EXPECT_EQ(Of("!Sub '${P}-${Api}-${Api.ApiEndpoint}-${AWS::Region}-$connect-${!x}-${'"),
            R"("p-abc-wss://abc-us-east-1-$connect-${x}-${")");
  EXPECT_EQ(Of("!Sub ['${v}${P}', {v: !Ref Api}]"), R"("abcp")");
  EXPECT_EQ(Of("!Sub '${L}'"),
            "!Template error: variable L in Fn::Sub expression does not resolve to a string");
  EXPECT_EQ(Of("!Sub '${a b}'"),
            "!Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
            "characters, underscores, periods, and colons");
  EXPECT_TRUE(Of("!Sub [a]").starts_with("!Template error: One or more Fn::Sub"));
}

TEST_F(EvaluateTest, TextsAndLists) {
  EXPECT_EQ(Of("!Join ['/', [integrations, !Ref P, 5]]"), R"("integrations/p/5")");
  EXPECT_EQ(Of("!Join [',', !Ref L]"), R"("x,y")");
  EXPECT_TRUE(Of("!Join [',', x]").starts_with("!Template error: every Fn::Join object"));
  EXPECT_EQ(Of("!Select [1, !Ref L]"), R"("y")");
  EXPECT_EQ(Of("!Select ['0', !Split ['|', 'a|b']]"), R"("a")");
  EXPECT_EQ(Of("!Select [2, !Ref L]"),
            "!Template error: Fn::Select  cannot select nonexistent value at index 2");
  EXPECT_EQ(Of("!Split [', ', 'a, b, ']"), R"(["a","b",""])");
  EXPECT_TRUE(Of("!Split ['', a]").starts_with("!Template error: every Fn::Split object"));
  EXPECT_EQ(Of("!Base64 hi"), R"("aGk=")");
  EXPECT_EQ(Of("!GetAZs ''"), R"(["us-east-1a","us-east-1b","us-east-1c"])");
  EXPECT_EQ(Of("!Cidr [10.0.0.0/16, 2, 8]"), R"(["10.0.0.0/24","10.0.1.0/24"])");
  EXPECT_TRUE(Of("!Cidr [10.0.0.0/30, 5, 8]").starts_with("!Template error: Fn::Cidr"));
}

TEST_F(EvaluateTest, MapsAndImports) {
  EXPECT_EQ(Of("!FindInMap [M, !Ref 'AWS::Region', size]"), "7");
  EXPECT_EQ(Of("!FindInMap [M, eu, size]"),
            "!Template error: Unable to get mapping for M::eu::size");
  EXPECT_EQ(Of("!FindInMap [N, eu, size]"),
            "!Template error: Mapping named 'N' is not present in the 'Mappings' section of "
            "template.");
  EXPECT_EQ(Of("!ImportValue e"), R"("exported")");
  EXPECT_EQ(imported, std::set<std::string>{"e"});
  EXPECT_EQ(Of("!ImportValue !Sub '${P}x'"), "!No export named px found.");
}

TEST_F(EvaluateTest, LanguageExtensionsNeedTheirTransform) {
  EXPECT_TRUE(Of("!Length [1, 2]").starts_with("!Encountered unsupported function: Fn::Length"));
  source.transforms = {"AWS::LanguageExtensions"};
  EXPECT_EQ(Of("!Length [1, 2]"), "2");
  EXPECT_EQ(Of("!ToJsonString {a: !Ref P, b: [1.50, true]}"),
            R"("{\"a\":\"p\",\"b\":[1.50,true]}")");
  EXPECT_EQ(Of("!FindInMap [M, eu, size, {DefaultValue: 3}]"), "3");
}

TEST_F(EvaluateTest, Conditions) {
  EXPECT_EQ(Of("!If [T, a, !Ref Nobody]"), R"("a")");
  EXPECT_EQ(Of("{x: !If [F, a, !Ref 'AWS::NoValue']}"), "{}");
  EXPECT_EQ(Of("!If [X, a, b]"),
            "!Template format error: Unresolved condition dependency X in the Resources block of "
            "the template");
  EXPECT_TRUE(Holds("!Equals [!Ref P, p]"));
  EXPECT_TRUE(Holds("!Equals ['5', 5]"));
  EXPECT_FALSE(Holds("!Not [!Condition T]"));
  EXPECT_TRUE(Holds("!And [!Condition T, !Not [!Condition F]]"));
  EXPECT_TRUE(Holds("!Or [!Condition F, !Equals [a, a]]"));
  std::string why;
  Holds("!And [!Condition T]", &why);
  EXPECT_TRUE(why.starts_with("Template error: every Fn::And object requires"));
  Holds("!Equals [a]", &why);
  EXPECT_TRUE(why.starts_with("Template error: every Fn::Equals object requires"));
  Holds("yes", &why);
  EXPECT_TRUE(why.starts_with("Template format error: Conditions can only be"));
}

TEST_F(EvaluateTest, ConditionsMayReferToLaterOnesButNotInCircles) {
  scope.conditions.clear();
  ASSERT_TRUE(ReadYaml("{A: !Not [!Condition B], B: !Equals [a, b]}", source.conditions, problem));
  Problems problems;
  EvaluateConditions(scope, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(scope.conditions["A"]);
  scope.conditions.clear();
  ASSERT_TRUE(
      ReadYaml("{A: !Not [!Condition B], B: !Not [!Condition A]}", source.conditions, problem));
  EvaluateConditions(scope, problems);
  ASSERT_FALSE(problems.empty());
  EXPECT_NE(problems[0].message.find("Circular dependency between conditions"), std::string::npos);
}

TEST_F(EvaluateTest, WhatFunctionsMakeIsBounded) {
  scope.parameters["P"] = Value::String(std::string(4096, 'x'));
  std::string names;
  for (int i = 0; i < 3000; ++i) names += "${P}";
  EXPECT_NE(Of("!Sub '" + names + "'").find("make more than"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::stack
