// What `check` says is what `up` does: the control planes' rules, before anything is made.
#include "stack/engine/rehearsal.h"

#include <gtest/gtest.h>

#include "stack/check/template_check.h"

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

Lines ProblemsOf(std::string_view text) {
  Lines lines;
  for (const Problem& problem : Check(text, {}).problems) {
    lines.push_back(std::to_string(problem.line) + ": " + problem.message);
  }
  return lines;
}

std::string Api(const std::string& more) {
  return R"(Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref A, IntegrationType: MOCK}}
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref A, RouteKey: say, Target: !Sub 'integrations/${I}'}
  D: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: !Ref A}}
)" + more;
}

TEST(Rehearsal, AnApiThatIsFineIsFine) {
  EXPECT_EQ(ProblemsOf(Api("  S:\n    Type: AWS::ApiGatewayV2::Stage\n    Properties: "
                           "{ApiId: !Ref A, StageName: live, DeploymentId: !Ref D}\n")),
            Lines());
}

TEST(Rehearsal, AStagesNameIsJudged) {
  EXPECT_EQ(ProblemsOf(Api("  S:\n    Type: AWS::ApiGatewayV2::Stage\n    Properties:\n"
                           "      ApiId: !Ref A\n      StageName: $x!\n")),
            Lines{"10: S: Stage name only allows a-zA-Z0-9_- characters, or $default"});
}

TEST(Rehearsal, EverythingWrongIsToldAndNothingThatOnlyFollows) {
  EXPECT_EQ(ProblemsOf(R"(Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: a
      ProtocolType: WEBSOCKET
      RouteSelectionExpression: $nothing
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref A
      IntegrationType: AWS_PROXI
      TimeoutInMillis: 30000
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref A, RouteKey: say, Target: !Sub 'integrations/${I}'}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: say}}
  R3: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: b, Target: 'x/y'}}
  D: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: !Ref A}}
  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      ApiId: !Ref A
      StageName: live
      DeploymentId: !Ref D
      StageVariables: {x-y: '1'}
)"),
            (Lines{"2: A: selection expression \"$nothing\": there is no variable $nothing",
                   "12: I: integrationType is \"AWS_PROXI\"; allowed for WEBSOCKET APIs: "
                   "AWS|HTTP|MOCK|HTTP_PROXY|AWS_PROXY",
                   "13: I: timeoutInMillis is 30000; 50 to 29000 are allowed",
                   "17: R2: Route with key say already exists for this API",
                   "18: R3: target \"x/y\": the form is integrations/ID",
                   "20: S: stage variable name \"x-y\": letters, digits and _ are allowed"}));
}

TEST(Rehearsal, FunctionsPermissionsAndTablesAreJudged) {
  EXPECT_EQ(ProblemsOf(R"(Resources:
  F:
    Type: AWS::Lambda::Function
    Metadata: {Gatehouse: {InProcess: chat/x}}
    Properties: {FunctionName: 'a b', Role: r, Code: x, Timeout: 6000, MemorySize: 1}
  P:
    Type: AWS::Lambda::Permission
    Properties: {Action: s3:Get, FunctionName: !Ref F, Principal: apigateway.amazonaws.com}
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: t
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: k, AttributeType: S}]
      KeySchema: [{AttributeName: k, KeyType: HASH}]
)"),
            (Lines{"2: \"a b\" is no name of a function: 1 to 64 letters, digits, - and _",
                   "2: function a b: its timeout is 6000000 ms; 1 to 900 whole seconds are "
                   "allowed",
                   "2: function a b: its memory size is 1 MB; 128 to 10240 are allowed",
                   "6: P: \"s3:Get\" is no action of Lambda, such as lambda:InvokeFunction",
                   "9: Properties validation failed for resource T with message: #: TableName must "
                   "be at least 3 characters long and at most 255 characters "
                   "long"}));
}

TEST(Rehearsal, AnHttpApiBesideIsNotJudged) {
  EXPECT_EQ(ProblemsOf(Api(
                R"(  H: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  HR: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref H, RouteKey: GET /x}}
  HS: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref H, StageName: $default}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref A, StageName: $x!}}
)")),
            (Lines{"13: S: Stage name only allows a-zA-Z0-9_- characters, or $default"}));
}

TEST(Rehearsal, WhatComesFromElsewhereIsNotJudged) {
  EXPECT_EQ(ProblemsOf(R"(Parameters:
  Api: {Type: String}
  Integration: {Type: String}
  Function: {Type: String}
Resources:
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: say, Target: !Sub 'integrations/${Integration}'}
  P:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Function, Principal: '*'}
)"),
            Lines());
}

}  // namespace
}  // namespace gatehouse::stack
