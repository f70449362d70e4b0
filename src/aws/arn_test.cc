#include "aws/arn.h"

#include <gtest/gtest.h>

#include "aws/name.h"

namespace gatehouse::aws {
namespace {

TEST(ArnTest, EachResourceHasItsForm) {
  EXPECT_EQ(Arn("events", Place{"r", "1"}, "rule/x"), "arn:aws:events:r:1:rule/x");
  EXPECT_EQ(Arn("apigateway", "r", {}, "/apis/x"), "arn:aws:apigateway:r::/apis/x");
  EXPECT_EQ(FunctionArn("r", "1", "f"), "arn:aws:lambda:r:1:function:f");
  EXPECT_EQ(FunctionArn("r", "1", "f", "$LATEST"), "arn:aws:lambda:r:1:function:f:$LATEST");
  EXPECT_EQ(TableArn("r", "1", "t"), "arn:aws:dynamodb:r:1:table/t");
  EXPECT_EQ(IamArn("1", "role/a/b"), "arn:aws:iam::1:role/a/b");
  EXPECT_EQ(ExecuteApiArn("r", "1", "a", "s/$connect"), "arn:aws:execute-api:r:1:a/s/$connect");
}

TEST(ArnTest, ItsPartsAreRead) {
  std::optional<ArnParts> parts = ParseArn("arn:aws-cn:iam::1:role/a:b");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->partition, "aws-cn");
  EXPECT_EQ(parts->service, kIam);
  EXPECT_EQ(parts->region, "");
  EXPECT_EQ(parts->account_id, "1");
  EXPECT_EQ(parts->resource, "role/a:b");
}

TEST(ArnTest, WhatLacksAPartIsNone) {
  for (std::string_view text : {"", "arn", "arn:", "arn:aws:iam::1", "nra:aws:iam::1:x", "name"}) {
    EXPECT_FALSE(ParseArn(text)) << text;
  }
}

TEST(ArnTest, AFunctionsNameAndQualifierAreRead) {
  std::optional<FunctionArnParts> plain = ParseFunctionArn("arn:aws:lambda:r:1:function:f");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->name, "f");
  EXPECT_FALSE(plain->qualifier);
  std::optional<FunctionArnParts> qualified = ParseFunctionArn("arn:x:lambda:r:1:function:f:q:r");
  ASSERT_TRUE(qualified);
  EXPECT_EQ(qualified->partition, "x");
  EXPECT_EQ(qualified->region, "r");
  EXPECT_EQ(qualified->account_id, "1");
  EXPECT_EQ(qualified->name, "f");
  EXPECT_EQ(qualified->qualifier, "q:r");
  EXPECT_EQ(ParseFunctionArn("arn:aws:lambda:r:1:function:f:")->qualifier, "");
}

TEST(NameTest, NamesAreOfAFewCharacters) {
  EXPECT_TRUE(IsAccountId("012345678901"));
  EXPECT_FALSE(IsAccountId("01234567890"));
  EXPECT_FALSE(IsAccountId("01234567890a"));
  EXPECT_TRUE(IsFunctionName("a-B_9"));
  EXPECT_TRUE(IsFunctionName(std::string(64, 'a')));
  EXPECT_FALSE(IsFunctionName(std::string(65, 'a')));
  EXPECT_FALSE(IsFunctionName(""));
  EXPECT_FALSE(IsFunctionName("a.b"));
}

TEST(ArnTest, OtherArnsAreNoFunctions) {
  for (std::string_view text :
       {"arn:aws:lambda:r:1:layer:x", "arn:aws:lambda:r:1:function:", "arn:aws:lambda:r:1:function",
        "arn:aws:lambda:r:1:function::q", "arn:aws:dynamodb:r:1:function:f", "function:f"}) {
    EXPECT_FALSE(ParseFunctionArn(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::aws
