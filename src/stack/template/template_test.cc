#include "stack/template/template.h"

#include <gtest/gtest.h>

#include "stack/template/parameters.h"

namespace gatehouse::stack {
namespace {

std::vector<std::string> Wrong(std::string_view text) {
  Problems problems;
  (void)ReadTemplate(text, problems);
  std::vector<std::string> lines;
  for (const Problem& problem : problems) {
    lines.push_back(std::to_string(problem.line) + ": " + problem.message);
  }
  return lines;
}
using Lines = std::vector<std::string>;

TEST(Template, HasItsSections) {
  Problems problems;
  const Template source = ReadTemplate(R"(
AWSTemplateFormatVersion: 2010-09-09
Description: a chat
Parameters:
  Stage: {Type: String, Default: 5, NoEcho: true, AllowedValues: [5, 6]}
Mappings: {M: {a: {b: c}}}
Conditions: {C: !Equals [a, b]}
Resources:
  T:
    Type: AWS::DynamoDB::Table
    DependsOn: [A, B]
    Condition: C
    DeletionPolicy: Retain
    Metadata: {Gatehouse: {InProcess: chat/x}, Other: 1}
    Properties: {TableName: t}
Outputs:
  O: {Value: !Ref T, Description: d, Export: {Name: e}}
)",
                                       problems);
  ASSERT_TRUE(problems.empty()) << problems.front().message;
  EXPECT_EQ(source.description, "a chat");
  EXPECT_EQ(source.parameters[0].default_value, "5");
  EXPECT_TRUE(source.parameters[0].no_echo);
  const ResourceDeclaration& table = *source.FindResource("T");
  EXPECT_EQ(table.line, 9);
  EXPECT_EQ(table.depends_on, (Lines{"A", "B"}));
  EXPECT_EQ(table.deletion_policy, RemovalPolicy::kRetain);
  EXPECT_EQ(table.in_process, "chat/x");
  EXPECT_EQ(source.outputs[0].export_name->text, "e");
}

TEST(Template, TheLastOfDuplicateKeysCountsAndIsNoted) {
  for (const char* text :
       {"Resources:\n  A: {Type: X}\n  A: {Type: Y}\n",
        "{\"Resources\":\n {\"A\": {\"Type\": \"X\"},\n  \"A\": {\"Type\": \"Y\"}}}"}) {
    Problems problems;
    const Template source = ReadTemplate(text, problems);
    EXPECT_TRUE(problems.empty());
    ASSERT_EQ(source.resources.size(), 1u);
    EXPECT_EQ(source.resources[0].type, "Y");
    EXPECT_EQ(source.resources[0].line, 3);
    ASSERT_EQ(source.notices.size(), 1u);
    EXPECT_EQ(source.notices[0].line, 3);
    EXPECT_EQ(source.notices[0].message,
              "duplicate key A: the last one counts, the one of line 2 does not");
  }
}

TEST(Template, IsTheSameFromJson) {
  Problems problems;
  const Template source = ReadTemplate(
      R"({"Resources": {"T": {"Type": "AWS::Logs::LogGroup", "Properties": {"A": 1}}}})", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(ToJson(source.resources.at(0).properties), R"({"A":1})");
}

TEST(Template, AStageSaysWhosePagesMayConnect) {
  auto read = [](const std::string& type, const std::string& origins, Problems& problems) {
    return ReadTemplate("Resources:\n  S:\n    Type: AWS::" + type +
                            "\n    Metadata: {Gatehouse: {Origins: " + origins + "}}\n",
                        problems);
  };
  Problems problems;
  const Template source =
      read("ApiGatewayV2::Stage", "[https://a.example, 'http://[::1]:3000', 'null']", problems);
  ASSERT_TRUE(problems.empty()) << problems.front().message;
  EXPECT_EQ(source.FindResource("S")->origins,
            (Lines{"https://a.example", "http://[::1]:3000", "null"}));
  for (const char* wrong : {"a.example", "[a.example]", "['https://a.example/']", "[https://A]",
                            "['*']", "['']", "[1]", "[{a: b}]"}) {
    problems.clear();
    read("ApiGatewayV2::Stage", wrong, problems);
    ASSERT_EQ(problems.size(), 1u) << wrong;
    EXPECT_EQ(problems[0].line, 4);
    EXPECT_NE(problems[0].message.find("Gatehouse/Origins] "), std::string::npos);
  }
  problems.clear();
  read("ApiGatewayV2::Api", "[https://a.example]", problems);
  EXPECT_EQ(problems.size(), 1u);
}

TEST(Template, SaysWhatIsWrong) {
  EXPECT_EQ(Wrong("Resources: {}"),
            Lines{"1: Template format error: At least one Resources member must be defined."});
  EXPECT_EQ(Wrong("Description: x"),
            Lines{"1: Template format error: At least one Resources member must be defined."});
  EXPECT_EQ(Wrong("- a"), Lines{"1: Template format error: unsupported structure."});
  EXPECT_EQ(Wrong("Resources:\n  A:\n    Properties: {}"),
            Lines{"2: Template format error: [/Resources/A] Every Resources object must contain a "
                  "Type member."});
  EXPECT_EQ(Wrong("Resources:\n  A-b: {Type: X}"),
            Lines{"2: Template format error: Resource name A-b is non alphanumeric."});
  EXPECT_EQ(Wrong("Resources:\n  A: {Type: X, Propertys: {}}"),
            Lines{"2: Invalid template resource property 'Propertys'"});
  EXPECT_EQ(Wrong("Resource:\n  A: {Type: X}\nResources: {A: {Type: X}}"),
            Lines{"1: Invalid template property or properties [Resource]"});
  EXPECT_EQ(Wrong("Resources: {A: {Type: X}}\nOutputs:\n  O: {Description: x}"),
            Lines{"3: Template format error: Every Outputs member must contain a Value object"});
  EXPECT_EQ(Wrong("AWSTemplateFormatVersion: 2011-01-01\nResources: {A: {Type: X}}"),
            Lines{"1: Template format error: unsupported value for AWSTemplateFormatVersion."});
  EXPECT_EQ(Wrong("Transform: AWS::Serverless-2016\nResources: {A: {Type: X}}"),
            Lines{"1: No transform named AWS::Serverless-2016 is supported by gatehouse yet"});
  EXPECT_EQ(Wrong("Resources:\n  A:\n    Type: X\n    Properties:\n      B:\n"),
            Lines{"5: Template format error: [/Resources/A/Properties/B] 'null' values are not "
                  "allowed in templates"});
  EXPECT_EQ(Wrong("Parameters: {P: {Type: Strin}}\nResources: {A: {Type: X}}"),
            Lines{"1: Template format error: Unrecognized parameter type: Strin"});
  EXPECT_EQ(Wrong("Resources:\n  A: {Type: X, DeletionPolicy: Snap}").size(), 1u);
}

TEST(Template, IsBounded) {
  std::string many = "Resources:\n";
  for (int i = 0; i <= 500; ++i) many += "  R" + std::to_string(i) + ": {Type: X}\n";
  EXPECT_EQ(Wrong(many), Lines{"2: Template format error: Number of resources, 501, is greater "
                               "than maximum allowed, 500"});
  EXPECT_EQ(Wrong(std::string(kTemplateBytesMax + 1, ' ')).size(), 1u);
}

struct ParametersTest : testing::Test {
  ParametersTest() {
    source = ReadTemplate(R"(
Parameters:
  Name: {Type: String, MinLength: 2, MaxLength: 4, AllowedPattern: '[a-z]+'}
  Size: {Type: Number, Default: 3, MinValue: 1, MaxValue: 5}
  Kind: {Type: String, Default: a, AllowedValues: [a, b]}
  Zones: {Type: CommaDelimitedList, Default: 'x, y'}
  Said: {Type: String, Default: ok, AllowedPattern: 'o.*', ConstraintDescription: must begin with o}
Resources: {A: {Type: X}}
)",
                          problems);
    EXPECT_TRUE(problems.empty());
  }
  std::string Why(ParameterInputs given, const ParameterTexts* previous = nullptr) {
    problems.clear();
    texts = ResolveParameters(source, given, previous, problems);
    return problems.empty() ? "" : problems[0].message;
  }
  Template source;
  Problems problems;
  ParameterTexts texts;
};

TEST_F(ParametersTest, DefaultsAndGivenValues) {
  EXPECT_EQ(Why({{"Name", {"abc", false}}, {"Size", {"5", false}}}), "");
  EXPECT_EQ(texts["Name"], "abc");
  EXPECT_EQ(texts["Size"], "5");
  EXPECT_EQ(texts["Kind"], "a");
  EXPECT_EQ(ToJson(ParameterValue(*source.FindParameter("Zones"), "x, y")), R"(["x","y"])");
}

TEST_F(ParametersTest, PreviousValues) {
  ParameterTexts previous{{"Name", "old"}, {"Size", "4"}};
  EXPECT_EQ(Why({{"Name", {"", true}}, {"Size", {"", true}}, {"Kind", {"", true}}}, &previous), "");
  EXPECT_EQ(texts["Name"], "old");
  EXPECT_EQ(texts["Size"], "4");
  EXPECT_EQ(texts["Kind"], "a");  // new since then: its default
  EXPECT_EQ(Why({{"Name", {"", true}}}),
            "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE");
}

TEST_F(ParametersTest, Refusals) {
  EXPECT_EQ(Why({}), "Parameters: [Name] must have values");
  ParameterInputs good{{"Name", {"abc", false}}};
  auto with = [&](std::string name, std::string value) {
    ParameterInputs given = good;
    given[name] = {value, false};
    return Why(given);
  };
  EXPECT_EQ(with("Nme", "x"), "Parameters: [Nme] do not exist in the template");
  EXPECT_EQ(with("Kind", "c"), "Parameter 'Kind' must be one of AllowedValues");
  EXPECT_EQ(with("Size", "x"), "Parameter 'Size' must be a number.");
  EXPECT_EQ(with("Size", "6"),
            "Parameter Size failed to satisfy constraint: must be a number less "
            "than or equal to 5");
  EXPECT_EQ(with("Name", "a"),
            "Parameter Name failed to satisfy constraint: must contain at least 2 characters");
  EXPECT_EQ(with("Name", "AB"),
            "Parameter Name failed to satisfy constraint: must match pattern [a-z]+");
  EXPECT_EQ(with("Said", "x"), "Parameter Said failed to satisfy constraint: must begin with o");
  EXPECT_EQ(with("Name", std::string(5000, 'a')),
            "Parameter Name failed to satisfy constraint: must not be longer than 4096");
}

}  // namespace
}  // namespace gatehouse::stack
