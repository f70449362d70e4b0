#include "table/expression/item_update.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/expression/expression_parser.h"
#include "table/expression/item_path.h"
#include "table/value/attribute_json.h"

namespace gatehouse::table {
namespace {

using List = AttributeValue::List;

const Item kItem{{"n", Number{"5"}},
                 {"s", "text"},
                 {"l", List{"0", "1", "2", "3"}},
                 {"m", Item{{"a", Number{"1"}}, {"l", List{"x"}}}},
                 {"ss", StringSet{{"a", "b"}}},
                 {"ns", NumberSet{{"1"}}}};

ExpressionScope Scope() {
  ExpressionScope scope;
  scope.AddName("#k", "a.b");
  scope.AddName("#items", "items");
  scope.AddValue(":one", Number{"1"});
  scope.AddValue(":big", Number{"99999999999999999999999999999999999999"});
  scope.AddValue(":v", "v");
  scope.AddValue(":e", List{});
  scope.AddValue(":w", List{"w"});
  scope.AddValue(":map", Item{});
  scope.AddValue(":b", StringSet{{"b"}});
  scope.AddValue(":ab", StringSet{{"b", "a"}});
  scope.AddValue(":c", StringSet{{"c"}});
  scope.AddValue(":ns", NumberSet{{"1"}});
  return scope;
}

// The attributes that are not as before, as JSON; those that went away as "-name".
std::string Changed(const Item& item) {
  std::string text;
  for (const auto& [name, value] : item) {
    auto before = kItem.find(name);
    if (before == kItem.end() || !(before->second == value)) {
      text += name + "=";
      AppendJson(text, value);
      text += ' ';
    }
  }
  for (const auto& [name, value] : kItem) {
    if (!item.contains(name)) text += "-" + name + " ";
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string After(const std::string& text) {
  ExpressionScope scope = Scope();
  auto update = ParseUpdate(text, scope);
  if (!update) return update.error().message;
  auto item = ApplyUpdate(*update, kItem);
  return item ? Changed(*item) : item.error().message;
}

TEST(ItemUpdate, DoesWhatItSays) {
  struct Row {
    std::string text, result;
  };
  for (const Row& row : std::vector<Row>{
           {"SET x = :v", R"(x={"S":"v"})"},
           {"set s = :v", R"(s={"S":"v"})"},
           {"SET x = n, n = s", R"(n={"S":"text"} x={"N":"5"})"},
           {"SET n = n + :one", R"(n={"N":"6"})"},
           {"SET n = :one - n", R"(n={"N":"-4"})"},
           {"SET #items = if_not_exists(#items, :map)", R"(items={"M":{}})"},
           {"SET s = if_not_exists(s, :v)", ""},
           {"SET n = if_not_exists(nope, :one) + :one", R"(n={"N":"2"})"},
           {"SET x = list_append(:w, m.l)", R"(x={"L":[{"S":"w"},{"S":"x"}]})"},
           {"SET x = list_append(if_not_exists(x, :e), :w)", R"(x={"L":[{"S":"w"}]})"},
           {"SET m.#k = :v", R"(m={"M":{"a":{"N":"1"},"a.b":{"S":"v"},"l":{"L":[{"S":"x"}]}}})"},
           {"SET l[1] = :v", R"(l={"L":[{"S":"0"},{"S":"v"},{"S":"2"},{"S":"3"}]})"},
           {"SET m.l[9] = :v, m.l[5] = :one",
            R"(m={"M":{"a":{"N":"1"},"l":{"L":[{"S":"x"},{"N":"1"},{"S":"v"}]}}})"},
           {"REMOVE s, nope", "-s"},
           {"REMOVE m.l, m.nope", R"(m={"M":{"a":{"N":"1"}}})"},
           {"REMOVE l[1], l[3], l[7]", R"(l={"L":[{"S":"0"},{"S":"2"}]})"},
           {"REMOVE l[1] SET l[3] = :v", R"(l={"L":[{"S":"0"},{"S":"2"},{"S":"v"}]})"},
           {"SET l[8] = :v REMOVE l[4]",
            R"(l={"L":[{"S":"0"},{"S":"1"},{"S":"2"},{"S":"3"},{"S":"v"}]})"},
           {"ADD n :one, x :one", R"(n={"N":"6"} x={"N":"1"})"},
           {"ADD m.a :one", R"(m={"M":{"a":{"N":"2"},"l":{"L":[{"S":"x"}]}}})"},
           {"ADD ss :c, x :b", R"(ss={"SS":["a","b","c"]} x={"SS":["b"]})"},
           {"ADD ss :b", ""},
           {"DELETE ss :b", R"(ss={"SS":["a"]})"},
           {"DELETE ss :ab, nope :b", "-ss"},
           {"DELETE ns :ns ADD n :one REMOVE s SET x = :v", R"(n={"N":"6"} x={"S":"v"} -ns -s)"},
       }) {
    EXPECT_EQ(After(row.text), row.result) << row.text;
  }
}

TEST(ItemUpdate, WhatTheItemDoesNotAllowIsRefused) {
  const std::string path =
      "The document path provided in the update expression is invalid for update";
  const std::string type = "An operand in the update expression has an incorrect data type";
  struct Row {
    std::string text, message;
  };
  for (const Row& row : std::vector<Row>{
           {"SET x = nope",
            "The provided expression refers to an attribute that does not exist in the item"},
           {"SET n = s + :one", type},
           {"SET x = list_append(s, :w)", type},
           {"ADD s :one", type},
           {"ADD ss :ns", type},
           {"DELETE n :b", type},
           {"SET x.y = :v", path},
           {"SET s.y = :v", path},
           {"SET l.y = :v", path},
           {"SET m[0] = :v", path},
           {"REMOVE x.y", path},
           {"ADD x.y :one", path},
       }) {
    EXPECT_EQ(After(row.text), row.message) << row.text;
  }
  EXPECT_NE(After("SET n = :big + n").find("Number overflow"), std::string::npos);
}

TEST(ItemUpdate, IsRefusedInAwsWords) {
  struct Row {
    std::string text, message;
  };
  const std::string operand =
      "Incorrect operand type for operator or function; operator or function: ";
  const std::string remove = " with each other; must remove or rewrite one of these paths; ";
  for (const Row& row : std::vector<Row>{
           {"", "The expression can not be empty;"},
           {"x = :v", R"(Syntax error; token: "x", near: "x =")"},
           {"SET x :v", R"(Syntax error; token: ":v", near: "x :v")"},
           {"SET x = :v,", R"(Syntax error; token: "<EOF>", near: ",")"},
           {"ADD x n", R"(Syntax error; token: "n", near: "x n")"},
           {"SET x = n + :one + :one", R"(Syntax error; token: "+", near: ":one + :one")"},
           {"SET x = if_not_exists(n, :one + :one)",
            R"(Syntax error; token: "+", near: ":one + :one")"},
           {"SET x = :v SET y = :v",
            R"(The "SET" section can only be used once in an update expression;)"},
           {"SET items = :v", "Attribute name is a reserved keyword; reserved keyword: items"},
           {"SET x = size(n)",
            "The function is not allowed in an update expression; function: size"},
           {"SET x = foo(n)", "Invalid function name; function: foo"},
           {"SET x = if_not_exists(:v, :v)",
            "Operator or function requires a document path; operator or function: if_not_exists"},
           {"SET x = list_append(list_append(:w, :w), :w)",
            "The function is not allowed to be used this way in an expression; function: "
            "list_append"},
           {"SET x = list_append(:w)",
            "Incorrect number of operands for operator or function; operator or function: "
            "list_append, number of operands: 1"},
           {"SET x = list_append(:w, :v)", operand + "list_append, operand type: S"},
           {"SET x = n + :v", operand + "+, operand type: S"},
           {"ADD x :v",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING"},
           {"DELETE x :one",
            "Incorrect operand type for operator or function; operator: DELETE, operand type: "
            "NUMBER"},
           {"SET m = :v REMOVE m.a",
            "Two document paths overlap" + remove + "path one: [m], path two: [m, a]"},
           {"SET m.b = :v, m.a = :v, m.b = :v",
            "Two document paths overlap" + remove + "path one: [m, b], path two: [m, b]"},
           {"SET m.a = :v, m[1] = :v",
            "Two document paths conflict" + remove + "path one: [m, a], path two: [m, [1]]"},
       }) {
    EXPECT_EQ(After(row.text), "Invalid UpdateExpression: " + row.message) << row.text;
  }
}

TEST(ItemUpdate, NestingHasALimit) {
  AttributeValue deep = "x";
  for (int i = 0; i < 30; ++i) deep = List{deep};  // 31 levels
  ExpressionScope scope;
  scope.AddValue(":deep", deep);
  EXPECT_TRUE(ApplyUpdate(*ParseUpdate("SET m.a = :deep", scope), kItem));
  auto refused = ApplyUpdate(*ParseUpdate("SET m.l[0] = :deep", scope), kItem);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("Nesting Levels"), std::string::npos);
}

TEST(Projection, TakesWhatIsNamed) {
  ExpressionScope scope = Scope();
  auto projected = [&scope](const char* text) {
    auto projection = ParseProjection(text, scope);
    if (!projection) return projection.error().message;
    std::string json;
    AppendJson(json, Project(kItem, *projection));
    return json;
  };
  EXPECT_EQ(projected("n, s, nope"), R"({"n":{"N":"5"},"s":{"S":"text"}})");
  EXPECT_EQ(projected("l[3], l[0], l[9]"), R"({"l":{"L":[{"S":"0"},{"S":"3"}]}})");
  EXPECT_EQ(projected("m.a, m.nope"), R"({"m":{"M":{"a":{"N":"1"}}}})");
  EXPECT_EQ(projected("m.l[0]"), R"({"m":{"M":{"l":{"L":[{"S":"x"}]}}}})");
  EXPECT_EQ(projected("s.x, n[0], nope.x"), "{}");
  EXPECT_EQ(projected("items"),
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: "
            "items");
  EXPECT_EQ(projected("n s"), R"(Invalid ProjectionExpression: Syntax error; token: "s", near: )"
                              R"("n s")");
  EXPECT_EQ(projected("m.a, m"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove "
            "or rewrite one of these paths; path one: [m, a], path two: [m]");
}

}  // namespace
}  // namespace gatehouse::table
