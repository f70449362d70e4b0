#include "stack/resource/inert_types.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "stack/check/template_check.h"
#include "stack/engine/test_stacks.h"
#include "stack/resource/inert_values.h"
#include "stack/resource/known_types.h"

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

Lines LinesOf(const Problems& problems) {
  Lines lines;
  for (const Problem& problem : problems) {
    lines.push_back(std::to_string(problem.line) + ": " + problem.message);
  }
  return lines;
}

TEST(KnownTypes, AreSortedAndReadWhole) {
  const auto& types = KnownTypes();
  EXPECT_GT(types.size(), 1500u);
  EXPECT_TRUE(std::is_sorted(types.begin(), types.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const char* name : {"AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::CDK::Metadata",
                           "AWS::CloudFormation::WaitConditionHandle"}) {
    EXPECT_TRUE(IsKnownType(name)) << name;
  }
  EXPECT_FALSE(IsKnownType("AWS::SNS::Topi"));
  EXPECT_FALSE(IsKnownType(""));
  const auto queue = std::find_if(types.begin(), types.end(), [](const KnownType& type) {
    return type.name == "AWS::SQS::Queue";
  });
  EXPECT_EQ(queue->name_property, "QueueName");
  EXPECT_EQ(queue->replacing, "QueueName FifoQueue");
}

TEST(KnownTypes, TheNearestName) {
  EXPECT_EQ(NearestTypeName("AWS::Lamda::Function"), "AWS::Lambda::Function");
  EXPECT_EQ(NearestTypeName("aws::sns::topic"), "AWS::SNS::Topic");
  EXPECT_EQ(NearestTypeName("AWS::ApiGatewayV2::Routes"), "AWS::ApiGatewayV2::Route");
  EXPECT_EQ(NearestTypeName("x"), "");
  EXPECT_EQ(NearestTypeName(std::string(1000, 'x')), "");
}

TEST(InertTypes, EveryRowOfTheTableIsKnownAndWhole) {
  TestNames names;
  const Surroundings around{"eu-west-1", "123456789012", "demo", "", &names};
  int rows = 0;
  for (const KnownType& type : KnownTypes()) {
    std::string_view attributes = InertAttributes(type.name);
    Resource resource;
    resource.type = type.name;
    resource.logical_id = "It";
    resource.physical_id = "demo-It-X";
    resource.properties = Value::Object();
    const ResourceValues values = InertValues(resource, around);
    EXPECT_FALSE(values.ref.empty()) << type.name;
    if (attributes.empty()) {
      EXPECT_TRUE(values.attributes.contains(kAnyAttribute)) << type.name;
      continue;
    }
    ++rows;
    EXPECT_EQ(values.attributes.size(),
              1u + static_cast<std::size_t>(std::count(attributes.begin(), attributes.end(), ' ')))
        << type.name;
    for (const auto& [name, text] : values.attributes) {
      EXPECT_FALSE(text.empty()) << type.name << " " << name;
      EXPECT_EQ(text.find_first_of("{ }"), text.npos) << type.name << " " << name << " " << text;
    }
  }
  EXPECT_GE(rows, 20);
}

constexpr const char* kZoo = R"(Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs, RedrivePolicy: {maxReceiveCount: 3}}}
  Files: {Type: AWS::S3::Bucket, DeletionPolicy: Snapshot}
  Db: {Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, Properties: {Engine: mysql}}
  Mine: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Db.Endpoint.Address}}
  Own: {Type: AWS::CloudFormation::CustomResource, DependsOn: Alerts}
  Key: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: '{{resolve:ssm:x}}'}}
Outputs:
  Topic: {Value: !Ref Alerts}
  TopicName: {Value: !GetAtt Alerts.TopicName}
  Queue: {Value: !Ref Jobs}
  QueueArn: {Value: !GetAtt Jobs.Arn}
  Bucket: {Value: !Ref Files}
  Url: {Value: !Sub '${Files.RegionalDomainName}'}
  Answer: {Value: !GetAtt Mine.Answer}
)";

TEST(InertTypes, LoadWithOneLineEach) {
  StacksWorld world;
  const auto result = world.Deploy(StacksWorld::Request(kZoo));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(LinesOf(result->notices),
            (Lines{"2: AWS::SNS::Topic Alerts: not served; publishing to it answers an error",
                   "3: AWS::SQS::Queue Jobs: not served; sending to it answers an error",
                   "4: AWS::S3::Bucket Files: not served; requests to it answer an error",
                   "5: AWS::RDS::DBInstance Db: not served",
                   "6: AWS::RDS::DBInstance Db: what AWS gives for Endpoint.Address is not known; "
                   "gatehouse-placeholder-Db.Endpoint.Address stands for it",
                   "6: Custom::Thing Mine: not served; its function is not invoked",
                   "7: AWS::CloudFormation::CustomResource Own: not served; its function is not "
                   "invoked",
                   "8: AWS::SecretsManager::Secret Key: not served; reading it answers an error",
                   "16: Custom::Thing Mine: what AWS gives for Answer is not known; "
                   "gatehouse-placeholder-Mine.Answer stands for it"}));
  std::map<std::string, std::string> outputs;
  for (const Output& output : world.stacks->Find("s")->definition.outputs) {
    outputs[output.key] = output.value;
  }
  EXPECT_TRUE(outputs["Topic"].starts_with("arn:aws:sns:us-east-1:000000000000:s-Alerts-"));
  EXPECT_EQ(outputs["Topic"].substr(outputs["Topic"].rfind(':') + 1), outputs["TopicName"]);
  EXPECT_EQ(outputs["Queue"], "https://sqs.us-east-1.amazonaws.com/000000000000/jobs");
  EXPECT_EQ(outputs["QueueArn"], "arn:aws:sqs:us-east-1:000000000000:jobs");
  EXPECT_TRUE(outputs["Bucket"].starts_with("s-files-")) << outputs["Bucket"];
  EXPECT_EQ(outputs["Url"], outputs["Bucket"] + ".s3.us-east-1.amazonaws.com");
  EXPECT_EQ(outputs["Answer"], "gatehouse-placeholder-Mine.Answer");
}

// Only where there is nothing to take one of.
TEST(InertTypes, WhatIsServedHasNoSnapshots) {
  StacksWorld world;
  const auto result = world.Deploy(StacksWorld::Request(
      "Resources:\n  A:\n    Type: AWS::ApiGatewayV2::Api\n    UpdateReplacePolicy: Snapshot\n"
      "    Properties:\n      Name: a\n      ProtocolType: WEBSOCKET\n"
      "      RouteSelectionExpression: $request.body.action\n"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "t.yaml:4: Template format error: Unrecognized policy Snapshot (Delete, Retain or "
            "RetainExceptOnCreate)");
}

TEST(InertTypes, AreUpdatedReplacedAndDeleted) {
  StacksWorld world;
  ASSERT_TRUE(world.Deploy(
      StacksWorld::Request("Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}\n"
                           "  T: {Type: AWS::SNS::Topic, DependsOn: Q}\n")));
  world.provider.TakeLog();
  const std::string topic = world.stacks->Find("s")->entries.at("T").now.physical_id;
  ASSERT_TRUE(world.Deploy(StacksWorld::Request(
      "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: b}}\n"
      "  T: {Type: AWS::SNS::Topic, DependsOn: Q, Properties: {DisplayName: x}}\n")));
  EXPECT_EQ(world.provider.TakeLog(), (Lines{"create Q", "update T", "delete Q"}));
  EXPECT_EQ(world.stacks->Find("s")->entries.at("T").now.physical_id, topic);
  EXPECT_EQ(world.stacks->Find("s")->entries.at("Q").now.physical_id, "b");
  EXPECT_TRUE(world.stacks->Find("s")->entries.at("Q").now.inert);
  world.Kill();
  EXPECT_TRUE(world.stacks->Find("s")->entries.at("Q").now.inert);
  ASSERT_TRUE(world.Delete("s"));
  EXPECT_EQ(world.provider.TakeLog(), (Lines{"delete T", "delete Q"}));
}

constexpr const char* kHttpApi = R"(Resources:
  H:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: h, ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ['*']}}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref H, IntegrationType: HTTP_PROXY, ConnectionId: x, TlsConfig: {}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref H, RouteKey: GET /x}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref H, StageName: $default}}
  B: {Type: AWS::ApiGatewayV2::Api, Properties: {Body: {openapi: 3.0.1}}}
Outputs: {E: {Value: !GetAtt H.ApiEndpoint}}
)";

TEST(InertTypes, AnHttpApiAndAllThatBelongsToItDoesNothing) {
  StacksWorld world;
  const auto result = world.Deploy(StacksWorld::Request(kHttpApi));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->notices.size(), 5u);
  for (const auto& [logical_id, entry] : world.stacks->Find("s")->entries) {
    EXPECT_TRUE(entry.now.inert) << logical_id;
  }
  const std::string& id = world.stacks->Find("s")->entries.at("H").now.physical_id;
  EXPECT_EQ(world.stacks->Find("s")->definition.outputs[0].value,
            "https://" + id + ".execute-api.us-east-1.amazonaws.com");
  for (const std::string& line : world.provider.TakeLog()) {
    EXPECT_FALSE(line.starts_with("refresh")) << line;
  }
}

TEST(InertTypes, TargetsThatAreNoFunctionsAreLeftOut) {
  StacksWorld world;
  const auto result = world.Deploy(StacksWorld::Request(R"(Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  R:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 minute)
      Targets:
        - {Id: queue, Arn: !GetAtt Q.Arn}
        - {Id: function, Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f'}
  S:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 minute)
      FlexibleTimeWindow: {Mode: 'OFF'}
      Target: {Arn: !GetAtt Q.Arn, RoleArn: 'arn:aws:iam::000000000000:role/r'}
)"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(LinesOf(result->notices),
            (Lines{"2: AWS::SQS::Queue Q: not served; sending to it answers an error",
                   "3: AWS::Events::Rule R: its target queue is not served; it invokes functions "
                   "only, not arn:aws:sqs:us-east-1:000000000000:jobs",
                   "10: AWS::Scheduler::Schedule S: not served; it invokes functions only, not "
                   "arn:aws:sqs:us-east-1:000000000000:jobs"}));
  const auto& entries = world.stacks->Find("s")->entries;
  EXPECT_EQ(entries.at("R").now.properties.Find("Targets")->items.size(), 1u);
  EXPECT_TRUE(entries.at("S").now.inert);
}

TEST(InertTypes, AreErrorsIfTypesAreStrict) {
  CheckOptions options;
  options.strict_types = true;
  EXPECT_EQ(LinesOf(Check("Resources:\n  A: {Type: AWS::SNS::Topic}\n", options).problems),
            Lines{"2: AWS::SNS::Topic A: not served; publishing to it answers an error "
                  "(--strict-types)"});
  EXPECT_TRUE(Check("Resources:\n  A: {Type: AWS::SNS::Topic}\n", {}).problems.empty());
  StackOptions strict;
  strict.strict_types = true;
  StacksWorld world(strict);
  EXPECT_FALSE(world.Create(StacksWorld::Request("Resources:\n  A: {Type: AWS::SNS::Topic}\n")));
}

TEST(InertTypes, UsersAndGroupsNeedTheCapability) {
  StacksWorld world;
  StackRequest request = StacksWorld::Request("Resources:\n  U: {Type: AWS::IAM::User}\n");
  request.capabilities.clear();
  const auto refused = world.Create(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Requires capabilities : [CAPABILITY_IAM]");
}

}  // namespace
}  // namespace gatehouse::stack
