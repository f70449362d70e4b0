#include "api/define/resource_schema.h"

#include <set>

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;

std::string Refusal(ResourceKind kind, std::string_view given) {
  auto applied = ApplyProperties(kind, {}, Json(given), ChangeKind::kCreate);
  return applied ? "none" : applied.error().message;
}

TEST(ResourceSchemaTest, EveryKindHasARowAndEveryDefaultFits) {
  for (std::size_t i = 0; i < kResourceKinds; ++i) {
    const KindRow& kind = RowOf(static_cast<ResourceKind>(i));
    std::set<std::string_view> names;
    for (const aws::Property& row : kind.type.properties) {
      EXPECT_TRUE(names.insert(row.name).second) << kind.name << "." << row.name;
      if (row.initial.empty()) continue;
      Properties given;
      given[row.name] = boost::json::parse(row.initial);
      auto applied = ApplyProperties(kind.kind, {}, given, ChangeKind::kUpdate);
      bool fits = applied || applied.error().message.ends_with("is required");
      EXPECT_TRUE(fits) << kind.name << "." << row.name;
    }
  }
}

TEST(ResourceSchemaTest, DefaultsAreThere) {
  auto route = ApplyProperties(kRoute, {}, Json(R"({"routeKey": "a"})"), ChangeKind::kCreate);
  EXPECT_EQ(*route, Json(R"({"routeKey": "a", "authorizationType": "NONE",
                             "apiKeyRequired": false})"));
  auto integration = ApplyProperties(kIntegration, {}, Json(R"({"integrationType": "MOCK"})"),
                                     ChangeKind::kCreate);
  EXPECT_EQ(*integration, Json(R"({"integrationType": "MOCK", "connectionType": "INTERNET",
      "passthroughBehavior": "WHEN_NO_MATCH", "payloadFormatVersion": "1.0",
      "timeoutInMillis": 29000})"));
}

TEST(ResourceSchemaTest, RefusesWhatDoesNotFit) {
  struct Case {
    ResourceKind kind;
    std::string_view given;
    std::string_view sentence;
  };
  const Case cases[] = {
      {kRoute, "{}", "routeKey of Route is required"},
      {kRoute, R"({"routeKey": null})", "routeKey of Route is required"},
      {kRoute, R"({"routeKey": ["a"]})", "routeKey must be a string"},
      {kRoute, R"({"routeKey": ""})", "routeKey has 0 characters; 1 to 1024 are allowed"},
      {kRoute, R"({"routeKey": "a", "colour": "red"})", "Route has no property colour"},
      {kRoute, R"({"routeKey": "a", "apiKeyRequired": "yes"})",
       "apiKeyRequired must be true or false"},
      {kRoute, R"({"routeKey": "a", "authorizationType": "JWT"})",
       "authorizationType is \"JWT\"; allowed for WEBSOCKET APIs: NONE|AWS_IAM|CUSTOM"},
      {kRoute, R"({"routeKey": "a", "authorizationScopes": ["x"]})",
       "AuthorizationScopes cannot be set for WEBSOCKET protocol Apis."},
      {kRoute, R"({"routeKey": "a", "requestModels": []})", "requestModels must be an object"},
      {kRoute, R"({"routeKey": "a", "requestParameters": {"p": {"need": true}}})",
       "requestParameters.p has no member need"},
      {kIntegration, R"({"integrationType": "MOCK", "timeoutInMillis": 49})",
       "timeoutInMillis is 49; 50 to 29000 are allowed"},
      {kIntegration, R"({"integrationType": "MOCK", "timeoutInMillis": 30000})",
       "timeoutInMillis is 30000; 50 to 29000 are allowed"},
      {kIntegration, R"({"integrationType": "MOCK", "timeoutInMillis": 100.5})",
       "timeoutInMillis must be a whole number"},
      {kIntegration, R"({"integrationType": "MOCK", "timeoutInMillis": "1e400"})",
       "timeoutInMillis must be a whole number"},
      {kIntegration, R"({"integrationType": "MOCK", "payloadFormatVersion": "2.0"})",
       "payloadFormatVersion is \"2.0\"; allowed for WEBSOCKET APIs: 1.0"},
      {kAuthorizer, R"({"name": "a", "authorizerType": "REQUEST", "authorizerUri": "u",
                        "authorizerResultTtlInSeconds": 0})",
       "AuthorizerResultTtlInSeconds cannot be set for WEBSOCKET protocol Apis."},
      {kAuthorizer, R"({"name": "a", "authorizerType": "REQUEST", "authorizerUri": "u",
                        "identitySource": "route.request.header.Auth"})",
       "identitySource must be a list of strings"},
      {kStage, R"({"stageName": "s", "defaultRouteSettings": {"throttlingBurstLimit": -1}})",
       "defaultRouteSettings.throttlingBurstLimit is -1; 0 to 2147483647 are allowed"},
      {kStage, R"({"stageName": "s", "defaultRouteSettings": {"throttlingRateLimit": "fast"}})",
       "defaultRouteSettings.throttlingRateLimit must be a number, 0 or more"},
      {kStage, R"({"stageName": "s", "routeSettings": {"a": 1}})",
       "routeSettings.a must be an object"},
  };
  for (const Case& c : cases) EXPECT_EQ(Refusal(c.kind, c.given), c.sentence) << c.given;
}

TEST(ResourceSchemaTest, LengthsAreCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 128; ++i) name += "\u20ac";
  Properties model{{"name", name}, {"schema", "{}"}};
  EXPECT_TRUE(ApplyProperties(kModel, {}, model, ChangeKind::kCreate));
  model["name"] = name + "x";
  EXPECT_FALSE(ApplyProperties(kModel, {}, model, ChangeKind::kCreate));
  model["name"] = "\xff";
  EXPECT_FALSE(ApplyProperties(kModel, {}, model, ChangeKind::kCreate));
}

TEST(ResourceSchemaTest, TemplatesMayWriteTextForNumbersAndTheReverse) {
  auto stage = ApplyProperties(kStage, {}, Json(R"({"stageName": "s", "autoDeploy": "true",
      "stageVariables": {"n": 5, "b": true},
      "defaultRouteSettings": {"throttlingBurstLimit": "7", "throttlingRateLimit": "1.5"}})"),
                               ChangeKind::kCreate);
  ASSERT_TRUE(stage) << stage.error().message;
  EXPECT_EQ(stage->at("autoDeploy"), true);
  EXPECT_EQ(stage->at("stageVariables"), Json(R"({"n": "5", "b": "true"})"));
  EXPECT_EQ(stage->at("defaultRouteSettings"),
            Json(R"({"throttlingBurstLimit": 7, "throttlingRateLimit": 1.5})"));
}

TEST(ResourceSchemaTest, UpdatesMergeWhatAwsMerges) {
  auto before = ApplyProperties(kStage, {}, Json(R"({"stageName": "s",
      "defaultRouteSettings": {"throttlingBurstLimit": 7},
      "routeSettings": {"a": {"loggingLevel": "INFO"}, "b": {}}, "tags": {"x": "1"}})"),
                                ChangeKind::kCreate);
  ASSERT_TRUE(before) << before.error().message;
  auto after = ApplyProperties(kStage, *before, Json(R"({"tags": {"y": "2"},
      "defaultRouteSettings": {"loggingLevel": "ERROR"}, "routeSettings": {"b": null}})"),
                               ChangeKind::kUpdate);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->at("defaultRouteSettings"),
            Json(R"({"throttlingBurstLimit": 7, "loggingLevel": "ERROR"})"));
  EXPECT_EQ(after->at("routeSettings"), Json(R"({"a": {"loggingLevel": "INFO"}})"));
  EXPECT_EQ(after->at("tags"), Json(R"({"y": "2"})"));
}

TEST(ResourceSchemaTest, ImmutableStays) {
  auto before = ApplyProperties(kApi, {}, Json(R"({"name": "a", "protocolType": "WEBSOCKET"})"),
                                ChangeKind::kCreate);
  EXPECT_FALSE(
      ApplyProperties(kApi, *before, Json(R"({"protocolType": "HTTP"})"), ChangeKind::kUpdate));
  auto replaced = ApplyProperties(kApi, *before, Json(R"({"name": "b"})"), ChangeKind::kReplace);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->at("protocolType"), "WEBSOCKET");
}

}  // namespace
}  // namespace gatehouse::api
