#include "api/define/resource_rules.h"

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;

// The sentence with which a new resource is refused; "" if it is taken.
std::string Refusal(ResourceKind kind, std::string_view given) {
  ApiState state;
  state.Of(kIntegration) = {{"i1", {}, {}}};
  state.Of(kModel) = {{"m1", {}, {{"name", "known"}}}};
  Result<Properties> properties = ApplyProperties(kind, {}, Json(given), ChangeKind::kCreate);
  if (!properties) return "not applied: " + properties.error().message;
  Result<void> checked = CheckResource(state, kind, {"new", {}, *properties});
  return checked ? "" : checked.error().message;
}

TEST(ResourceRulesTest, Integrations) {
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "MOCK", "integrationUri": ""})"), "");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "AWS_PROXY"})"),
            "integrationUri is required for type AWS_PROXY");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "AWS_PROXY", "integrationUri": "say"})"),
            "Invalid function ARN or invalid uri: say");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "AWS", "integrationUri": "say"})"),
            "integrationUri \"say\": type AWS takes an ARN");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "AWS",
      "integrationUri": "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"})"),
            "");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "HTTP", "integrationUri": "x.example"})"),
            "integrationUri \"x.example\": type HTTP takes a URL");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "HTTP_PROXY",
      "integrationUri": "https://${stageVariables.host}/x"})"),
            "");
  EXPECT_EQ(Refusal(kIntegration, R"({"integrationType": "HTTP", "connectionType": "VPC_LINK",
      "integrationUri": "https://x.example/"})"),
            "connectionId is required for connectionType VPC_LINK");
}

TEST(ResourceRulesTest, Responses) {
  for (std::string key : {"$default", "/4../", "/a/"}) {
    EXPECT_EQ(Refusal(kIntegrationResponse, R"({"integrationResponseKey": ")" + key + "\"}"), "");
  }
  for (std::string key : {"/", "//", "200", "default"}) {
    EXPECT_EQ(Refusal(kIntegrationResponse, R"({"integrationResponseKey": ")" + key + "\"}"),
              "integrationResponseKey \"" + key + "\": $default or /regex/ is allowed");
  }
}

TEST(ResourceRulesTest, Authorizers) {
  std::string start = R"({"name": "a", "authorizerType": "REQUEST", "authorizerUri": ")";
  std::string good = start + UriOf("authorize") + "\"";
  EXPECT_EQ(Refusal(kAuthorizer, good + "}"), "");
  EXPECT_EQ(Refusal(kAuthorizer, start + "x\"}"), "Invalid Authorizer URI: x");
  EXPECT_EQ(Refusal(kAuthorizer, good + R"(, "identitySource": ["route.request.header.Auth",
      "route.request.querystring.t", "context.x", "stageVariables.y"]})"),
            "");
  for (std::string source : {"$request.header.Auth", "route.request.header.", "x"}) {
    EXPECT_TRUE(Refusal(kAuthorizer, good + R"(, "identitySource": [")" + source + "\"]}")
                    .starts_with("identitySource \"" + source + "\": the forms are"));
  }
}

TEST(ResourceRulesTest, Models) {
  EXPECT_EQ(Refusal(kModel, R"({"name": "A1", "schema": "{\"type\": \"object\"}"})"), "");
  EXPECT_EQ(Refusal(kModel, R"({"name": "a-b", "schema": "{}"})"),
            "Model name must be alphanumeric: a-b");
  EXPECT_EQ(Refusal(kModel, R"({"name": "a", "schema": "{"})"), "Model schema is no JSON object");
  EXPECT_EQ(Refusal(kModel, R"({"name": "known", "schema": "{}"})"),
            "Model with name known already exists for this API");
  EXPECT_EQ(Refusal(kRoute, R"({"routeKey": "a", "requestModels": {"k": "known"}})"), "");
  EXPECT_EQ(Refusal(kRoute, R"({"routeKey": "a", "requestModels": {"k": "none"}})"),
            "RequestModels k: the API has no model named none");
}

TEST(ResourceRulesTest, Stages) {
  EXPECT_EQ(Refusal(kStage, R"({"stageName": "s", "stageVariables": {"a_1": "x-._~:/?#&=,1"}})"),
            "");
  EXPECT_EQ(Refusal(kStage, R"({"stageName": "s", "stageVariables": {"a-b": "x"}})"),
            "stage variable name \"a-b\": letters, digits and _ are allowed");
  EXPECT_EQ(Refusal(kStage, R"({"stageName": "s", "stageVariables": {"a": "x y"}})"),
            "the value of stage variable a may have letters, digits and -._~:/?#&=, only");
  EXPECT_EQ(Refusal(kStage, R"({"stageName": "s", "accessLogSettings": {"format": "x"}})"),
            "accessLogSettings.format must contain $context.requestId");
  EXPECT_EQ(
      Refusal(kStage,
              R"({"stageName": "s", "accessLogSettings": {"format": "$context.requestId\n"}})"),
      "");
  EXPECT_EQ(Refusal(kStage, R"({"stageName": "s",
                                "accessLogSettings": {"format": "a\n$context.requestId"}})"),
            "accessLogSettings.format must be a single line");
}

}  // namespace
}  // namespace gatehouse::api
