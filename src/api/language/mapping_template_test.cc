#include "api/language/mapping_template.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

struct Fixture {
  Fixture() {
    context.route_key = "say";
    context.event_type = "MESSAGE";
    context.connection_id = "L0SM9cOFvHcCIhw=";
    context.message_id = "L0SM9dIkPHcCIhw=";
    context.request_id = "L0SM9FVfPHcF9tQ=";
    context.api_id = "abcde12345";
    context.stage = "prod";
    context.domain_name = "localhost";
    context.source_ip = "192.0.2.1";
    context.user_agent = "probe";
    context.connected_at = 1767262210417;
    context.request_time_epoch = 1767262225208;
    event.request_context = &context;
    event.headers = headers;
    event.query = query;
    view.event = &event;
    view.stage_variables = &variables;
  }
  std::string Render(std::string_view text, std::string_view input = "") const {
    Result<MappingTemplate> compiled = MappingTemplate::Compile(text);
    if (!compiled) return "refused: " + compiled.error().message;
    Result<std::string> rendered = compiled->Render(view, input);
    return rendered ? *rendered : "failed: " + rendered.error().message;
  }
  RequestContext context;
  std::vector<NameValue> headers{{"X-Color", "red"}};
  std::vector<NameValue> query{{"room", "blue"}, {"x-color", "of the query"}};
  Event event;
  std::map<std::string, std::string> variables{{"table", "rooms"}, {"with_line", "x"}};
  RequestView view;
};

TEST(MappingTemplateTest, TextIsText) {
  Fixture fixture;
  for (std::string_view text :
       {"", "pong", R"({"statusCode": 200})", "5 $ and $foo and $!bar.x and ${baz}", "a # b #1",
        "C:\\path\\$", "#hashtag", "ü\n"}) {
    EXPECT_EQ(fixture.Render(text), text);
  }
}

TEST(MappingTemplateTest, EveryContextVariable) {
  Fixture fixture;
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"connectionId", "L0SM9cOFvHcCIhw="},
      {"connectedAt", "1767262210417"},
      {"domainName", "localhost"},
      {"eventType", "MESSAGE"},
      {"messageId", "L0SM9dIkPHcCIhw="},
      {"routeKey", "say"},
      {"requestId", "L0SM9FVfPHcF9tQ="},
      {"extendedRequestId", "L0SM9FVfPHcF9tQ="},
      {"apiId", "abcde12345"},
      {"stage", "prod"},
      {"status", "404"},
      {"requestTime", "01/Jan/2026:10:10:25 +0000"},
      {"requestTimeEpoch", "1767262225208"},
      {"identity.sourceIp", "192.0.2.1"},
      {"identity.userAgent", "probe"},
      {"messageDirection", "IN"},
      {"authorizer.principalId", ""},
      {"authorizer.tenant", ""},
      {"error.messageString", ""},
      {"error.validationErrorString", ""},
      {"identity.accountId", ""},
      {"nobodyKnowsIt", ""},
  };
  fixture.view.status_code = 404;
  for (auto [name, value] : rows) {
    std::string dotted = "$context." + std::string(name);
    std::string braced = "<$!{context." + std::string(name) + "}>";
    EXPECT_EQ(fixture.Render(dotted), value) << name;
    EXPECT_EQ(fixture.Render(braced), "<" + std::string(value) + ">") << name;
  }
}

TEST(MappingTemplateTest, ReferencesEndWhereNamesEnd) {
  Fixture fixture;
  EXPECT_EQ(fixture.Render("at $context.stage."), "at prod.");
  EXPECT_EQ(fixture.Render("${context.stage}x"), "prodx");
  EXPECT_EQ(fixture.Render("$context.stage$context.stage"), "prodprod");
  EXPECT_EQ(fixture.Render("\\$context.stage \\$x"), "$context.stage \\$x");
}

TEST(MappingTemplateTest, StageVariables) {
  Fixture fixture;
  EXPECT_EQ(fixture.Render("$stageVariables.table|${stageVariables.table}|$stageVariables.none|"),
            "rooms|rooms||");
  EXPECT_EQ(fixture.Render("$stageVariables['table']$stageVariables[\"with_line\"]"), "roomsx");
  EXPECT_EQ(fixture.Render("$stageVariables.get('table')"), "rooms");
}

TEST(MappingTemplateTest, Input) {
  Fixture fixture;
  std::string_view input = R"({"a":{"b":[1.50,"x\ny",null]},"t":true,"s":"é"})";
  EXPECT_EQ(fixture.Render("<$input.body>", input), "<" + std::string(input) + ">");
  EXPECT_EQ(fixture.Render("$input.json('$')", input), input);
  EXPECT_EQ(fixture.Render("$input.json('$.a.b')", input), R"([1.50,"x\ny",null])");
  EXPECT_EQ(fixture.Render(R"($input.json("$['a'].b[1]"))", input), R"("x\ny")");
  EXPECT_EQ(fixture.Render("$input.json('$.none')", input), R"("")");
  EXPECT_EQ(fixture.Render("$input.path('$.a.b[1]')", input), "x\ny");
  EXPECT_EQ(fixture.Render("$input.path('$.a.b[0]')|$input.path('$.a.b[2]')|", input), "1.50||");
  EXPECT_EQ(fixture.Render("$input.path('$.a').b", input), R"([1.50,"x\ny",null])");
  EXPECT_EQ(fixture.Render("$input.path('$').t-", input), "");  // a name may have a hyphen
  EXPECT_EQ(fixture.Render("${input.path('$').t}-", input), "true-");
  EXPECT_EQ(fixture.Render("$input.params('room') $input.params('x-color')"), "blue of the query");
  EXPECT_EQ(fixture.Render("$input.params('X-COLOR')$input.params('none')"), "red");
}

TEST(MappingTemplateTest, InputThatIsNoJsonOrLenient) {
  Fixture fixture;
  EXPECT_EQ(fixture.Render("$input.body|$input.json('$.a')|$input.path('$.a')", "hello"),
            R"(hello|""|)");
  EXPECT_EQ(fixture.Render("$input.json('$')", R"({a:'x"y', b:[1,{c:null}]})"),
            R"({"a":"x\"y","b":[1,{"c":null}]})");
}

TEST(MappingTemplateTest, Utilities) {
  Fixture fixture;
  EXPECT_EQ(fixture.Render("$util.escapeJavaScript($input.body)", "it's \"a\"\n/é😀\x01"),
            "it\\'s \\\"a\\\"\\n\\/\\u00E9\\uD83D\\uDE00\\u0001");
  EXPECT_EQ(fixture.Render("$util.urlEncode('a b/ü*')"), "a+b%2F%C3%BC*");
  EXPECT_EQ(fixture.Render("$util.urlDecode('a+b%2F%C3%BC')"), "a b/ü");
  EXPECT_EQ(fixture.Render("$util.base64Encode($context.stage)"), "cHJvZA==");
  EXPECT_EQ(fixture.Render("$util.base64Decode('cHJvZA==')|$util.base64Decode('?')"), "prod|");
  EXPECT_EQ(fixture.Render("$util.urlDecode($util.base64Decode($input.path('$.x')))",
                           R"({"x":"YSUyNg=="})"),
            "a&");
}

TEST(MappingTemplateTest, Comments) {
  Fixture fixture;
  EXPECT_EQ(fixture.Render("a## $input.nothing\nb#* #if *#c"), "abc");
  EXPECT_EQ(fixture.Render("##"), "");
}

TEST(MappingTemplateTest, WhatIsNotServedIsNamedWithItsLine) {
  Fixture fixture;
  const std::string rest = " is not served (text, $context, $input, $stageVariables and $util are)";
  const std::pair<std::string_view, std::string> rows[] = {
      {"a\nb\n#set($x = 1)", "line 3: #set"},
      {"#if(true)x#end", "line 1: #if"},
      {"#{foreach}", "line 1: #foreach"},
      {"x#end", "line 1: #end"},
      {"#[[raw]]#", "line 1: #[["},
      {"$input.headers", "line 1: $input.headers"},
      {"\n$util.parseJson('{}')", "line 2: $util.parseJson"},
      {"$input.json('$.a').x", "line 1: a member or method of a value"},
      {"$input.path('$.a').size()", "line 1: a member or method of a value"},
      {"$context.stage.substring(1)", "line 1: a member or method of a value"},
      {"$input.body.x", "line 1: a member or method of a value"},
      {"$input.params().header", "line 1: a call without an argument"},
      {"$context", "line 1: $context by itself"},
      {"$stageVariables", "line 1: $stageVariables by itself"},
  };
  for (const auto& [text, what] : rows) {
    EXPECT_EQ(fixture.Render(text), "refused: " + what + rest) << text;
  }
}

TEST(MappingTemplateTest, MalformedReferences) {
  Fixture fixture;
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"${context.stage", "refused: line 1: a brace is not closed behind a reference"},
      {"$input.json($.a)", "refused: line 1: a quoted text is missing"},
      {"$input.json('$.a", "refused: line 1: a quoted text is not closed"},
      {"$input.json('$.a'", "refused: line 1: a parenthesis is not closed"},
      {"$input.json('a')", "refused: line 1: a JSONPath begins with $"},
      {"$input.json", "refused: line 1: a parenthesis is missing"},
      {"\n$input.json('$..a')", "refused: line 2: $..a: a member name is empty"},
      {"$util.urlEncode('a'", "refused: line 1: a parenthesis is not closed"},
      {"$util.urlEncode", "refused: line 1: a parenthesis is missing"},
      {"$stageVariables['a'", "refused: line 1: a bracket is not closed"},
      {"$stageVariables.get('a'", "refused: line 1: a parenthesis is not closed"},
      {"#* never closed", "refused: line 1: the comment #* is not closed"},
  };
  for (auto [text, what] : rows) EXPECT_EQ(fixture.Render(text), what) << text;
}

TEST(MappingTemplateTest, SizesAreBounded) {
  Fixture fixture;
  std::string longest(MappingTemplate::kBytesMax, 'x');
  EXPECT_EQ(fixture.Render(longest), "failed: the mapping template gave more than 131072 bytes");
  EXPECT_EQ(fixture.Render(longest + "x"),
            "refused: the mapping template has 307201 bytes; 307200 are allowed");
  std::string message(MappingTemplate::kOutputBytesMax, 'm');
  EXPECT_EQ(fixture.Render("$input.body", message), message);
  EXPECT_EQ(fixture.Render("$input.body$input.body", message),
            "failed: the mapping template gave more than 131072 bytes");
  std::string many;
  for (std::size_t i = 0; i <= MappingTemplate::kReferencesMax; ++i) many += "$input.body";
  EXPECT_EQ(fixture.Render(many), "refused: line 1: more than 1000 references");
  std::string nested = "$input.body";
  for (std::size_t i = 0; i <= MappingTemplate::kReferencesMax; ++i) {
    nested = "$util.urlEncode(" + nested + ")";
  }
  EXPECT_EQ(fixture.Render(nested), "refused: line 1: more than 1000 references");
}

}  // namespace
}  // namespace gatehouse::api
