#include "stack/engine/plan.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "stack/check/template_check.h"
#include "stack/engine/references.h"
#include "stack/engine/test_stacks.h"

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

struct PlanTest : testing::Test {
  Plan Of(std::string_view text) {
    problems.clear();
    source = ReadTemplate(text, problems);
    PlanInput input;
    input.source = &source;
    input.parameters = ResolveParameters(source, {}, nullptr, problems);
    input.around = {"us-east-1", "000000000000", "demo", directory, &names};
    input.stack_id = "arn:stack";
    return MakePlan(input, problems);
  }
  std::string Why(std::string_view text) {
    (void)Of(text);
    return problems.empty() ? "" : std::to_string(problems[0].line) + ": " + problems[0].message;
  }
  static Lines Order(const Plan& plan) {
    Lines order;
    for (const Step& step : plan.steps) order.push_back(step.next.logical_id);
    return order;
  }
  TestNames names;
  Template source;
  Problems problems;
  std::string directory;
};

constexpr const char* kApi = R"(
Resources:
  Deployment: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: R1, Properties: {ApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: live, DeploymentId: !Ref Deployment}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: a}}
  R2:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: b, Target: !Sub 'integrations/${I}'}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: MOCK}}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.a}
)";

TEST_F(PlanTest, DeploymentsComeAfterEveryRouteOfTheirApi) {
  const Plan plan = Of(kApi);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(Order(plan), (Lines{"Api", "R1", "I", "R2", "Deployment", "Stage"}));
  const Resource& api = plan.steps[0].next;
  EXPECT_EQ(api.physical_id.size(), 10u);
  EXPECT_EQ(api.values.attributes.at("ApiEndpoint"),
            "wss://" + api.physical_id + ".execute-api.us-east-1.amazonaws.com");
  EXPECT_EQ(plan.steps[3].next.Text("Target"), "integrations/" + plan.steps[2].next.physical_id);
  EXPECT_EQ(plan.steps[5].next.physical_id, "live");
}

TEST_F(PlanTest, CirclesAreNamed) {
  EXPECT_EQ(Why("Resources:\n"
                "  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref B}}\n"
                "  B: {Type: AWS::Logs::LogGroup, DependsOn: A}\n"
                "  C: {Type: AWS::Logs::LogGroup, DependsOn: A}\n"),
            "2: Circular dependency between resources: [A, B]");
}

TEST_F(PlanTest, UndefinedNamesAreGathered) {
  EXPECT_EQ(Why("Resources:\n"
                "  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref X}}\n"
                "  B: {Type: AWS::Logs::LogGroup, DependsOn: Y}\n"
                "Outputs: {O: {Value: !Ref Z}}\n"),
            "2: Template format error: Unresolved resource dependencies [X, Y] in the Resources "
            "block of the template");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[1].message,
            "Template format error: Unresolved resource dependencies [Z] in the Outputs block of "
            "the template");
  EXPECT_EQ(Why("Resources:\n  A: {Type: AWS::Logs::LogGroup}\n"
                "Outputs: {O: {Value: !GetAtt A.Name}}\n"),
            "3: Template error: resource A does not support attribute type Name in Fn::GetAtt");
}

TEST_F(PlanTest, TypesThatNobodyKnowsAreNamedTogether) {
  EXPECT_EQ(Why("Resources:\n  A: {Type: AWS::SQS::Queues}\n  B: {Type: aws::S3::Buckt}\n"
                "  C: {Type: AWS::SQS::Queues}\n"),
            "2: Template format error: Unrecognized resource types: [AWS::SQS::Queues, "
            "aws::S3::Buckt] (lines 2, 3); did you mean AWS::SQS::Queue, AWS::S3::Bucket?");
  EXPECT_EQ(Why("Resources:\n  A: {Type: Datadog::Monitors::Monitor}\n"),
            "2: Template format error: Unrecognized resource types: "
            "[Datadog::Monitors::Monitor] (line 2)");
  EXPECT_EQ(Why("Resources:\n  A: {Type: AWS::Serverless::Function}\n"),
            "2: Template format error: Unrecognized resource types: [AWS::Serverless::Function] "
            "(line 2); AWS::Serverless types need Transform: AWS::Serverless-2016-10-31");
}

TEST_F(PlanTest, ConditionsDecideWhatExists) {
  const Plan plan = Of(R"(
Parameters: {On: {Type: String, Default: 'no'}}
Conditions: {Wanted: !Equals [!Ref On, 'yes']}
Resources:
  A: {Type: AWS::Logs::LogGroup, Condition: Wanted}
  B: {Type: AWS::Logs::LogGroup, DependsOn: A, Properties: {RetentionInDays: !If [Wanted, 1, 3]}}
Outputs: {O: {Condition: Wanted, Value: !Ref A}, P: {Value: !Ref B}}
)");
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(Order(plan), Lines{"B"});
  EXPECT_EQ(plan.steps[0].next.Text("RetentionInDays"), "3");
  ASSERT_EQ(plan.outputs.size(), 1u);
  EXPECT_EQ(plan.outputs[0].key, "P");
}

TEST_F(PlanTest, WhatAConditionLeavesOutMayBeOfAnyType) {
  constexpr const char* kQueue = R"(
Parameters: {On: {Type: String, Default: 'no'}}
Conditions: {Wanted: !Equals [!Ref On, 'yes']}
Resources:
  Q: {Type: AWS::SQS::Queues, Condition: Wanted}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !If [Wanted, !GetAtt Q.QueueName, b]}}
)";
  const Plan plan = Of(kQueue);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(Order(plan), Lines{"B"});
  EXPECT_EQ(plan.notices[0].line, 5);
  EXPECT_EQ(plan.notices[0].message,
            "Q (AWS::SQS::Queues) is left out by its condition Wanted; CloudFormation does not "
            "know this type");
  std::string wanted = kQueue;
  wanted.replace(wanted.find("'no'"), 4, "'yes'");
  EXPECT_EQ(Why(wanted),
            "5: Template format error: Unrecognized resource types: [AWS::SQS::Queues] (line 5); "
            "did you mean AWS::SQS::Queue?");
}

TEST_F(PlanTest, AttributesOfAwsThatAreNotServedAreSaidToBe) {
  EXPECT_EQ(Why(R"(
Resources:
  T: {Type: AWS::DynamoDB::Table}
Outputs: {O: {Value: !GetAtt T.StreamArn}}
)"),
            "4: gatehouse does not support the attribute StreamArn of AWS::DynamoDB::Table yet "
            "(resource T)");
}

TEST_F(PlanTest, PropertiesAreConverted) {
  directory = "/where/it/is";
  const Plan plan = Of(R"(
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: arn:aws:iam::000000000000:role/r
      Runtime: python3.12
      Handler: index.handler
      Timeout: "5"
      Code: {ZipFile: "def handler(e, c): pass"}
      Environment: {Variables: {Nn: 012, Tt: true, Ss: x}}
)");
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(ToJson(*plan.steps[0].next.properties.Find("Timeout")), "5");
  EXPECT_EQ(plan.steps[0].next.properties.Find("Code")->Text("Project"), "/where/it/is");
  EXPECT_EQ(ToJson(*plan.steps[0].next.properties.Find("Environment")),
            R"({"Variables":{"Nn":"012","Tt":"true","Ss":"x"}})");
}

TEST_F(PlanTest, WrongPropertiesAreTold) {
  auto table = [&](const std::string& more) {
    return Why(
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
        "      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]\n"
        "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n" +
        more);
  };
  const std::string prefix = "Properties validation failed for resource T with message: #";
  EXPECT_EQ(table("      BillingMode: PAY_PER_REQUEST\n"), "");
  EXPECT_EQ(table("      Nonsense: 1\n"),
            "7: " + prefix + ": extraneous key [Nonsense] is not permitted");
  EXPECT_EQ(table("      DeletionProtectionEnabled: maybe\n"),
            "7: " + prefix + "/DeletionProtectionEnabled: expected type: Boolean, found: String");
  EXPECT_EQ(table("      ProvisionedThroughput: {ReadCapacityUnits: 1}\n"),
            "7: " + prefix + "/ProvisionedThroughput: required key [WriteCapacityUnits] not found");
  const std::string index =
      "      BillingMode: PAY_PER_REQUEST\n      GlobalSecondaryIndexes:\n"
      "        - {IndexName: by-room, KeySchema: [{AttributeName: ";
  EXPECT_EQ(table(index + "id, KeyType: HASH}], Projection: {ProjectionType: ALL}}\n"), "");
  EXPECT_NE(table(index + "room, KeyType: HASH}], Projection: {ProjectionType: ALL}}\n")
                .find("Some index key attributes are not defined in AttributeDefinitions. Keys: "
                      "[room], AttributeDefinitions: [id]"),
            std::string::npos);
  EXPECT_NE(table(index + "id, KeyType: HASH}]}\n").find("required key [Projection] not found"),
            std::string::npos);
  EXPECT_TRUE(
      table("      BillingMode: FREE\n").starts_with("2: " + prefix + ": BillingMode FREE"));
  EXPECT_EQ(Why("Resources:\n  T: {Type: AWS::DynamoDB::Table}\n").substr(0, 3), "2: ");
  EXPECT_EQ(Why("Resources:\n  A:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: {Name: a, "
                "ProtocolType: TCP, RouteSelectionExpression: x}\n"),
            "2: Properties validation failed for resource A with message: #/ProtocolType: "
            "ProtocolType is WEBSOCKET or HTTP, not TCP");
  EXPECT_NE(Why("Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {TableName: "
                "'{{resolve:ssm:x}}'}}\n")
                .find("dynamic references"),
            std::string::npos);
}

TEST_F(PlanTest, CodeIsFoundWhereTheTemplateIs) {
  const std::string begin =
      "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Role: r\n"
      "      Runtime: python3.12\n      Handler: index.handler\n      Code: ";
  EXPECT_NE(Why(begin + "src").find("needs a source directory"), std::string::npos);
  directory = testing::TempDir() + "plan_test_code";
  std::filesystem::create_directories(directory + "/src");
  std::ofstream(directory + "/a.zip") << "x";
  std::ofstream(directory + "/a.py") << "x";
  const Plan plan = Of(begin + "./src");
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(plan.steps[0].next.properties.Find("Code")->Text("Directory"), directory + "/src");
  EXPECT_EQ(Why(begin + "a.zip"), "");
  EXPECT_NE(Why(begin + "a.py").find("is neither a folder nor a zip file"), std::string::npos);
  EXPECT_NE(Why(begin + "gone").find("does not exist"), std::string::npos);
  EXPECT_NE(Why(begin + "{S3Bucket: b, S3Key: k}").find("gatehouse has no S3 yet"),
            std::string::npos);
  EXPECT_NE(Why(begin + "{}").find("Code needs ZipFile"), std::string::npos);
  EXPECT_EQ(Why(begin + "gone\n    Metadata: {Gatehouse: {InProcess: chat/x}}\n"), "");
}

// What `cdk synth` writes around an app, and where it puts code.
TEST_F(PlanTest, TemplatesOfTheCdk) {
  directory = std::filesystem::temp_directory_path() / "gatehouse_plan_test_cdk";
  std::filesystem::create_directories(directory + "/asset.1a");
  constexpr const char* kTemplate = R"({
"Resources": {
  "F": {"Type": "AWS::Lambda::Function",
    "Properties": {"Code": {"S3Bucket": {"Fn::Sub": "cdk-assets-${AWS::AccountId}"},
                            "S3Key": "1a.zip"},
                   "Handler": "app.handler", "Runtime": "nodejs20.x", "Role": "r"},
    "Metadata": {"aws:cdk:path": "App/F", "aws:asset:path": "asset.1a",
                 "aws:asset:is-bundled": false, "aws:asset:property": "Code"}},
  "M": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:x"}}},
"Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>",
  "Default": "/cdk-bootstrap/hnb659fds/version"}},
"Rules": {"CheckBootstrapVersion": {"Assertions": []}}})";
  const Plan plan = Of(kTemplate);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(plan.steps[0].next.properties.Find("Code")->Text("Directory"), directory + "/asset.1a");
  EXPECT_EQ(plan.notices.back().message, "the CDK's rule CheckBootstrapVersion is not checked");
  std::filesystem::remove_all(directory);
  EXPECT_NE(Why(kTemplate).find("asset.1a does not exist"), std::string::npos);
  std::string other = kTemplate;
  other.replace(other.find("CheckBootstrapVersion"), 21, "MyRule");
  EXPECT_EQ(Why(other), "12: gatehouse does not support the section Rules yet");
}

TEST_F(PlanTest, WhatNoFunctionCanBeIsSaidBeforeAnythingBegins) {
  auto why = [this](const std::string& runtime, const std::string& rest) {
    return Why(
        "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Role: r\n"
        "      Code: {ZipFile: x}\n      Runtime: " +
        runtime + "\n" + rest);
  };
  EXPECT_EQ(why("python3.12", "      Handler: index.handler\n"), "");
  EXPECT_EQ(why("ruby3.3", "      Handler: index.handler\n"),
            "2: function F: gatehouse does not run the runtime \"ruby3.3\"; it runs python3.*, "
            "nodejs*, provided* and go1.x");
  EXPECT_EQ(why("python3.12", "      Handler: app.handler\n"), "");
  EXPECT_NE(why("python3.12", "      Handler: index.handler\n      Timeout: 901\n").find("timeout"),
            std::string::npos);
}

TEST_F(PlanTest, PoliciesAreChecked) {
  EXPECT_EQ(Why(R"(
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: '*'}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: [{Effect: Allow, Action: x, Resource: '*', Condition: {Like: {}}}]
)"),
            "11: Properties validation failed for resource R with message: "
            "#/Policies/0/PolicyDocument: Statement 0: unknown condition operator Like");
  auto why = [&](const std::string& type, const std::string& resource) {
    return Why("Resources:\n  R:\n    Type: AWS::IAM::" + type +
               "\n    Properties:\n      PolicyName: p\n      Roles: [r]\n      PolicyDocument: "
               "{Version: '2012-10-17', Statement: {Effect: Allow, Action: 's3:*', Resource: '" +
               resource + "'}}\n");
  };
  EXPECT_EQ(why("Policy", "${x"),
            "7: Properties validation failed for resource R with message: #/PolicyDocument: "
            "Statement 0: a policy variable has no } after its ${");
  EXPECT_EQ(why("Policy", std::string(9'000, 'x')), "");
  EXPECT_EQ(why("Policy", std::string(10'240, 'x')),
            "2: R: Maximum policy size of 10240 bytes exceeded");
}

TEST_F(PlanTest, NamesAreCut) {
  EXPECT_EQ(CutName("stack", "Logical", "RANDOM", 64), "stack-Logical-RANDOM");
  EXPECT_EQ(CutName(std::string(60, 's'), "Logical", "RANDOM", 20), "sssss-Logical-RANDOM");
  EXPECT_EQ(CutName("stack", std::string(60, 'L'), "RANDOM", 20), "s-LLLLLLLLLLL-RANDOM");
}

TEST_F(PlanTest, InertTypesAreNoticed) {
  const Plan plan = Of("Resources:\n  A: {Type: AWS::Logs::LogGroup}\n");
  ASSERT_EQ(plan.notices.size(), 1u);
  EXPECT_EQ(plan.notices[0].message,
            "AWS::Logs::LogGroup A: not served; log lines are gatehouse's own");
}

TEST(Check, TellsAllWithLines) {
  CheckOptions options;
  options.in_process_names = {{"chat/connect"}};
  const CheckResult result = Check(R"(Parameters:
  P: {Type: String, MinLength: 3}
  Bad: {Type: Number, Default: x}
Resources:
  F:
    Type: AWS::Lambda::Function
    Metadata: {Gatehouse: {InProcess: chat/nothing}}
    Properties: {Role: !Ref P, Code: x, Nonsense: 1}
)",
                                   options);
  std::vector<int> lines;
  for (const Problem& problem : result.problems) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<int>{3, 5, 8}));
  EXPECT_EQ(result.problems[1].message,
            "F: no in-process handler chat/nothing (there are chat/connect)");
  EXPECT_EQ(Check("Resources: {A: {Type: AWS::Logs::LogGroup}}", {}).problems.size(), 0u);
}

// One unsupported type, a transform or an undefined name hides nothing else, and what follows from
// them is not told again.
TEST(Check, TellsEverythingInOneGo) {
  const CheckResult result = Check(R"(Transform: [AWS::SecretsManager-2020-07-23]
Parameters:
  Memory: {Type: Number}
Conditions:
  Never: !Equals [a, b]
Resources:
  Q: {Type: AWS::SQS::Que}
  S: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}
  A: {Type: AWS::Logs::LogGroup, DependsOn: B}
  B: {Type: AWS::Logs::LogGroup, DependsOn: A}
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: ruby3.3
      Handler: index.handler
      Role: !GetAtt S.Arn
      Timeout: 901
      MemorySize: !Ref Memory
      Nonsense: 1
      Environment:
        Variables: {QUEUE: !Ref Q, ARN: !GetAtt Q.Arn, GONE: !Ref Gone, NO: !If [Nowhere, 1, 2]}
      Code: nowhere
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '${A}-x'
      KeySchema: [{AttributeName: k, KeyType: HASH}]
      Tags: nothing
Outputs:
  Q: {Value: !GetAtt Q.Arn}
  F: {Value: !GetAtt F.Colour}
  B: {Value: !Ref B}
)",
                                   {});
  Lines lines;
  for (const Problem& problem : result.problems) {
    lines.push_back(std::to_string(problem.line) + ": " + problem.message);
  }
  const std::string of_f = "Properties validation failed for resource F with message: #";
  const std::string of_t = "Properties validation failed for resource T with message: #";
  EXPECT_EQ(
      lines,
      (Lines{"1: No transform named AWS::SecretsManager-2020-07-23 is supported by gatehouse yet",
             "7: Template format error: Unrecognized resource types: [AWS::SQS::Que, "
             "AWS::Serverless::Function] (lines 7, 8); did you mean AWS::SQS::Queue?; "
             "AWS::Serverless types need Transform: AWS::Serverless-2016-10-31",
             "9: Circular dependency between resources: [A, B]",
             "11: " + of_f + "/Code: the path nowhere needs a source directory (option --source)",
             "11: function F: its timeout is 901000 ms; 1 to 900 whole seconds are allowed",
             "11: function F: gatehouse does not run the runtime \"ruby3.3\"; it runs "
             "python3.*, nodejs*, provided* and go1.x",
             "19: " + of_f + ": extraneous key [Nonsense] is not permitted",
             "21: Template format error: Unresolved condition dependency Nowhere in the "
             "Resources block of the template",
             "21: Template format error: Unresolved resource dependencies [Gone] in the "
             "Resources block of the template",
             "26: " + of_t + ": required key [AttributeDefinitions] not found",
             "28: " + of_t + "/Tags: expected type: JSONArray, found: String",
             "31: Template error: resource F does not support attribute type Colour in "
             "Fn::GetAtt"}));
}

TEST(Check, MappingTemplatesThatWillNotRunAreNoted) {
  const CheckResult result = Check(R"(Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Mock:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: MOCK
      RequestTemplates:
        fine: '{"statusCode": 200}'
        $default: "{\n#if(true)}"
  Response:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Api
      IntegrationId: !Ref Mock
      IntegrationResponseKey: $default
      ResponseTemplates: {$default: $util.error('1')}
)",
                                   {});
  EXPECT_TRUE(result.problems.empty());
  ASSERT_EQ(result.warnings.size(), 2u);
  EXPECT_EQ(result.warnings[0].line, 12);
  EXPECT_EQ(result.warnings[0].message,
            "Mock: RequestTemplates $default, line 2: an #end is missing");
  EXPECT_EQ(result.warnings[1].line, 19);
  EXPECT_EQ(result.warnings[1].message.find("Response: ResponseTemplates $default, line 1: "), 0u);
}

}  // namespace
}  // namespace gatehouse::stack
