#include "api/language/selection_expression.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

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

TEST(SelectionExpressionTest, BracketsNameMembers) {
  std::string message = R"({"a b":{"c.d":["x","y"]},"e}":"z"})";
  EXPECT_EQ(Value("${request.body['a b']['c.d'][1]}", message), "y");
  EXPECT_EQ(Value("$request.body['a b'][\"c.d\"][0]!", message), "x!");
  EXPECT_EQ(Value("${request.body['e}']}-", message), "z-");
}

// What the places behind the route's choice may read besides.
struct ViewFixture {
  ViewFixture() {
    context.route_key = "say";
    context.event_type = "MESSAGE";
    context.connection_id = "L0SM9cOFvHcCIhw=";
    context.connected_at = 1767262210417;
    context.source_ip = "192.0.2.1";
    event.request_context = &context;
    event.headers = headers;
    event.query = query;
    view.event = &event;
    view.stage_variables = &variables;
    view.status_code = 204;
    view.integration_body = R"({"errorMessage":"no luck","a":[1,{"b":"deep"}]})";
  }
  std::string Value(std::string_view text, SelectionUse use = SelectionUse::kResponse) const {
    auto parsed = SelectionExpression::Parse(text, use);
    return parsed ? parsed->Evaluate(view) : "error: " + parsed.error().message;
  }
  RequestContext context;
  std::vector<NameValue> headers{{"X-Color", "red"}, {"x-color", "blue"}};
  std::vector<NameValue> query{{"room", "1"}, {"room", "2"}};
  Event event;
  std::map<std::string, std::string> variables{{"table", "rooms"}};
  RequestView view;
};

TEST(SelectionExpressionTest, RequestsHaveMoreVariables) {
  ViewFixture fixture;
  auto value = [&](std::string_view text) { return fixture.Value(text, SelectionUse::kRequest); };
  EXPECT_EQ(value("$context.routeKey/${context.identity.sourceIp}"), "say/192.0.2.1");
  EXPECT_EQ(value("$context.connectedAt"), "1767262210417");
  EXPECT_EQ(value("$context.authorizer.tenant"), "");
  EXPECT_EQ(value("$stageVariables.table/${stageVariables.none}"), "rooms/");
  EXPECT_EQ(value("$request.header.x-COLOR"), "blue");
  EXPECT_EQ(value("$request.multivalueheader.X-Color"), "blue");
  EXPECT_EQ(value("$request.querystring.room"), "2");
  EXPECT_EQ(value("$request.querystring.Room"), "");
  EXPECT_EQ(value("$request.body.action"), "");  // no JSON object came
  EXPECT_EQ(value("$default"), "$default");
}

TEST(SelectionExpressionTest, ResponsesHaveWhatTheIntegrationAnswered) {
  ViewFixture fixture;
  EXPECT_EQ(fixture.Value("$integration.response.statuscode"), "204");
  EXPECT_EQ(fixture.Value("${response.statuscode}"), "204");
  EXPECT_EQ(fixture.Value("$integration.response.body.errorMessage"), "no luck");
  EXPECT_EQ(fixture.Value("${response.body.a[1].b}${integration.response.header.x}"), "deep");
  fixture.view.integration_body = "no json";
  EXPECT_EQ(fixture.Value("$integration.response.body.errorMessage"), "");
}

TEST(SelectionExpressionTest, WhatCannotBeReadThereIsRefused) {
  auto refusal = [](std::string_view text, SelectionUse use) {
    auto parsed = SelectionExpression::Parse(text, use);
    return parsed ? "none" : parsed.error().message;
  };
  EXPECT_EQ(refusal("$context.routeKey", SelectionUse::kRoute),
            "selection expression \"$context.routeKey\": only $request.body.… can be selected on");
  EXPECT_EQ(refusal("$integration.response.statuscode", SelectionUse::kRequest),
            "selection expression \"$integration.response.statuscode\": "
            "$integration.response.statuscode is known only to integration responses");
  EXPECT_EQ(refusal("$context.httpMethod", SelectionUse::kRequest),
            "selection expression \"$context.httpMethod\": there is no variable "
            "$context.httpMethod");
  EXPECT_EQ(refusal("$request.header.", SelectionUse::kRequest),
            "selection expression \"$request.header.\": there is no variable $request.header");
  EXPECT_EQ(refusal("${request.header.}", SelectionUse::kRequest),
            "selection expression \"${request.header.}\": $request.header. names nothing");
  EXPECT_EQ(refusal("$response.statuscode2", SelectionUse::kResponse),
            "selection expression \"$response.statuscode2\": there is no variable "
            "$response.statuscode2");
  EXPECT_EQ(refusal("${request.body.*}", SelectionUse::kRoute),
            "selection expression \"${request.body.*}\": wildcards, filters and calls are not "
            "served");
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
