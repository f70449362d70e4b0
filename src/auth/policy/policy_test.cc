#include "auth/policy/policy.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

TEST(Policy, NamesItsStatements) {
  const Result<Policy> policy = Policy::Parse(
      R"({"Statement":[{"Sid":"First","Effect":"Allow","Action":"a:b","Resource":"*"},
          {"Sid":"","Effect":"Deny","NotAction":["a:b"],"NotResource":["x","y"],
           "Condition":{"Bool":{"aws:SecureTransport":true},
                        "NumericEquals":{"A:n":[1,2],"a:m":"3"}}}]})",
      PolicyKind::kIdentity);
  ASSERT_TRUE(policy) << policy.error().message;
  ASSERT_EQ(policy->statements().size(), 2u);
  EXPECT_EQ(policy->statements()[0].name, "First");
  const PolicyStatement& second = policy->statements()[1];
  EXPECT_EQ(second.name, "statement 1");
  EXPECT_TRUE(second.is_deny && second.is_not_action && second.is_not_resource);
  EXPECT_EQ(second.resources.size(), 2u);
  ASSERT_EQ(second.conditions.size(), 3u);
  EXPECT_EQ(second.conditions[1].key(), "a:n");
}

TEST(Policy, TellsWhichVariableIsNone) {
  const std::string_view json =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},
          {"Effect":"Allow","Action":"a:b","Resource":"home/${aws:username"}]})";
  Result<Policy> policy = Policy::Parse(json, PolicyKind::kIdentity);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message, "Statement 1: a policy variable has no } after its ${");
  std::string old(json);
  old.replace(old.find("2012"), 4, "2008");
  EXPECT_TRUE(Policy::Parse(old, PolicyKind::kIdentity));
}

TEST(Policy, ATrustPolicyIsAboutItsRole) {
  const auto policy = Policy::Parse(
      R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
          "Principal":{"Service":["lambda.amazonaws.com"],"Federated":"x"}}})",
      PolicyKind::kTrust);
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_TRUE(policy->statements()[0].is_about_itself);
  EXPECT_EQ(policy->statements()[0].principals, std::vector<std::string>{"lambda.amazonaws.com"});
}

}  // namespace
}  // namespace gatehouse::auth
