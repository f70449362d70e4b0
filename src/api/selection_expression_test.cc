#include "api/selection_expression.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

std::string Value(std::string_view expression, std::string message) {
  auto parsed = SelectionExpression::Parse(expression);
  if (!parsed) return "error: " + parsed.error().message;
  message.append(wire::kJsonPadding, '\0');
  std::string_view text(message.data(), message.size() - wire::kJsonPadding);
  wire::RoutingReader reader;
  if (!reader.Parse(text)) return "no JSON object";
  return parsed->Evaluate(reader);
}

TEST(SelectionExpressionTest, OneVariable) {
  for (const char* text : {"$request.body.action", "${request.body.action}"}) {
    EXPECT_EQ(Value(text, R"({"action":"say"})"), "say");
    EXPECT_EQ(Value(text, R"({"action":5})"), "5");
    EXPECT_EQ(Value(text, R"({"action":[1, "a"]})"), "[1, a]");
    EXPECT_EQ(Value(text, R"({"action":null})"), "");
    EXPECT_EQ(Value(text, R"({"x":1})"), "");
    EXPECT_EQ(Value(text, R"({"action":{"a":1}})"), "");
    EXPECT_EQ(Value(text, "{action:'say'}"), "say");
  }
}

TEST(SelectionExpressionTest, NestedMembersAndElements) {
  std::string message = R"({"service":{"do":"x","list":[{"k":"y"}]}})";
  EXPECT_EQ(Value("$request.body.service.do", message), "x");
  EXPECT_EQ(Value("${request.body.service.list[0].k}", message), "y");
  EXPECT_EQ(Value("$request.body.service.none.do", message), "");
}

TEST(SelectionExpressionTest, TextAndVariablesMix) {
  std::string message = R"({"service":"chat","action":"join"})";
  EXPECT_EQ(Value("${request.body.service}/${request.body.action}", message), "chat/join");
  EXPECT_EQ(Value("$request.body.service/$request.body.action", message), "chat/join");
  EXPECT_EQ(Value("${request.body.action}-${request.body.none}", message), "join-");
  EXPECT_EQ(Value("pre${request.body.action}post", message), "prejoinpost");
}

TEST(SelectionExpressionTest, EscapedDollarsAndConstants) {
  EXPECT_EQ(Value("\\$default", "{}"), "$default");
  EXPECT_EQ(Value("plain", "{}"), "plain");
  EXPECT_EQ(Value("a\\b", "{}"), "a\\b");
  EXPECT_EQ(Value("\\", "{}"), "\\");
  EXPECT_TRUE(SelectionExpression::Parse("plain")->is_constant());
  EXPECT_TRUE(SelectionExpression::Parse("\\$default")->is_constant());
  EXPECT_FALSE(SelectionExpression::Parse("a$request.body.b")->is_constant());
}

TEST(SelectionExpressionTest, ValuesAreNotExpressionsThemselves) {
  EXPECT_EQ(Value("$request.body.a", R"({"a":"$request.body.b","b":"x"})"), "$request.body.b");
}

TEST(SelectionExpressionTest, ErrorsSayWhatIsWrong) {
  for (const char* text :
       {"", "$", "${", "${}", "${request.body.action", "$request.body", "$request.body.",
        "$request.header.x", "$context.routeKey", "${request.body.}", "${request.body..a}",
        "${request.body.a.}", "${request.body.a[]}", "$action", "${request.bodyx.a}"}) {
    auto parsed = SelectionExpression::Parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(parsed.error().message.find('"' + std::string(text) + '"'), std::string::npos);
  }
}

TEST(SelectionExpressionTest, NamesItsVariableForPeople) {
  EXPECT_EQ(SelectionExpression::Parse("$request.body.action")->VariableName(), "action");
  EXPECT_EQ(SelectionExpression::Parse("${request.body.a.b}")->VariableName(), "a.b");
  EXPECT_EQ(SelectionExpression::Parse("x$request.body.a")->VariableName(), "x$request.body.a");
  EXPECT_EQ(SelectionExpression::Parse("plain")->VariableName(), "plain");
}

}  // namespace
}  // namespace gatehouse::api
