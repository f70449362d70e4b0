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
  for (std::string_view text : {"", "pong", R"({"statusCode": 200})", "5 $ and $foo and ${baz}",
                                "a # b #1", "C:\\path\\$", "#hashtag", "ü\n"}) {
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
  EXPECT_EQ(fixture.Render("$input.path('$.a.b[0]')|$input.path('$.a.b[2]')|", input), "1.5||");
  EXPECT_EQ(fixture.Render("$input.path('$.a').b", input), R"([1.5,"x\ny",null])");
  EXPECT_EQ(fixture.Render("$input.path('$').t-", input), "$input.path('$').t-");  // a name
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
  const std::pair<std::string_view, std::string> rows[] = {
      {"a\n\n#macro(x)#end", "line 3: #macro"},
      {"#parse('x')", "line 1: #parse"},
      {"#{include}('x')", "line 1: #include"},
      {"#define($x)a#end", "line 1: #define"},
      {"\n#evaluate('$x')", "line 2: #evaluate"},
      {"#@x()", "line 1: #@"},
      {"$input.headers", "line 1: $input.headers"},
      {"\n$util.error('x')", "line 2: $util.error"},
      {"$input.json('$.a', 1)", "line 1: $input.json"},
      {"$input", "line 1: $input"},
      {"$util.urlEncode", "line 1: $util.urlEncode"},
      {"$context", "line 1: $context by itself"},
      {"#set($context.stage = 'x')", "line 1: #set of $context"},
      {"#if(true)\n$util.x('')\n#end", "line 2: $util.x"},
      {"#set($x = \"a\n$util.x('')\")", "line 2: $util.x"},
  };
  for (const auto& [text, what] : rows) {
    EXPECT_EQ(fixture.Render(text), "refused: " + what + " is not served") << text;
  }
}

TEST(MappingTemplateTest, WhatIsMalformedIsNamedWithItsLine) {
  Fixture fixture;
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"${context.stage", "refused: line 1: a brace is not closed behind a reference"},
      {"$input.json($.a)", "refused: line 1: a value is missing"},
      {"$input.json('$.a", "refused: line 1: a quoted text is not closed"},
      {"$input.json('$.a'", "refused: line 1: a parenthesis is not closed"},
      {"$stageVariables['a'", "refused: line 1: a bracket is not closed"},
      {"$stageVariables['a', 'b']", "refused: line 1: brackets take one index"},
      {"#* never closed", "refused: line 1: the comment #* is not closed"},
      {"#[[ never closed", "refused: line 1: the text #[[ is not closed"},
      {"\n#if(true)", "refused: line 2: an #end is missing"},
      {"x#end", "refused: line 1: #end without #if or #foreach"},
      {"#if(true)#else#else#end", "refused: line 1: #else behind #else"},
      {"#if true", "refused: line 1: #if has no parenthesis"},
      {"#if(true", "refused: line 1: the parenthesis of #if is not closed"},
      {"#set $x", "refused: line 1: #set has no parenthesis"},
      {"#set(x = 1)", "refused: line 1: #set sets no reference"},
      {"#set($x.y() = 1)", "refused: line 1: #set cannot set a call"},
      {"#set($x 1)", "refused: line 1: #set has no ="},
      {"#set($x = 1", "refused: line 1: the parenthesis of #set is not closed"},
      {"#set($x = 99999999999999999999)", "refused: line 1: a number is too large"},
      {"#set($x = [1)", "refused: line 1: a bracket is not closed"},
      {"#set($x = {'a'})", "refused: line 1: a map's name is not followed by a colon"},
      {"#set($x = {'a':1)", "refused: line 1: a brace is not closed"},
      {"#set($x = (1)", "refused: line 1: the parenthesis of #set is not closed"},
      {"#foreach $x", "refused: line 1: #foreach has no parenthesis"},
      {"#foreach(x in [1])", "refused: line 1: #foreach has no variable"},
      {"#foreach($x of [1])", "refused: line 1: #foreach has no \"in\""},
  };
  for (auto [text, what] : rows) EXPECT_EQ(fixture.Render(text), what) << text;
}

TEST(MappingTemplateTest, WhatFailsWhenItIsRenderedIsNamedWithItsLine) {
  Fixture fixture;
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"\n$input.json('a')", "failed: line 2: a JSONPath begins with $"},
      {"\n$input.json('$..a')", "failed: line 2: $..a: a member name is empty"},
      {"$util.parseJson('{')", "failed: line 1: $util.parseJson was given no JSON"},
      {"#set($l = [1])\n$l.get(1)", "failed: line 2: index 1 is out of bounds of 1"},
      {"#set($s = 'ab')$s.substring(3)", "failed: line 1: index 3 is out of bounds of 2"},
      {"#set($s = 'ab')$s.substring(2, 1)", "failed: line 1: index 1 is out of bounds of 2"},
      {"#set($s = 'ab')$s.replaceAll('a', '$1')", "failed: line 1: the pattern has no group 1"},
      {"#set($x = 9223372036854775807)\n#set($x = $x + 1)",
       "failed: line 2: a number grows too large"},
      {"#set($x = 0 - 9223372036854775807 - 1)#set($x = $x / -1)",
       "failed: line 1: a number grows too large"},
      {"#foreach($i in [1..1001])x#end",
       "failed: line 1: #foreach goes over 1001 items; 1000 are allowed"},
  };
  for (auto [text, what] : rows) EXPECT_EQ(fixture.Render(text), what) << text;
}

TEST(MappingTemplateTest, NothingButItsOwnDataIsReached) {
  Fixture fixture;
  for (std::string_view text :
       {"$context.stage.class", "$context.stage.getClass().forName('java.lang.Runtime')",
        "#set($x = 'a')$x.class.name", "#set($x = [])$x.class", "#set($x = {})$x.getClass()",
        "#set($x = 1)$x.wait(1)"}) {
    std::string_view printed = text.substr(text.starts_with('#') ? text.find(')') + 1 : 0);
    EXPECT_EQ(fixture.Render(text), printed);
  }
}

TEST(MappingTemplateTest, ListsThatHoldThemselvesEnd) {
  Fixture fixture;
  std::string ring = fixture.Render("#set($l = [])#set($ok = $l.add($l))$l");
  EXPECT_NE(ring.find("..."), std::string::npos);
  EXPECT_LT(ring.size(), 300u);
  std::string deep =
      fixture.Render("#set($l = [])#foreach($i in [1..900])#set($l = [$l])#end$l.size()");
  EXPECT_EQ(deep, "1");
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
  for (int i = 0; i <= 20'000; ++i) many += "$input.body";
  EXPECT_EQ(fixture.Render(many), "refused: line 1: more than 20000 parts");
  std::string nested = "$input.body";
  for (int i = 0; i < 100; ++i) nested = "$util.urlEncode(" + nested + ")";
  EXPECT_EQ(fixture.Render(nested), "refused: line 1: nested deeper than 64");
  for (std::string_view brackets : {"#set($x = ", "#if(", "#foreach($i in "}) {
    std::string deep(brackets);
    for (int i = 0; i < 50'000; ++i) deep += brackets.starts_with("#if") ? "(" : "[";
    EXPECT_EQ(fixture.Render(deep), "refused: line 1: nested deeper than 64");
  }
}

TEST(MappingTemplateTest, WorkIsBounded) {
  Fixture fixture;
  const std::string too_much = "failed: line 1: the mapping template computes too much";
  // Doubled 64 times, looped a thousand times a thousand, searched by a pattern that backtracks.
  EXPECT_EQ(fixture.Render("#set($s = 'xxxxxxxx')#foreach($i in [1..64])#set($s = $s + $s)#end"),
            too_much);
  EXPECT_EQ(fixture.Render("#foreach($i in [1..1000])#foreach($j in [1..1000])x#end#end"),
            too_much);
  EXPECT_EQ(fixture.Render("#set($l = [1..1000000000])"), too_much);
  EXPECT_EQ(fixture.Render("#set($l = [1])#foreach($i in [1..64])#set($ok = $l.addAll($l))#end"),
            too_much);
  std::string same = "#set($l = ['x'])#foreach($i in [1..64])#set($l = [$l, $l])#end$l";
  EXPECT_EQ(fixture.Render(same), too_much);
  std::string pattern = "#set($s = '" + std::string(40, 'a') + "')$s.replaceAll('(a+)+b', '')";
  EXPECT_EQ(fixture.Render(pattern), std::string(40, 'a'));
}

}  // namespace
}  // namespace gatehouse::api
