#include "stack/sam/transform.h"

#include <string>

#include <gtest/gtest.h>

#include "stack/template/template.h"
#include "stack/tree/yaml_reader.h"

namespace gatehouse::stack::sam {
namespace {

struct Expanded {
  Value root;
  Problems problems;

  explicit Expanded(std::string_view text, const TransformInput& input = {}) {
    Problem problem;
    EXPECT_TRUE(ReadYaml(text, root, problem)) << problem.message;
    Transform(root, input, problems);
  }

  // What stands at a path of names and positions, as JSON; empty: nothing.
  std::string At(std::initializer_list<std::string_view> path) const {
    const Value* value = root.Find("Resources");
    for (std::string_view name : path) {
      if (!value) return {};
      if (value->is_list()) {
        const std::size_t index = std::stoul(std::string(name));
        value = index < value->items.size() ? &value->items[index] : nullptr;
      } else {
        value = value->Find(name);
      }
    }
    return value ? ToJson(*value, MemberOrder::kSorted) : std::string();
  }

  std::string Ids() const {
    std::string ids;
    for (const Member& member : root.Find("Resources")->members) {
      ids.append(ids.empty() ? "" : " ").append(member.name);
    }
    return ids;
  }

  std::string Wrong() const {
    std::string lines;
    for (const Problem& problem : problems) {
      lines.append(std::to_string(problem.line)).append(": ").append(problem.message).append("\n");
    }
    return lines;
  }
};

constexpr std::string_view kFunction = R"(
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
)";

std::string FunctionWith(std::string_view more) { return std::string(kFunction).append(more); }

TEST(Transform, AFunctionGetsARoleUnderSamsNames) {
  const Expanded made(FunctionWith(R"(
      CodeUri: s3://bucket/some/key.zip?versionId=7
      Policies:
        - AWSLambda_ReadOnlyAccess
        - DynamoDBReadPolicy: {TableName: !Ref T}
        - Statement: [{Effect: Allow, Action: 'a:B', Resource: '*'}]
)"));
  EXPECT_EQ(made.Wrong(), "");
  EXPECT_EQ(made.Ids(), "F FRole");
  EXPECT_EQ(made.root.Find("Transform"), nullptr);
  EXPECT_EQ(made.At({"F", "Properties", "Code"}),
            R"({"S3Bucket":"bucket","S3Key":"some/key.zip","S3ObjectVersion":"7"})");
  EXPECT_EQ(made.At({"F", "Properties", "Role"}), R"({"Fn::GetAtt":["FRole","Arn"]})");
  EXPECT_EQ(made.At({"F", "Properties", "Tags"}), R"([{"Key":"lambda:createdBy","Value":"SAM"}])");
  EXPECT_EQ(made.At({"FRole", "Properties", "ManagedPolicyArns"}),
            R"(["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",)"
            R"("arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess"])");
  EXPECT_EQ(made.At({"FRole", "Properties", "Policies", "0", "PolicyName"}), R"("FRolePolicy1")");
  EXPECT_EQ(made.At({"FRole", "Properties", "Policies", "1", "PolicyName"}), R"("FRolePolicy2")");
  EXPECT_NE(made.At({"FRole", "Properties", "Policies", "0"}).find(R"({"tableName":{"Ref":"T"}})"),
            std::string::npos);
}

TEST(Transform, ALocalFolderStaysAPathAndNoneIsTheTemplatesFolder) {
  EXPECT_EQ(Expanded(FunctionWith("      CodeUri: src/")).At({"F", "Properties", "Code"}),
            R"("src/")");
  EXPECT_EQ(Expanded(kFunction).At({"F", "Properties", "Code"}), R"(".")");
  EXPECT_EQ(Expanded(FunctionWith("      InlineCode: x")).At({"F", "Properties", "Code"}),
            R"({"ZipFile":"x"})");
}

TEST(Transform, GlobalsAreMergedMapsByMemberAndListsBehindEachOther) {
  const Expanded made(R"(
Transform: [AWS::Serverless-2016-10-31]
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 5
    Layers: [a]
    Architectures: [arm64]
    Environment: {Variables: {A: 1, B: 2}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      InlineCode: x
      Timeout: 9
      Layers: [b]
      Architectures: [x86_64]
      Environment: {Variables: {B: 3}}
  G:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Timeout]
    Properties: {Handler: h.h, InlineCode: x}
)");
  EXPECT_EQ(made.Wrong(), "");
  EXPECT_EQ(made.root.Find("Globals"), nullptr);
  EXPECT_EQ(made.At({"F", "Properties", "Timeout"}), "9");
  EXPECT_EQ(made.At({"F", "Properties", "Layers"}), R"(["a","b"])");
  EXPECT_EQ(made.At({"F", "Properties", "Architectures"}), R"(["x86_64"])");
  EXPECT_EQ(made.At({"F", "Properties", "Environment", "Variables"}), R"({"A":1,"B":3})");
  EXPECT_EQ(made.At({"G", "Properties", "Timeout"}), "");
  EXPECT_EQ(made.At({"G", "Properties", "Runtime"}), R"("nodejs22.x")");
}

TEST(Transform, AVersionsIdIsSamsHashOfTheCodeAndReferencesFollow) {
  const TransformInput input{"us-east-1", {{"Stage", "live-1"}}};
  const Expanded made(R"(
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: x}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: C
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: s3://sam-demo-bucket/hello.zip
      AutoPublishAlias: !Ref Stage
  U:
    Type: AWS::X::Y
    DependsOn: L
    Properties: {A: !Ref F.Version, B: !Ref F.Alias, C: !Sub '${F.Alias}/${L}', D: !Ref L}
  L:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: s3://sam-demo-bucket/layer.zip, CompatibleArchitectures: [arm64]}
)",
                      input);
  EXPECT_EQ(made.Wrong(), "");
  // echo -n '{"S3Bucket":"sam-demo-bucket","S3Key":"hello.zip"}' | sha1sum
  EXPECT_EQ(made.At({"U", "Properties", "A"}), R"({"Ref":"FVersion640128d35d"})");
  EXPECT_EQ(made.At({"U", "Properties", "B"}), R"({"Ref":"FAliasliveD1"})");
  EXPECT_EQ(made.At({"FAliasliveD1", "Properties", "Name"}), R"("live-1")");
  EXPECT_EQ(made.At({"FVersion640128d35d", "DeletionPolicy"}), R"("Retain")");
  EXPECT_EQ(made.At({"FVersion640128d35d", "Condition"}), R"("C")");
  const std::string layer = made.At({"U", "DependsOn"});
  EXPECT_EQ(layer.size(), std::string(R"("L0123456789")").size());
  EXPECT_EQ(made.At({"U", "Properties", "D"}), "{\"Ref\":" + layer + "}");
  EXPECT_EQ(made.At({"U", "Properties", "C"}),
            "{\"Fn::Sub\":\"${FAliasliveD1}/${" + layer.substr(1, layer.size() - 2) + "}\"}");
}

TEST(Transform, AWebSocketApiBecomesRoutesAndAStageThatDeploysItself) {
  const Expanded made(R"(
Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: prod
      Routes:
        $connect: {FunctionArn: !GetAtt F.Arn}
        sendMessage: {FunctionArn: !GetAtt F.Arn, IntegrationTimeout: 9000}
)");
  EXPECT_EQ(made.Wrong(), "");
  EXPECT_EQ(made.Ids(),
            "Chat ChatConnectRoute ChatConnectIntegration ChatConnectPermission "
            "ChatSendmessageRoute ChatSendmessageIntegration ChatSendmessagePermission "
            "ChatprodStage");
  EXPECT_EQ(made.At({"ChatprodStage", "Properties", "AutoDeploy"}), "true");
  EXPECT_EQ(made.At({"ChatSendmessageIntegration", "Properties", "TimeoutInMillis"}), "9000");
  EXPECT_EQ(made.At({"ChatConnectPermission", "Properties", "SourceArn"}),
            R"({"Fn::Sub":"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:)"
            R"(${Chat.ApiId}/prod/$connect"})");
}

TEST(Transform, WhatIsWrongIsToldWithLinesAndInOneSentence) {
  const Expanded made(R"(Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: h.h, Runtime: python3.12, Tiemout: 3, InlineCode: x}
  T:
    Type: AWS::Serverless::SimpleTable
    Properties: {PrimaryKey: {Name: a, Type: Sring}}
)");
  EXPECT_EQ(made.Wrong(),
            "3: Resource with id [F] is invalid. property Tiemout not defined for resource of type "
            "AWS::Serverless::Function\n"
            "6: Resource with id [T] is invalid. Invalid 'Type' \"Sring\".\n");
  EXPECT_TRUE(FailureText(made.problems)
                  .starts_with("Transform AWS::Serverless-2016-10-31 failed with: Invalid "
                               "Serverless Application Specification document. Number of errors "
                               "found: 2. Resource with id [F] is invalid. "));
  EXPECT_EQ(Expanded("Transform: AWS::Serverless-2016-10-31\nResources:\n"
                     "  G: {Type: AWS::Serverless::GraphQLApi}\n")
                .Wrong(),
            "3: Resource with id [G] is invalid. gatehouse does not expand resources of type "
            "AWS::Serverless::GraphQLApi\n");
}

// Globals of half a megabyte in each of 400 functions: refused before it is made.
TEST(Transform, ABombIsRefused) {
  std::string text =
      "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n"
      "    Description: " +
      std::string(500'000, 'x') + "\nResources:\n";
  for (int i = 0; i < 400; ++i) {
    text += "  F" + std::to_string(i) + ": {Type: AWS::Serverless::Function}\n";
  }
  EXPECT_EQ(Expanded(text).Wrong(), "13: the expanded template has more than 4194304 bytes\n");
  std::string events = FunctionWith("      InlineCode: x\n      Events:\n");
  for (int i = 0; i < 700; ++i) {
    events += "        E" + std::to_string(i) +
              ": {Type: Schedule, Properties: {Schedule: rate(1 hour)}}\n";
  }
  EXPECT_EQ(Expanded(events).Wrong(),
            "4: Template format error: Number of resources, 501, is greater than maximum "
            "allowed, 500\n");
}

TEST(Transform, WhatMetadataSaysToGatehousePasses) {
  const Expanded made(R"(
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Gatehouse: {InProcess: chat/connect}}
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Metadata: {Gatehouse: {Origins: ['null']}}
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: !GetAtt F.Arn}}
)");
  EXPECT_EQ(made.Wrong(), "");
  EXPECT_EQ(made.At({"F", "Metadata"}), R"({"Gatehouse":{"InProcess":"chat/connect"}})");
  EXPECT_EQ(made.At({"ChatDefaultStage", "Metadata"}), R"({"Gatehouse":{"Origins":["null"]}})");
}

// What SAM refuses hides nothing else, as long as all was expanded.
TEST(Transform, TheRestIsJudgedBesideWhatIsWrong) {
  Problems problems;
  const Template source = ReadTemplate(FunctionWith(R"(
      InlineCode: x
      Tiemout: 3
  T: {Type: AWS::DynamoDB::Table, Propertys: {}}
)"),
                                       problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].line, 4);
  EXPECT_EQ(problems[1].message, "Invalid template resource property 'Propertys'");
  EXPECT_TRUE(source.transform_failure.ends_with(
      "Number of errors found: 1. Resource with id [F] is invalid. property Tiemout not defined "
      "for resource of type AWS::Serverless::Function"));
  problems.clear();
  (void)ReadTemplate(
      "Transform: AWS::Serverless-2016-10-31\nResources:\n"
      "  T: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: "
      "a, Type: x}}}\nOutputs: {O: {Value: !Ref T, Nonsense: 1}}\n",
      problems);
  EXPECT_EQ(problems.size(), 1u);
}

TEST(Transform, ATemplateIsReadThroughIt) {
  Problems problems;
  const Template source = ReadTemplate(FunctionWith("      InlineCode: x"), problems);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(source.transforms, std::vector<std::string>{"AWS::Serverless-2016-10-31"});
  EXPECT_EQ(source.declared_types, std::vector<std::string>{"AWS::Serverless::Function"});
  ASSERT_NE(source.FindResource("FRole"), nullptr);
  EXPECT_EQ(source.FindResource("FRole")->line, 4);
}

}  // namespace
}  // namespace gatehouse::stack::sam
