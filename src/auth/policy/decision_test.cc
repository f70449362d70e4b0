#include "auth/policy/decision.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

constexpr std::string_view kTable = "arn:aws:dynamodb:us-east-1:123456789012:table/Chat";

Policy Read(std::string_view json, PolicyKind kind = PolicyKind::kIdentity) {
  Result<Policy> policy = Policy::Parse(json, kind);
  EXPECT_TRUE(policy) << policy.error().message;
  return *policy;
}

Effect Of(const Policy& policy, std::string_view action, std::string_view resource) {
  const Policy* const policies[] = {&policy};
  return Decide({.action = action, .resource = resource, .principal_arn = {}}, policies, {}).effect;
}

TEST(Decision, AllowsWhatAStatementNamesAndNothingElse) {
  const Policy policy = Read(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:Get*"],
          "Resource":"arn:aws:dynamodb:*:*:table/Chat"}]})");
  EXPECT_EQ(Of(policy, "dynamodb:GetItem", kTable), Effect::kAllowed);
  EXPECT_EQ(Of(policy, "DynamoDB:getitem", kTable), Effect::kAllowed);
  EXPECT_EQ(Of(policy, "dynamodb:PutItem", kTable), Effect::kImplicitDeny);
  EXPECT_EQ(Of(policy, "dynamodb:GetItem", std::string(kTable) + "/index/x"),
            Effect::kImplicitDeny);
}

TEST(Decision, DenyWinsInAnyOrderAndSaysWhichStatement) {
  const Policy policy = Read(
      R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
          {"Sid":"NoScan","Effect":"Deny","Action":"dynamodb:Scan","Resource":"*"}]})");
  const Policy* const policies[] = {&policy};
  Decision decision =
      Decide({.action = "dynamodb:Scan", .resource = kTable, .principal_arn = {}}, policies, {});
  EXPECT_EQ(decision.effect, Effect::kExplicitDeny);
  EXPECT_EQ(decision.statement, "NoScan");
  decision =
      Decide({.action = "dynamodb:Query", .resource = kTable, .principal_arn = {}}, policies, {});
  EXPECT_EQ(decision.effect, Effect::kAllowed);
  EXPECT_EQ(decision.statement, "statement 0");
  EXPECT_FALSE(decision.depends_on_context);
}

TEST(Decision, AResourcePolicyAllowsByItself) {
  const Policy policy = Read(
      R"({"Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},
          "Action":"lambda:InvokeFunction","Resource":"*"}})",
      PolicyKind::kResource);
  const Policy* const policies[] = {&policy};
  AccessRequest request{.action = "lambda:InvokeFunction",
                        .resource = "arn:aws:lambda:us-east-1:123456789012:function:f",
                        .principal_arn = "apigateway.amazonaws.com"};
  const Decision decision = Decide(request, {}, policies);
  EXPECT_EQ(decision.effect, Effect::kAllowed);
  EXPECT_TRUE(decision.by_resource_policy);
  request.principal_arn = "events.amazonaws.com";
  EXPECT_EQ(Decide(request, {}, policies).effect, Effect::kImplicitDeny);
}

// A session's ARN does not have its role's path; the key does.
TEST(Decision, ARoleWithAPathDependsOnTheContext) {
  const Policy policy = Read(
      R"({"Statement":{"Effect":"Allow","Principal":
          {"AWS":"arn:aws:iam::123456789012:role/team/reader"},"Action":"*","Resource":"*"}})",
      PolicyKind::kResource);
  const Policy* const policies[] = {&policy};
  AccessRequest request{.action = "s3:GetObject",
                        .resource = "*",
                        .principal_arn = "arn:aws:sts::123456789012:assumed-role/reader/s"};
  Decision decision = Decide(request, {}, policies);
  EXPECT_EQ(decision.effect, Effect::kImplicitDeny);
  EXPECT_TRUE(decision.depends_on_context);
  RequestContext context;
  context.Set("aws:PrincipalArn", "arn:aws:iam::123456789012:role/team/reader");
  request.context = &context;
  decision = Decide(request, {}, policies);
  EXPECT_EQ(decision.effect, Effect::kAllowed);
  EXPECT_TRUE(decision.depends_on_context);
}

}  // namespace
}  // namespace gatehouse::auth
