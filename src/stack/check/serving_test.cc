#include "stack/check/serving.h"

#include <gtest/gtest.h>

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

std::string Api(const std::string& more) {
  return R"(Parameters: {Uri: {Type: String}}
Resources:
  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET,
      RouteSelectionExpression: $request.body.action}}
  Http:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref A, IntegrationType: HTTP_PROXY, IntegrationUri: 'https://a.test'}
  Lambda:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}
  Given:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: !Ref Uri}
  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: r
      Runtime: python3.12
      Handler: index.handler
      Code: {ZipFile: x}
)" + more;
}

std::string Route(const std::string& key, const std::string& target, const std::string& more = "") {
  return "  R:\n    Type: AWS::ApiGatewayV2::Route\n    Properties: {ApiId: !Ref A, RouteKey: " +
         key + ", Target: !Sub 'integrations/${" + target + "}'" + more + "}\n";
}

CheckResult Of(const std::string& text, const std::string& fault = "") {
  CheckOptions options;
  options.code_fault = [fault](const function::FunctionDefinition&) { return fault; };
  CheckResult result = Check(text, options);
  EXPECT_EQ(LinesOf(result.problems), Lines());
  return result;
}

TEST(Serving, AConnectThatAlwaysFailsIsNoGoodTemplate) {
  CheckResult result = Of(Api(Route("$connect", "Lambda", ", AuthorizationType: AWS_IAM")));
  EXPECT_FALSE(result.is_good());
  EXPECT_EQ(
      LinesOf(result.unserved),
      Lines{"21: R: $connect always answers 500: AuthorizationType AWS_IAM does not run yet "
            "in gatehouse; let a condition of the template choose AuthorizationType NONE here"});
  result = Of(Api(Route("$connect", "Http")));
  EXPECT_EQ(LinesOf(result.unserved),
            Lines{"21: R: $connect always answers 500: integrations of type HTTP_PROXY do not run "
                  "yet in gatehouse; AWS_PROXY and MOCK are served"});
  result = Of(Api(Route("$connect", "Lambda")), "app.py is not there");
  EXPECT_EQ(LinesOf(result.unserved),
            Lines{"19: F: $connect (R) always answers 502: app.py is not there"});
  EXPECT_EQ(LinesOf(result.warnings), Lines());
}

TEST(Serving, OtherRoutesAndFunctionsAreWarnedOf) {
  CheckResult result = Of(Api(Route("say", "Http")), "app.py is not there");
  EXPECT_TRUE(result.is_good());
  EXPECT_EQ(LinesOf(result.warnings),
            (Lines{"19: F: every invocation fails: app.py is not there",
                   "21: R: route say answers Internal server error: integrations of type "
                   "HTTP_PROXY do not run yet in gatehouse"}));
}

TEST(Serving, WhatRunsIsGood) {
  EXPECT_TRUE(Of(Api(Route("$connect", "Lambda"))).is_good());
  EXPECT_TRUE(Of(Api(Route("$connect", "Given"))).is_good());  // nobody knows what it will be
  EXPECT_EQ(LinesOf(Of(Api(Route("$connect", "Given"))).warnings), Lines());
}

TEST(Serving, AnswersThatAreNotSentAreWarnedOf) {
  const std::string two_way =
      Route("say", "Lambda", ", RouteResponseSelectionExpression: $default");
  EXPECT_EQ(LinesOf(Of(Api(two_way)).warnings),
            Lines{"23: R: it has no RouteResponse: its answers are not sent"});
  EXPECT_EQ(
      LinesOf(Of(Api(two_way + "  RR: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: "
                               "{ApiId: !Ref A, RouteId: !Ref R, RouteResponseKey: $default}}\n"))
                  .warnings),
      Lines());
}

TEST(Serving, WhatOtherStacksExportIsNotMissed) {
  EXPECT_EQ(LinesOf(Check("Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: "
                          "!ImportValue x}}\nOutputs: {O: {Value: !ImportValue y}}\n",
                          {})
                        .problems),
            Lines());
}

}  // namespace
}  // namespace gatehouse::stack
