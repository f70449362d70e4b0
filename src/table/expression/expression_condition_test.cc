#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/expression/condition_evaluation.h"
#include "table/expression/expression_parser.h"

namespace gatehouse::table {
namespace {

const Item kItem{{"id", "key"},
                 {"n", Number{"10"}},
                 {"s", "abc"},
                 {"umlaut", "abÿ"},
                 {"b", Binary{"xyz"}},
                 {"t", true},
                 {"nil", Null()},
                 {"l", AttributeValue::List{"x", Number{"1"}, Item{{"deep", "value"}}}},
                 {"m", Item{{"a.b", Number{"1"}}, {"c", Item{}}}},
                 {"ss", StringSet{{"q", "p"}}},
                 {"ns", NumberSet{{"1", "2"}}}};

ExpressionScope Scope() {
  ExpressionScope scope;
  scope.AddName("#ab", "a.b");
  scope.AddName("#items", "items");
  scope.AddValue(":one", Number{"1"});
  scope.AddValue(":three", Number{"3"});
  scope.AddValue(":ten", Number{"10"});
  scope.AddValue(":a", "a");
  scope.AddValue(":abc", "abc");
  scope.AddValue(":S", "S");
  scope.AddValue(":x", Binary{"x"});
  scope.AddValue(":pq", StringSet{{"p", "q"}});
  scope.AddValue(":list", AttributeValue::List{});
  scope.AddValue(":true", true);
  return scope;
}

TEST(Condition, HoldsOrNot) {
  struct Row {
    std::string text;
    bool holds;
  };
  for (const Row& row : std::vector<Row>{
           {"attribute_exists(id)", true},
           {"attribute_exists(nope)", false},
           {"attribute_not_exists(nope.x[3])", true},
           {"attribute_exists(l[2].deep)", true},
           {"attribute_exists(l[3])", false},
           {"attribute_exists(m.#ab)", true},
           {"attribute_exists(#items)", false},
           {"n = :ten", true},
           {"n <> :ten", false},
           {"n <> s", true},
           {"nope <> :ten", true},
           {"nope <> nothing", true},
           {"nope = nothing", false},
           {"n < :one", false},
           {":one < n", true},
           {"n >= :ten", true},
           {"n > :abc", false},
           {"t < :ten", false},
           {"s = :abc", true},
           {"ss = :pq", true},
           {"t = :true", true},
           {"n BETWEEN :one AND :ten", true},
           {"nope BETWEEN :one AND :ten", false},
           {"n between :one and n.x", false},
           {"n IN (:one, :ten)", true},
           {"n in (:one)", false},
           {"begins_with(s, :a)", true},
           {"begins_with(b, :x)", true},
           {"begins_with(n, :a)", false},
           {"contains(s, :a)", true},
           {"contains(ns, :one)", true},
           {"contains(ss, :a)", false},
           {"contains(l, :one)", true},
           {"contains(b, :x)", true},
           {"size(s) = :three", true},
           {"size(umlaut) = :three", true},
           {"size(l) > size(m)", true},
           {"size(n) = :three", false},
           {"attribute_type(s, :S)", true},
           {"attribute_type(n, :S)", false},
           {"NOT n = :ten", false},
           {"NOT NOT n = :ten", true},
           {"n = :one OR n = :ten AND s = :abc", true},
           {"(n = :ten OR n = :one) AND s = :a", false},
           {"NOT n = :one AND s = :abc", true},
           {"(n) = (:ten)", true},
           {"((size(s)) = :three) AND (n = :ten)", true},
           {" \t\r\nn=:ten and(s=:abc)", true},
       }) {
    ExpressionScope scope = Scope();
    auto condition = ParseCondition("ConditionExpression", row.text, scope);
    ASSERT_TRUE(condition) << row.text << ": " << condition.error().message;
    EXPECT_EQ(Holds(*condition, kItem), row.holds) << row.text;
  }
}

TEST(Condition, IsRefusedInAwsWords) {
  struct Row {
    std::string text, message;
  };
  std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  std::string operand = "Incorrect operand type for operator or function; operator or function: ";
  for (const Row& row : std::vector<Row>{
           {"", "The expression can not be empty;"},
           {"  ", "The expression can not be empty;"},
           {"n != :ten", R"(Syntax error; token: "!", near: "n !=")"},
           {"n", R"(Syntax error; token: "<EOF>", near: "n")"},
           {"n = ", R"(Syntax error; token: "<EOF>", near: "= ")"},
           {"_n = :ten", R"(Syntax error; token: "_", near: "_n")"},
           {"n = :ten )", R"j(Syntax error; token: ")", near: ":ten )")j"},
           {"n = :ten AND", R"(Syntax error; token: "<EOF>", near: "AND")"},
           {"n[x] = :ten", R"(Syntax error; token: "x", near: "[x]")"},
           {"ü = :ten", R"(Syntax error; token: "ü", near: "ü =")"},
           {"# = :ten", R"(Syntax error; token: "#", near: "# =")"},
           {"((n = :ten))", "The expression has redundant parentheses;"},
           {"((n)) = :ten", "The expression has redundant parentheses;"},
           {"items = :ten", "Attribute name is a reserved keyword; reserved keyword: items"},
           {"m.Size = :ten", "Attribute name is a reserved keyword; reserved keyword: Size"},
           {"#no = :ten",
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #no"},
           {"n = :no",
            "An expression attribute value used in expression is not defined; attribute value: "
            ":no"},
           {"exists(n)", "Invalid function name; function: exists"},
           {"Size(n) = :ten", "Invalid function name; function: Size"},
           {"size(n)", misused + "size"},
           {"attribute_exists(n) = :true", misused + "attribute_exists"},
           {"contains(s, size(n))", misused + "size"},
           {"n = if_not_exists(n, :ten)", misused + "if_not_exists"},
           {"attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: "
            "attribute_exists"},
           {"contains(s)",
            "Incorrect number of operands for operator or function; operator or function: "
            "contains, number of operands: 1"},
           {"n = n",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first operand: [n]"},
           {"contains(m.c, m.c)",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: contains, first operand: [m, c]"},
           {"n < :list", operand + "<, operand type: L"},
           {"begins_with(s, :ten)", operand + "begins_with, operand type: N"},
           {"size(:ten) = :ten", operand + "size, operand type: N"},
           {"attribute_type(s, :abc)",
            "Invalid attribute type name found; type: abc, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
           {"n BETWEEN :ten AND :one",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: "
            "{N:1}"},
           {"n BETWEEN :ten AND :abc",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
            "operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {S:abc}"},
           {"n[99999999999] = :ten",
            "List index is not within the allowable range; index: [99999999999]"},
           // What AWS looks for first is told, wherever it stands.
           {"n = :no OR ((n = :ten))", "The expression has redundant parentheses;"},
           {"items = :no", "Attribute name is a reserved keyword; reserved keyword: items"},
       }) {
    ExpressionScope scope = Scope();
    auto condition = ParseCondition("FilterExpression", row.text, scope);
    ASSERT_FALSE(condition) << row.text;
    EXPECT_EQ(condition.error().message, "Invalid FilterExpression: " + row.message) << row.text;
  }
}

TEST(Condition, BombsAreErrors) {
  auto refused = [](const std::string& text) {
    ExpressionScope scope = Scope();
    return !ParseCondition("ConditionExpression", text, scope);
  };
  EXPECT_TRUE(refused(std::string(4000, '(')));
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_TRUE(refused(nots + "n=:one"));
  std::string ors = "n=:one";
  for (int i = 0; i < 200; ++i) ors += " OR n=:one";
  EXPECT_TRUE(refused(ors));
  EXPECT_TRUE(refused("n = :one" + std::string(4096, ' ')));
  std::string path = "n";
  for (int i = 0; i < 32; ++i) path += ".n";
  EXPECT_TRUE(refused(path + " = :one"));
}

TEST(Condition, WhatWasNotUsedIsTold) {
  ExpressionScope scope;
  scope.AddName("#b", "b");
  scope.AddName("#a", "a");
  scope.AddValue(":v", "v");
  EXPECT_EQ(scope.CheckAllUsed().error().message,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}");
  ASSERT_TRUE(ParseCondition("ConditionExpression", "#a = #b", scope));
  EXPECT_EQ(scope.CheckAllUsed().error().message,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
  ASSERT_TRUE(ParseCondition("ConditionExpression", "#a = :v", scope));
  EXPECT_TRUE(scope.CheckAllUsed());
}

TEST(ReservedWords, AreKnown) {
  for (const char* word : {"ABORT", "zone", "Items", "connection", "TTL"}) {
    EXPECT_TRUE(IsReservedWord(word)) << word;
  }
  for (const char* word : {"connectionId", "", "message", "mapping", "ABOR", "ZONES", "A"}) {
    EXPECT_FALSE(IsReservedWord(word)) << word;
  }
}

}  // namespace
}  // namespace gatehouse::table
