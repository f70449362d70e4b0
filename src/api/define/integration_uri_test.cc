#include "api/define/integration_uri.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

const std::string kStart = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/";
const std::string kArn = "arn:aws:lambda:us-east-1:123456789012:function:";

TEST(IntegrationUriTest, NamesTheFunction) {
  const std::string uris[] = {
      kStart + kArn + "say/invocations",
      kStart + kArn + "say:live/invocations",
      kStart + kArn + "say:$LATEST/invocations",
      kArn + "say",
      kArn + "say:2",
      "arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/"
      "arn:aws-cn:lambda:cn-north-1:1:function:say/invocations",
  };
  for (const std::string& uri : uris) {
    Result<std::string> name = FunctionNameOf(uri);
    ASSERT_TRUE(name) << uri;
    EXPECT_EQ(*name, "say") << uri;
    EXPECT_TRUE(IsFunctionUri(uri));
  }
}

TEST(IntegrationUriTest, RefusesWhatNamesNone) {
  const std::string uris[] = {
      "",
      "say",
      "https://example.com/",
      kStart + kArn + "say",
      kStart + kArn + "/invocations",
      kStart + "say/invocations",
      kStart + "/invocations",
      kStart + kArn + "say:/invocations",
      kStart + kArn + "a b/invocations",
      kArn + std::string(65, 'x'),
      kArn + "say:",
      "arn:aws:lambda:us-east-1:1:layer:say",
      "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem",
      "arn:aws:apigateway:us-east-1:lambda:path/2014-11-13/functions/" + kArn + "say/invocations",
      "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions",
  };
  for (const std::string& uri : uris) {
    Result<std::string> name = FunctionNameOf(uri);
    ASSERT_FALSE(name) << uri;
    EXPECT_EQ(name.error().message, "Invalid function ARN or invalid uri: " + uri);
    EXPECT_FALSE(IsFunctionUri(uri)) << uri;
  }
}

TEST(IntegrationUriTest, StageVariablesStandForTheirValues) {
  StageVariables variables{{"fn", "say"}, {"alias", "live"}, {"empty", ""}};
  EXPECT_EQ(*ReplaceStageVariables("${stageVariables.fn}", variables), "say");
  EXPECT_EQ(*ReplaceStageVariables("a${stageVariables.fn}:${stageVariables.alias}z", variables),
            "asay:livez");
  EXPECT_EQ(*ReplaceStageVariables("x${stageVariables.empty}y", variables), "xy");
  EXPECT_EQ(*ReplaceStageVariables("${other.fn}", variables), "${other.fn}");
  EXPECT_EQ(*ReplaceStageVariables("${stageVariables.fn", variables), "${stageVariables.fn");
  EXPECT_EQ(*ReplaceStageVariables("", variables), "");
  EXPECT_EQ(ReplaceStageVariables("${stageVariables.none}", variables).error().message,
            "the stage has no variable none");
  EXPECT_TRUE(IsFunctionUri(kStart + kArn + "${stageVariables.fn}/invocations"));
  EXPECT_TRUE(IsFunctionUri(kStart + "${stageVariables.fn}/invocations"));
  EXPECT_FALSE(IsFunctionUri("https://${stageVariables.host}/"));
}

}  // namespace
}  // namespace gatehouse::api
