#include "auth/policy/policy_document.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

std::string Why(std::string_view json, PolicyKind kind = PolicyKind::kIdentity) {
  Result<void> checked = CheckPolicyDocument(json, kind);
  return checked ? "" : checked.error().message;
}

TEST(PolicyDocument, TakesWhatTemplatesHave) {
  EXPECT_EQ(Why(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
      "Action":["dynamodb:Scan"],"Condition":{"ForAnyValue:StringLikeIfExists":{"a":"b"}}}]})"),
            "");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Deny","NotAction":"s3:*","NotResource":["a"]}})"), "");
  EXPECT_EQ(Why(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":
      "sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]})",
                PolicyKind::kTrust),
            "");
}

TEST(PolicyDocument, RefusesOtherShapes) {
  EXPECT_EQ(Why("[]"), "a policy document must be an object");
  EXPECT_EQ(Why("{}"), "a policy document needs a Statement");
  EXPECT_EQ(Why(R"({"Version":"2024-01-01","Statement":[]})"),
            "the Version of a policy document must be 2012-10-17 or 2008-10-17");
  EXPECT_EQ(Why(R"({"Statement":[{"Effect":"allow","Action":"a:b","Resource":"*"}]})"),
            "Statement 0 needs Effect Allow or Deny");
  EXPECT_EQ(Why(R"({"Statement":[{"Effect":"Allow","Resource":"*"}]})"),
            "Statement 0 needs Action or NotAction");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":[1],"Resource":"*"}})"),
            "Statement: Action must be a string or a list of strings");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Conditon":{}}})"),
            "Statement has an unknown element Conditon");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*",
      "Condition":{"StringSame":{}}}})"),
            "Statement: unknown condition operator StringSame");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*",
      "Principal":"*"}})"),
            "Statement has a Principal, which a role's policy must not have");
  EXPECT_EQ(
      Why(R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}})", PolicyKind::kTrust),
      "Statement needs a Principal");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*",
      "Condition":{"Null":{"a":[{}]}}}})"),
            "Statement: condition Null compares a with what is no string, number, true or false, "
            "nor a list of them");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}})",
                PolicyKind::kResource),
            "Statement needs a Principal");
  EXPECT_EQ(Why(R"({"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*",
      "Principal":"somebody"}})",
                PolicyKind::kResource),
            R"(Statement: Principal must be "*" or an object of strings or lists of strings)");
}

TEST(PolicyDocument, KnowsOperators) {
  EXPECT_TRUE(IsConditionOperator("Null"));
  EXPECT_TRUE(IsConditionOperator("ForAllValues:ArnNotLikeIfExists"));
  EXPECT_FALSE(IsConditionOperator("ForAllValues:"));
  EXPECT_FALSE(IsConditionOperator("NullIfExists"));
  EXPECT_FALSE(IsConditionOperator("stringequals"));
}

}  // namespace
}  // namespace gatehouse::auth
