#include "stack/check/aws_faults.h"

#include <gtest/gtest.h>

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

Lines NoticesOf(const std::string& text) {
  const CheckResult result = Check(text, {});
  Lines lines;
  for (const Problem& problem : result.problems) lines.push_back("problem " + problem.message);
  for (const Problem& notice : result.notices) {
    lines.push_back(std::to_string(notice.line) + ": " + notice.message);
  }
  return lines;
}

std::string App(const std::string& rest) {
  return R"(Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.a}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: MOCK}}
  R1:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: a, Target: !Sub 'integrations/${I}'}
  R2:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: b, Target: !Sub 'integrations/${I}'}
)" + rest;
}

constexpr const char* kStage = R"(  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: live, DeploymentId: !Ref D}
)";

TEST(AwsFaults, ADeploymentThatMissesRoutes) {
  EXPECT_EQ(NoticesOf(App("  D: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: R1, Properties: "
                          "{ApiId: !Ref Api}}\n") +
                      kStage),
            Lines{"12: D: its DependsOn does not name R2: AWS may deploy without them, gatehouse "
                  "does not"});
  EXPECT_EQ(NoticesOf(App("  D: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: [R2, R1], "
                          "Properties: {ApiId: !Ref Api}}\n") +
                      kStage),
            Lines{});
  // What DependsOn names depends on the other.
  std::string chain = App("  D: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: R2, Properties: "
                          "{ApiId: !Ref Api}}\n") +
                      kStage;
  chain.replace(chain.find("  R2:\n"), 6, "  R2:\n    DependsOn: R1\n");
  EXPECT_EQ(NoticesOf(chain), Lines{});
  // Nobody uses it.
  EXPECT_EQ(NoticesOf(App("  D: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: !Ref "
                          "Api}}\n")),
            Lines{});
}

TEST(AwsFaults, AnAuthorizerThatNoRouteHas) {
  const std::string authorizer =
      "  A:\n    Type: AWS::ApiGatewayV2::Authorizer\n    Properties: {ApiId: !Ref Api, Name: a, "
      "AuthorizerType: REQUEST, AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/"
      "2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations'}\n";
  EXPECT_EQ(NoticesOf(App(authorizer)),
            Lines{"12: A: no route has it as its AuthorizerId: nobody is asked, on AWS neither"});
  EXPECT_EQ(NoticesOf(App(authorizer +
                          "  C:\n    Type: AWS::ApiGatewayV2::Route\n    Properties: {ApiId: !Ref "
                          "Api, RouteKey: $connect, AuthorizationType: CUSTOM, AuthorizerId: !Ref "
                          "A, Target: !Sub 'integrations/${I}'}\n")),
            Lines{});
}

TEST(AwsFaults, AParameterThatUpWantsToBeTold) {
  EXPECT_EQ(NoticesOf("Parameters:\n  P: {Type: String}\n  Q: {Type: String, Default: x}\n"
                      "Resources: {T: {Type: AWS::Logs::LogGroup}}\n"),
            (Lines{"2: Parameter P has no default: up needs --parameter P=VALUE",
                   "4: AWS::Logs::LogGroup T: not served; log lines are gatehouse's own"}));
}

}  // namespace
}  // namespace gatehouse::stack
