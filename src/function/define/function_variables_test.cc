#include "function/define/function_variables.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

const Variables kServer{{"AWS_CONFIG_FILE", "/ours/aws-config"},
                        {"AWS_EC2_METADATA_DISABLED", "true"},
                        {"HTTPS_PROXY", "http://127.0.0.1:4566"},
                        {"NO_PROXY", "localhost"},
                        {"NODE_OPTIONS", "--require ours"}};

// The value of a variable that the function's process gets; "-" if it is not there.
std::string Of(const FunctionDefinition& function, std::string name) {
  name += '=';
  std::vector<std::string> lines = ProcessEnvironment(function, {}, kServer, {});
  auto line = std::find_if(lines.begin(), lines.end(),
                           [&](const std::string& l) { return l.starts_with(name); });
  return line == lines.end() ? "-" : line->substr(name.size());
}

TEST(EnvironmentVariablesTest, AFunctionHasOurs) {
  FunctionDefinition function;
  for (const auto& [name, value] : kServer) EXPECT_EQ(Of(function, name), value);
  EXPECT_EQ(Of(function, "AWS_ENDPOINT_URL"), "-");
  EXPECT_EQ(Of(function, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "-");
}

TEST(EnvironmentVariablesTest, ItsOwnEndpointsCount) {
  FunctionDefinition function;
  function.environment = {{"AWS_ENDPOINT_URL", "http://a"},
                          {"AWS_ENDPOINT_URL_DYNAMODB", "http://b"},
                          {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"},
                          {"AWS_CONFIG_FILE", "config"},
                          {"AWS_EC2_METADATA_DISABLED", "false"},
                          {"HTTP_PROXY", "http://proxy"}};
  for (const auto& [name, value] : function.environment) EXPECT_EQ(Of(function, name), value);
}

TEST(EnvironmentVariablesTest, WhatLeadsAwssNamesToUsStands) {
  FunctionDefinition function;
  function.environment = {
      {"HTTPS_PROXY", "http://proxy"}, {"NO_PROXY", "inner"}, {"NODE_OPTIONS", "--own"}};
  EXPECT_EQ(Of(function, "HTTPS_PROXY"), "http://127.0.0.1:4566");
  EXPECT_EQ(Of(function, "NO_PROXY"), "localhost,inner");
  EXPECT_EQ(Of(function, "NODE_OPTIONS"), "--require ours --own");
}

}  // namespace
}  // namespace gatehouse::function
