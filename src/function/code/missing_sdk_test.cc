#include "function/code/missing_sdk.h"

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

constexpr std::string_view kInstall =
    "install the SDK in the function's folder or beside the template with: npm install ";

std::string OfNode(std::string_view message) { return MissingSdkAdvice(message, "/usr/bin/node"); }

TEST(MissingSdk, NamesTheModuleThatIsMissing) {
  EXPECT_EQ(OfNode("Error: Cannot find module '@aws-sdk/client-s3'\\nRequire stack:"),
            std::string(kInstall) + "@aws-sdk/client-s3");
  EXPECT_EQ(OfNode("Cannot find package '@aws-sdk/client-s3/dist' imported from /x"),
            std::string(kInstall) + "@aws-sdk/client-s3");
  EXPECT_EQ(OfNode("Cannot find module 'aws-sdk/clients/s3'"), std::string(kInstall) + "aws-sdk");
}

TEST(MissingSdk, WhatAChatWantsComesTogether) {
  EXPECT_EQ(OfNode("Cannot find module '@aws-sdk/lib-dynamodb'"),
            std::string(kInstall) +
                "@aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb "
                "@aws-sdk/client-apigatewaymanagementapi");
}

TEST(MissingSdk, GoesToTheInterpreterThatRan) {
  constexpr std::string_view kError = "Unable to import module 'index': No module named 'boto3'";
  EXPECT_EQ(MissingSdkAdvice(kError, "/usr/bin/python3"),
            "install the SDK with: apt install python3-boto3");
  EXPECT_EQ(MissingSdkAdvice(kError, "/app/.venv/bin/python3"),
            "install the SDK with: /app/.venv/bin/python3 -m pip install boto3");
}

TEST(MissingSdk, OtherModulesAreTheAuthors) {
  EXPECT_EQ(OfNode("Cannot find module './aws-sdk'"), "");
  EXPECT_EQ(OfNode("Cannot find module 'lodash'"), "");
  EXPECT_EQ(MissingSdkAdvice("No module named 'requests'", "/usr/bin/python3"), "");
}

}  // namespace
}  // namespace gatehouse::function
