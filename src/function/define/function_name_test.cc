#include "function/define/function_name.h"

#include <gtest/gtest.h>

#include "aws/arn.h"
#include "aws/id.h"
#include "base/random.h"
#include "function/define/identifiers.h"

namespace gatehouse::function {
namespace {

Result<FunctionReference> Parse(std::string_view text, std::string_view qualifier = {}) {
  return ParseFunctionName(text, qualifier, "us-east-1", "123456789012");
}

TEST(FunctionNameTest, EveryFormNamesTheSameFunction) {
  for (const char* form : {"fn", "function:fn", "123456789012:function:fn",
                           "arn:aws:lambda:us-east-1:123456789012:function:fn"}) {
    Result<FunctionReference> plain = Parse(form);
    ASSERT_TRUE(plain) << form;
    EXPECT_EQ(plain->name, "fn");
    EXPECT_EQ(plain->qualifier, "");
    EXPECT_FALSE(plain->foreign);
    EXPECT_EQ(Parse(std::string(form) + ":$LATEST")->qualifier, "$LATEST") << form;
    EXPECT_EQ(Parse(std::string(form) + ":7", "7")->qualifier, "7") << form;
    EXPECT_EQ(Parse(form, "live")->qualifier, "live") << form;
  }
}

TEST(FunctionNameTest, OtherRegionsAndAccountsAreForeign) {
  EXPECT_TRUE(Parse("arn:aws:lambda:eu-west-1:123456789012:function:fn")->foreign);
  EXPECT_TRUE(Parse("arn:aws:lambda:us-east-1:000000000000:function:fn")->foreign);
  EXPECT_TRUE(Parse("000000000000:function:fn")->foreign);
}

TEST(FunctionNameTest, WhatNamesNothingIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("fn:"),
        std::string("fn:a:b"), std::string("arn:aws:lambda:us-east-1:123456789012:function"),
        std::string("arn:aws:s3:us-east-1:123456789012:function:fn"),
        std::string("arn:aws:lambda:us-east-1:123456789012:layer:fn"), std::string(65, 'x'),
        std::string(171, 'x'), std::string("fn:$OTHER"), std::string("function:")}) {
    EXPECT_FALSE(Parse(text)) << text;
  }
  EXPECT_FALSE(Parse("fn:7", "8"));
}

TEST(IdentifiersTest, HaveAwsShapes) {
  base::SeededRandom random(1);
  std::string uuid = aws::NewUuid(random);
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  base::Millis wall{1767262210000};
  EXPECT_TRUE(NewTraceId(random, wall).starts_with("Root=1-69564802-"));
  EXPECT_EQ(NewTraceId(random, wall).size(), 74u);
  EXPECT_TRUE(NewLogStreamName(random, wall).starts_with("2026/01/01/[$LATEST]"));
  EXPECT_EQ(aws::FunctionArn("r", "1", "f", "q"), "arn:aws:lambda:r:1:function:f:q");
  EXPECT_EQ(RoleName("arn:aws:iam::1:role/a/b/name"), "name");
  EXPECT_EQ(RoleName(""), "");
}

TEST(NameForPeopleTest, IsTheLogicalIdIfThereIsOne) {
  EXPECT_EQ(NameForPeople("my-app-SendMessageHandler-A1B2C3D4E5F6"), "SendMessageHandler");
  EXPECT_EQ(NameForPeople("app-F0-012345678901"), "F0");
  for (std::string_view name :
       {"chat", "chat-SendMessage", "my-app-send-a1b2c3d4e5f6", "SendMessage-A1B2C3D4E5F6",
        "app--A1B2C3D4E5F6", "app-F0-A1B2C3D4E5F", "-", ""}) {
    EXPECT_EQ(NameForPeople(name), name);
  }
}

}  // namespace
}  // namespace gatehouse::function
