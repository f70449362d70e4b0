#include "auth/policy/managed_policies.h"

#include <gtest/gtest.h>

#include "auth/policy/decision.h"
#include "wire/json_cursor.h"

namespace gatehouse::auth {

extern const std::string_view kManagedPolicies;

namespace {

constexpr std::string_view kTable = "arn:aws:dynamodb:us-east-1:123456789012:table/Chat";
constexpr std::string_view kConnection =
    "arn:aws:execute-api:us-east-1:123456789012:abc/production/POST/@connections/x=";
constexpr std::string_view kFunction = "arn:aws:lambda:us-east-1:123456789012:function:f";

bool Allows(std::string_view name, std::string_view action, std::string_view resource) {
  const auto json = ManagedPolicyDocument("arn:aws:iam::aws:policy/" + std::string(name));
  if (!json) return ADD_FAILURE() << name, false;
  const Result<Policy> policy = Policy::Parse(*json, PolicyKind::kIdentity);
  if (!policy) return ADD_FAILURE() << name << ": " << policy.error().message, false;
  const Policy* const policies[] = {&*policy};
  return Decide({.action = action, .resource = resource, .principal_arn = {}}, policies, {})
             .effect == Effect::kAllowed;
}

TEST(ManagedPolicies, AreAllPolicies) {
  const auto all = wire::ReadJson(kManagedPolicies);
  ASSERT_TRUE(all);
  int count = 0;
  for (wire::JsonCursor members(*all); members.Next(); ++count) {
    const std::string arn = "arn:aws:iam::aws:policy/service-role/" + members.name();
    const auto json = ManagedPolicyDocument(arn);
    ASSERT_TRUE(json) << members.name();
    const auto policy = Policy::Parse(*json, PolicyKind::kIdentity);
    EXPECT_TRUE(policy) << members.name();
  }
  EXPECT_GE(count, 100);
}

TEST(ManagedPolicies, AllowWhatAwsSaysTheyAllow) {
  EXPECT_TRUE(Allows("service-role/AWSLambdaBasicExecutionRole", "logs:PutLogEvents", "*"));
  EXPECT_FALSE(Allows("service-role/AWSLambdaBasicExecutionRole", "dynamodb:GetItem", kTable));
  EXPECT_TRUE(Allows("AWSLambdaVPCAccessExecutionRole", "logs:CreateLogGroup", "*"));
  EXPECT_TRUE(
      Allows("AmazonAPIGatewayInvokeFullAccess", "execute-api:ManageConnections", kConnection));
  EXPECT_FALSE(Allows("AmazonAPIGatewayInvokeFullAccess", "apigateway:GET", "*"));
  EXPECT_TRUE(Allows("AmazonAPIGatewayAdministrator", "apigateway:PATCH",
                     "arn:aws:apigateway:us-east-1::/apis/abc"));
  EXPECT_TRUE(Allows("AmazonDynamoDBFullAccess", "dynamodb:DeleteTable", kTable));
  EXPECT_TRUE(Allows("AmazonDynamoDBReadOnlyAccess", "dynamodb:Scan", kTable));
  EXPECT_FALSE(Allows("AmazonDynamoDBReadOnlyAccess", "dynamodb:PutItem", kTable));
  EXPECT_TRUE(Allows("service-role/AWSLambdaRole", "lambda:InvokeFunction", kFunction));
  EXPECT_FALSE(Allows("service-role/AWSLambdaRole", "lambda:GetFunction", kFunction));
  EXPECT_TRUE(Allows("AWSLambda_FullAccess", "lambda:CreateFunction", kFunction));
  EXPECT_TRUE(Allows("AWSLambda_ReadOnlyAccess", "lambda:GetFunction", kFunction));
  EXPECT_FALSE(Allows("AWSLambda_ReadOnlyAccess", "lambda:InvokeFunction", kFunction));
  EXPECT_TRUE(Allows("AdministratorAccess", "dynamodb:PutItem", kTable));
  EXPECT_TRUE(Allows("PowerUserAccess", "dynamodb:PutItem", kTable));
  EXPECT_FALSE(Allows("PowerUserAccess", "iam:CreateUser", "*"));
  EXPECT_TRUE(Allows("ReadOnlyAccess", "dynamodb:Query", kTable));
  EXPECT_FALSE(Allows("ReadOnlyAccess", "dynamodb:UpdateItem", kTable));
  EXPECT_FALSE(Allows("SecurityAudit", "dynamodb:GetItem", kTable));
  EXPECT_FALSE(Allows("AmazonS3FullAccess", "dynamodb:GetItem", kTable));
}

TEST(ManagedPolicies, OthersAreUnknown) {
  EXPECT_FALSE(ManagedPolicyDocument("arn:aws:iam::aws:policy/NoSuchPolicy"));
  EXPECT_FALSE(ManagedPolicyDocument("arn:aws:iam::123456789012:policy/AdministratorAccess"));
  EXPECT_FALSE(ManagedPolicyDocument("AdministratorAccess"));
  EXPECT_FALSE(IsAwsManagedPolicy("arn:aws:iam::aws:role/x"));
  EXPECT_TRUE(IsAwsManagedPolicy("arn:aws-cn:iam::aws:policy/NoSuchPolicy"));
  EXPECT_TRUE(ManagedPolicyDocument("arn:aws-us-gov:iam::aws:policy/AdministratorAccess"));
}

}  // namespace
}  // namespace gatehouse::auth
