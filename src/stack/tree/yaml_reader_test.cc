#include "stack/tree/yaml_reader.h"

#include <gtest/gtest.h>

#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
namespace {

std::string Yaml(std::string_view text) {
  Value value;
  Problem problem;
  return ReadYaml(text, value, problem) ? ToJson(value) : problem.message;
}

std::string Json(std::string_view text) {
  Value value;
  Problem problem;
  return ReadJson(text, value, problem) ? ToJson(value) : problem.message;
}

TEST(YamlReader, KeepsWhatWasWritten) {
  EXPECT_EQ(
      Yaml("a: 012345678901\nb: 2010-09-09\nc: 1.50\nd: '5'\ne: 0x1F\nf: 1_000\ng: -7\n"),
      R"({"a":"012345678901","b":"2010-09-09","c":1.50,"d":"5","e":"0x1F","f":"1_000","g":-7})");
  EXPECT_EQ(Yaml("a: Yes\nb: off\nc: 'Yes'\non: true\nd: ~\ne:\n"),
            R"({"a":true,"b":false,"c":"Yes","on":true,"d":null,"e":null})");
  EXPECT_EQ(Yaml("a: |-\n  one\n  two\nb: >\n  three\n  four\n"),
            R"({"a":"one\ntwo","b":"three four\n"})");
}

TEST(YamlReader, GivesShortTagsTheirLongNames) {
  EXPECT_EQ(Yaml("a: !Ref B\nb: !GetAtt A.B.C\nc: !GetAtt [A, B.C]\nd: !Sub '${A}$connect'\n"),
            R"({"a":{"Ref":"B"},"b":{"Fn::GetAtt":["A","B.C"]},"c":{"Fn::GetAtt":["A","B.C"]},)"
            R"("d":{"Fn::Sub":"${A}$connect"}})");
  EXPECT_EQ(Yaml("a: !If [X, !Ref Y, !Ref 'AWS::NoValue']\nb: !Condition C\n"),
            R"({"a":{"Fn::If":["X",{"Ref":"Y"},{"Ref":"AWS::NoValue"}]},"b":{"Condition":"C"}})");
  EXPECT_EQ(Yaml("a: !Base64 !Sub x\n"), R"({"a":{"Fn::Base64":{"Fn::Sub":"x"}}})");
  EXPECT_EQ(Yaml("a: !Reff B\n"),
            "Template format error: YAML not well-formed. (line 1, column 4): unknown tag !Reff");
}

TEST(YamlReader, ExpandsAliasesAndMergeKeys) {
  EXPECT_EQ(Yaml("a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\n"),
            R"({"a":{"p":1,"q":2},"b":{"p":1,"q":2},"c":{"q":3,"p":1}})");
  EXPECT_EQ(Yaml("a: &x {p: 1}\nb: &y {p: 2, r: 3}\nc:\n  <<: [*x, *y]\n"),
            R"({"a":{"p":1},"b":{"p":2,"r":3},"c":{"p":1,"r":3}})");
  EXPECT_NE(Yaml("a: &x 1\nc:\n  <<: *x\n").find("a merge key takes"), std::string::npos);
}

TEST(YamlReader, KnowsLines) {
  Value value;
  Problem problem;
  ASSERT_TRUE(ReadYaml("a: 1\nb:\n  c:\n    - x\n    - !Ref y\n", value, problem));
  EXPECT_EQ(value.members[1].line, 2);
  EXPECT_EQ(value.Find("b")->Find("c")->items[1].line, 5);
}

TEST(YamlReader, RefusesWhatWouldBeGuessed) {
  EXPECT_EQ(Yaml("a: 1\nb:\n  c: 1\n  c: 2\n"), R"({"a":1,"b":{"c":2}})");
  EXPECT_NE(Yaml("a: 1\n---\nb: 2\n").find("a template is one document"), std::string::npos);
  EXPECT_NE(Yaml("? [a]\n: 1\n").find("a key must be text"), std::string::npos);
  EXPECT_NE(Yaml("").find("the template is empty"), std::string::npos);
  EXPECT_NE(Yaml("a: [1, 2\n").find("YAML not well-formed. (line "), std::string::npos);
  EXPECT_NE(Yaml("a: \xff\n").find("UTF-8"), std::string::npos);
  EXPECT_NE(Yaml("a: *nothing\n").find("YAML not well-formed"), std::string::npos);
}

TEST(YamlReader, ATabIsCalledOne) {
  for (const char* text : {"a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n  - b: 1\n \tc: 2\n"}) {
    EXPECT_NE(Yaml(text).find("a tab indents this line"), std::string::npos) << Yaml(text);
  }
  EXPECT_EQ(Yaml("a: [\t1, 2\n").find("a tab"), std::string::npos);
}

TEST(YamlReader, IsBounded) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 8; ++i) {
    std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 10; ++n) bomb += (n > 0 ? "," : "") + before;
    bomb += "]\n";
  }
  EXPECT_NE(Yaml(bomb).find("too many"), std::string::npos);
  std::string deep(200, '[');
  EXPECT_NE(Yaml(deep + std::string(200, ']')).find("nested too deeply"), std::string::npos);
}

TEST(JsonReader, ReadsAndRefuses) {
  EXPECT_EQ(Json(R"( {"a": [1.50, "é", true, null], "b": {}} )"),
            R"({"a":[1.50,"é",true,null],"b":{}})");
  EXPECT_EQ(Json("{\"a\": 1,\n \"a\": 2}"), R"({"a":2})");
  for (const char* wrong : {"", "{", "[1,]", "{\"a\" 1}", "{'a': 1}", "01", "tru", "{} x",
                            "\"a\nb\"", "{\"a\": \"\\q\"}"}) {
    EXPECT_TRUE(Json(wrong).starts_with("Template format error: JSON not well-formed.")) << wrong;
  }
  EXPECT_NE(Json(std::string(100, '[') + std::string(100, ']')).find("nested too deeply"),
            std::string::npos);
  EXPECT_EQ(Json("{\n  \"a\": 12x\n}"),
            "Template format error: JSON not well-formed. (line 2, column 8)");
  EXPECT_EQ(Json("[\n1\n2]"), "Template format error: JSON not well-formed. (line 3, column 1)");
  EXPECT_EQ(Json(std::string(66, '[')),
            "Template format error: JSON not well-formed. (line 1, column 66): nested too deeply");
}

}  // namespace
}  // namespace gatehouse::stack
