#include "api/stage/mock_integration.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

// What came of it: "200", "200 pong", "refused: …".
struct Fixture {
  std::string Run(const MockDefinition& definition, std::string_view message, bool two_way = true,
                  std::string_view event_type = "MESSAGE") {
    auto mock = MockIntegration::Compile(definition);
    if (!mock) return "error: " + mock.error().message;
    std::string padded(message);
    padded.append(wire::kJsonPadding, '\0');
    RequestContext context;
    context.event_type = event_type;
    context.stage = "prod";
    Event event;
    event.request_context = &context;
    event.body = std::string_view(padded).substr(0, message.size());
    RequestView view;
    view.event = &event;
    view.body = reader.Parse(event.body) ? &reader : nullptr;
    InvokeOutcome outcome = (*mock)->Run(view, two_way);
    if (outcome.kind != InvokeOutcome::kAnswered) return "refused: " + outcome.error;
    std::string line = std::to_string(outcome.answer.status_code);
    return outcome.answer.body ? line + " " + *outcome.answer.body : line;
  }
  wire::RoutingReader reader;
};

constexpr std::string_view kNoStatus =
    "refused: the MOCK integration's request template gave no JSON with a statusCode that is an "
    "integer from 100 to 599";
constexpr std::string_view kNoTemplate =
    "refused: the MOCK integration's request is the message, as no template fits, and that is no "
    "JSON with a statusCode that is an integer from 100 to 599";

MockDefinition PingPong() {
  MockDefinition mock;
  mock.request_templates = {{"$default", R"({"statusCode": 200})"}};
  mock.responses = {{"$default", {{"$default", "pong"}}}};
  return mock;
}

TEST(MockIntegrationTest, PingPong) {
  Fixture fixture;
  EXPECT_EQ(fixture.Run(PingPong(), "ping"), "200 pong");
  EXPECT_EQ(fixture.Run(PingPong(), "ping", false), "200");
}

// As the demo's template has it, and as AWS answers a MOCK without a statusCode in REST APIs.
TEST(MockIntegrationTest, WithoutATemplateTheMessageIsTakenForIt) {
  Fixture fixture;
  EXPECT_EQ(fixture.Run({}, "hello", false), kNoTemplate);
  EXPECT_EQ(fixture.Run({}, R"({"action":"x"})", false), kNoTemplate);
  EXPECT_EQ(fixture.Run({}, "", false, "CONNECT"), kNoTemplate);
  EXPECT_EQ(fixture.Run({}, R"({"statusCode":200})", false), "200");
}

TEST(MockIntegrationTest, StatusCodes) {
  Fixture fixture;
  auto run = [&](std::string_view text) {
    MockDefinition mock;
    mock.request_templates = {{"$default", std::string(text)}};
    return fixture.Run(mock, "", false);
  };
  EXPECT_EQ(run(R"({"statusCode": 404, "x": 1})"), "404");
  EXPECT_EQ(run("{statusCode: 200}"), "200");
  EXPECT_EQ(run(R"({"statusCode": "201"})"), "201");
  for (std::string_view text :
       {"", "200", "[]", "{}", R"({"statusCode": "ok"})", R"({"statusCode": 2e2})",
        R"({"statusCode": 99})", R"({"statusCode": 600})", R"({"statusCode": null})"}) {
    EXPECT_EQ(run(text), kNoStatus) << text;
  }
}

TEST(MockIntegrationTest, RequestTemplatesAreSelected) {
  Fixture fixture;
  MockDefinition mock;
  mock.template_selection_expression = "${request.body.kind}";
  mock.request_templates = {{"good", R"({"statusCode":200})"}, {"bad", R"({"statusCode":400})"}};
  EXPECT_EQ(fixture.Run(mock, R"({"kind":"good"})", false), "200");
  EXPECT_EQ(fixture.Run(mock, R"({"kind":"bad"})", false), "400");
  EXPECT_EQ(fixture.Run(mock, R"({"kind":"none"})", false), kNoTemplate);
  mock.passthrough_behavior = "WHEN_NO_TEMPLATES";
  EXPECT_EQ(fixture.Run(mock, R"({"kind":"none"})", false),
            "refused: no request template fits the message, and PassthroughBehavior is "
            "WHEN_NO_TEMPLATES");
  EXPECT_EQ(fixture.Run(mock, "", false, "CONNECT"), "415");
  mock.request_templates["$default"] = R"({"statusCode":302})";
  EXPECT_EQ(fixture.Run(mock, R"({"kind":"none"})", false), "302");
}

TEST(MockIntegrationTest, TemplatesWithoutAnExpression) {
  Fixture fixture;
  MockDefinition mock;
  mock.request_templates = {{"x", R"({"statusCode":201})"}};
  EXPECT_EQ(fixture.Run(mock, "", false), "201");  // the only one
  mock.request_templates["y"] = R"({"statusCode":202})";
  mock.passthrough_behavior = "NEVER";
  EXPECT_TRUE(fixture.Run(mock, "", false).starts_with("refused: no request template fits"));
  mock.request_templates["application/json"] = R"({"statusCode":203})";
  EXPECT_EQ(fixture.Run(mock, "", false), "203");
  mock.request_templates["$default"] = R"({"statusCode":204})";
  EXPECT_EQ(fixture.Run(mock, "", false), "204");
}

TEST(MockIntegrationTest, ResponsesAreSelectedByStatus) {
  Fixture fixture;
  MockDefinition mock;
  mock.request_templates = {{"$default", R"({"statusCode":$input.body})"}};
  mock.responses = {{"/2\\d\\d/", {{"$default", "fine"}}},
                    {"/20./", {{"$default", "never"}}},
                    {"/4\\d/", {{"$default", "half a match"}}},
                    {"$default", {{"$default", "other $context.status"}}},
                    {"/5../", {}}};
  EXPECT_EQ(fixture.Run(mock, "204"), "204 fine");
  EXPECT_EQ(fixture.Run(mock, "404"), "404 other 404");
  EXPECT_EQ(fixture.Run(mock, "500"), "500");  // no template: an empty message
  mock.responses.erase(mock.responses.begin() + 3);
  EXPECT_EQ(fixture.Run(mock, "404"),
            "refused: the MOCK integration has no response for status 404");
  EXPECT_EQ(fixture.Run(mock, "404", false), "404");
}

TEST(MockIntegrationTest, ResponseTemplatesAreSelectedAndReadTheRequest) {
  Fixture fixture;
  MockDefinition mock;
  mock.request_templates = {{"$default", R"({"statusCode":200,"echo":$input.json('$.x')})"}};
  IntegrationResponseDefinition response{"$default", {}, "${request.body.as}"};
  response.templates = {{"json", R"({"you":$input.json('$.echo')})"},
                        {"text", "$input.path('$.echo') at $context.stage"},
                        {"$default", "?"}};
  mock.responses = {response};
  EXPECT_EQ(fixture.Run(mock, R"({"x":1.50,"as":"json"})"), R"(200 {"you":1.50})");
  EXPECT_EQ(fixture.Run(mock, R"({"x":"é","as":"text"})"), "200 é at prod");
  EXPECT_EQ(fixture.Run(mock, R"({"x":1})"), "200 ?");
}

TEST(MockIntegrationTest, WhatDoesNotCompile) {
  Fixture fixture;
  MockDefinition mock = PingPong();
  mock.responses[0].templates["$default"] = "a\n#include('x')";
  EXPECT_EQ(fixture.Run(mock, ""),
            "error: integration response $default, template $default: line 2: #include is not "
            "served");
  mock = PingPong();
  mock.responses[0].key = "/(/";
  EXPECT_EQ(fixture.Run(mock, ""),
            "error: regular expression \"(\": missing closing parenthesis at character 1");
  mock = PingPong();
  mock.template_selection_expression = "$integration.response.statuscode";
  EXPECT_TRUE(fixture.Run(mock, "").starts_with("error: selection expression"));
}

}  // namespace
}  // namespace gatehouse::api
