#include "stack/check/wiring.h"

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

// R, a route to F, whose role is Role. Lines 1 to 18.
std::string App(const std::string& key, const std::string& code = "x",
                const std::string& integration = "", const std::string& variables = "") {
  return R"(Parameters: {Given: {Type: String}}
Resources:
  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET,
      RouteSelectionExpression: $request.body.action}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref A, StageName: dev}}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn)" +
         integration + R"(}
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref A, RouteKey: )" +
         key + R"(, Target: !Sub 'integrations/${I}'}
  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: python3.12
      Handler: index.handler
      Code: {ZipFile: ")" +
         code + "\"}\n      Environment: {Variables: {STAGE: dev" + variables + "}}\n";
}

std::string Permission(const std::string& source, const std::string& more = "") {
  return "  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: "
         "'lambda:InvokeFunction', Principal: apigateway.amazonaws.com" +
         (source.empty() ? "" : ", SourceArn: " + source) + more + "}}\n";
}

std::string Role(const std::string& policies = "", const std::string& name = "Role") {
  return "  " + name +
         ":\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: "
         "{Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: "
         "lambda.amazonaws.com}}}\n" +
         policies;
}

std::string Inline(const std::string& action, const std::string& resource) {
  return "      Policies: [{PolicyName: p, PolicyDocument: {Statement: {Effect: Allow, Action: '" +
         action + "', Resource: " + resource + "}}}]\n";
}

CheckResult Of(const std::string& text) {
  CheckOptions options;
  options.code_fault = [](const function::FunctionDefinition&) { return std::string(); };
  CheckResult result = Check(text, options);
  EXPECT_EQ(LinesOf(result.problems), Lines());
  return result;
}

constexpr std::string_view kNeedsPermission =
    "API Gateway may not invoke F: add an AWS::Lambda::Permission with FunctionName !Ref F, Action "
    "lambda:InvokeFunction, Principal apigateway.amazonaws.com and SourceArn !Sub "
    "'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${A}/*'";

std::string Source(const std::string& rest) {
  return "!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:" + rest + "'";
}

TEST(Wiring, ARouteNeedsThePermission) {
  EXPECT_EQ(LinesOf(Of(App("$connect") + Role()).unserved),
            Lines{"9: R: $connect always answers 500: " + std::string(kNeedsPermission)});
  const CheckResult say = Of(App("say") + Role());
  EXPECT_TRUE(say.is_good());
  EXPECT_EQ(LinesOf(say.warnings), Lines{"9: R: route say answers Internal server error: " +
                                         std::string(kNeedsPermission)});
  EXPECT_EQ(LinesOf(Of(App("$disconnect") + Role()).warnings),
            Lines{"9: R: $disconnect invokes nothing: " + std::string(kNeedsPermission)});
}

TEST(Wiring, ThePermissionsSourceMustFit) {
  for (const std::string& source :
       {std::string(), Source("${A}/*"), Source("${A}/*/*"), Source("${A}/*/$connect"),
        Source("${A}/dev/$connect"), Source("*/*/$connect")}) {
    EXPECT_TRUE(Of(App("$connect") + Role() + Permission(source)).is_good()) << source;
  }
  for (const std::string& source :
       {Source("${A}/*/say"), Source("${A}/prod/*"), Source("other/*"), Source("${A}")}) {
    EXPECT_FALSE(Of(App("$connect") + Role() + Permission(source)).is_good()) << source;
  }
  EXPECT_TRUE(
      Of(App("$connect") + Role() + Permission("", ", SourceAccount: !Ref 'AWS::AccountId'"))
          .is_good());
  EXPECT_FALSE(
      Of(App("$connect") + Role() + Permission("", ", SourceAccount: '123456789012'")).is_good());
}

TEST(Wiring, WhatNobodyKnowsIsNotJudged) {
  EXPECT_TRUE(Of(App("$connect") + Role() + Permission("!Ref Given")).is_good());
  std::string no_stage = App("$connect") + Role();
  no_stage.erase(no_stage.find("  S: "), no_stage.find("  I:") - no_stage.find("  S: "));
  EXPECT_TRUE(Of(no_stage).is_good());
}

TEST(Wiring, AnIntegrationsRoleStandsForThePermission) {
  const std::string app = App("$connect", "x", ", CredentialsArn: !GetAtt Gate.Arn") + Role();
  EXPECT_EQ(LinesOf(Of(app + Role("", "Gate")).unserved),
            Lines{"9: R: $connect always answers 500: the role of I may not invoke F: let it allow "
                  "lambda:InvokeFunction on !GetAtt F.Arn"});
  EXPECT_TRUE(Of(app + Role(Inline("lambda:InvokeFunction", "!GetAtt F.Arn"), "Gate")).is_good());
  EXPECT_FALSE(Of(app + Role("", "Gate") + Permission("")).is_good());
  EXPECT_TRUE(Of(app + Role("      ManagedPolicyArns: "
                            "['arn:aws:iam::aws:policy/service-role/AWSLambdaRole']\n",
                            "Gate"))
                  .is_good());
}

TEST(Wiring, WhoPostsNeedsManageConnections) {
  const std::string app = App("say", "boto3.client('apigatewaymanagementapi')") + Permission("");
  EXPECT_EQ(LinesOf(Of(app + Role()).warnings),
            Lines{"15: F: its code names the management API of connections, but its role may not "
                  "post: let it allow execute-api:ManageConnections on !Sub 'arn:${AWS::Partition}:"
                  "execute-api:${AWS::Region}:${AWS::AccountId}:${A}/*/POST/@connections/*'"});
  for (const std::string& resource :
       {std::string("'*'"), Source("${A}/*"), Source("${A}/dev/POST/@connections/*"),
        Source("*/@connections/*")}) {
    EXPECT_EQ(LinesOf(Of(app + Role(Inline("execute-api:ManageConnections", resource))).warnings),
              Lines())
        << resource;
  }
  for (const std::string& resource :
       {Source("${A}/*/DELETE/@connections/*"), Source("other/*"), Source("${A}/prod/*")}) {
    EXPECT_EQ(Of(app + Role(Inline("execute-api:ManageConnections", resource))).warnings.size(), 1u)
        << resource;
  }
  EXPECT_EQ(Of(app + Role(Inline("execute-api:Invoke", "'*'"))).warnings.size(), 1u);
}

TEST(Wiring, PoliciesOfTheirOwnCount) {
  const std::string app =
      App("say", "boto3.client('apigatewaymanagementapi')") + Permission("") + Role();
  const std::string document =
      "PolicyDocument: {Statement: {Effect: Allow, Action: 'execute-api:*', Resource: '*'}}";
  EXPECT_EQ(LinesOf(Of(app +
                       "  Q: {Type: AWS::IAM::Policy, Properties: {PolicyName: q, Roles: "
                       "[!Ref Role], " +
                       document + "}}\n")
                        .warnings),
            Lines());
  EXPECT_EQ(LinesOf(Of(app +
                       "  Q: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: "
                       "[!Ref Role], " +
                       document + "}}\n")
                        .warnings),
            Lines());
  EXPECT_EQ(LinesOf(Of(app + "      ManagedPolicyArns: [!Ref Q]\n" +
                       "  Q: {Type: AWS::IAM::ManagedPolicy, Properties: {" + document + "}}\n")
                        .warnings),
            Lines());
  EXPECT_EQ(
      LinesOf(Of(app + "      ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/theirs']\n")
                  .warnings),
      Lines());
}

TEST(Wiring, ARuleNeedsThePermission) {
  const std::string app = App("say") + Permission("") + Role() +
                          "  T: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 "
                          "minute), Targets: [{Id: t, Arn: !GetAtt F.Arn";
  auto permission = [](const std::string& source) {
    return "  E: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: "
           "'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: " +
           source + "}}\n";
  };
  const std::string needs =
      "T: EventBridge may not invoke F: add an AWS::Lambda::Permission with FunctionName !Ref F, "
      "Action lambda:InvokeFunction, Principal events.amazonaws.com and SourceArn !GetAtt T.Arn";
  EXPECT_EQ(LinesOf(Of(app + "}]}}\n").warnings).size(), 1u);
  EXPECT_NE(LinesOf(Of(app + "}]}}\n").warnings).at(0).find(needs), std::string::npos);
  EXPECT_EQ(LinesOf(Of(app + "}]}}\n" + permission("!GetAtt T.Arn")).warnings), Lines());
  EXPECT_EQ(
      LinesOf(Of(app + "}]}}\n" + permission("'arn:aws:events:us-east-1:000000000000:rule/x'"))
                  .warnings)
          .size(),
      1u);
  const std::string by_role = app + ", RoleArn: !GetAtt Caller.Arn}]}}\n";
  EXPECT_EQ(LinesOf(Of(by_role + Role("", "Caller")).warnings).size(), 1u);
  EXPECT_EQ(LinesOf(Of(by_role + Role(Inline("lambda:*", "!GetAtt F.Arn"), "Caller")).warnings),
            Lines());
}

TEST(Wiring, ASchedulesRoleMustAllow) {
  const std::string app =
      App("say") + Permission("") + Role() +
      "  T: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 minute), "
      "FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: !GetAtt F.Arn, RoleArn: !GetAtt "
      "Caller.Arn}}}\n";
  const Lines told = LinesOf(Of(app + Role("", "Caller")).warnings);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("T: its role may not invoke F: let it allow lambda:InvokeFunction on "
                         "!GetAtt F.Arn"),
            std::string::npos);
  EXPECT_EQ(
      LinesOf(Of(app + Role(Inline("lambda:InvokeFunction", "!GetAtt F.Arn"), "Caller")).warnings),
      Lines());
}

TEST(Wiring, WhoInvokesAnotherNeedsInvokeFunction) {
  const std::string other =
      "  G: {Type: AWS::Lambda::Function, Properties: {Role: r, Runtime: python3.12, Handler: "
      "index.handler, Code: {ZipFile: x}}}\n";
  for (const std::string value : {"!Ref G", "!GetAtt G.Arn"}) {
    const std::string app =
        App("say", "boto3.client('lambda')", "", ", OTHER: " + value) + Permission("") + other;
    EXPECT_EQ(LinesOf(Of(app + Role()).warnings),
              Lines{"15: F: its code names Lambda and its OTHER is G, but its role may not invoke "
                    "that: let it allow lambda:InvokeFunction on !GetAtt G.Arn"});
    EXPECT_EQ(LinesOf(Of(app + Role(Inline("lambda:InvokeFunction", "!GetAtt G.Arn"))).warnings),
              Lines());
  }
}

}  // namespace
}  // namespace gatehouse::stack
