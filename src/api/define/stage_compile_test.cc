#include "api/define/stage_compile.h"

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;
using Lines = std::vector<std::string>;

class StageCompileTest : public testing::Test {
 protected:
  StageCompileTest() {
    api_.api = Json(R"({"apiId": "abc", "name": "chat",
                        "routeSelectionExpression": "$request.body.action"})");
    AddIntegration("i1", {{"integrationType", "AWS_PROXY"},
                          {"integrationUri", UriOf("say")},
                          {"timeoutInMillis", 1500}});
  }
  void AddIntegration(const std::string& id, const Properties& properties) {
    api_.Of(kIntegration).push_back({id, {}, properties});
  }
  void AddRoute(const std::string& id, Properties properties) {
    api_.Of(kRoute).push_back({id, {}, std::move(properties)});
  }
  CompiledStage Compile(std::string_view stage = R"({"stageName": "live"})") {
    Result<CompiledStage> compiled = CompileStage(api_, Json(stage));
    EXPECT_TRUE(compiled) << compiled.error().message;
    return *std::move(compiled);
  }

  ApiState api_;
};

TEST_F(StageCompileTest, RoutesHaveTheirFunctionAndTimeout) {
  AddRoute("r1", {{"routeKey", "say"}, {"target", "integrations/i1"}});
  CompiledStage compiled = Compile(R"({"stageName": "live", "stageVariables": {"a": "b"}})");
  const Stage& stage = *compiled.stage;
  EXPECT_EQ(stage.api_id(), "abc");
  EXPECT_EQ(stage.name(), "live");
  EXPECT_EQ(stage.variables().at("a"), "b");
  const Route* route = stage.SelectRoute("say");
  ASSERT_TRUE(route && route->integration);
  EXPECT_EQ(route->integration->function_name, "say");
  EXPECT_EQ(route->integration->timeout, base::Millis{1500});
  EXPECT_FALSE(route->route_response);
  EXPECT_EQ(route->refusal, "");
  EXPECT_EQ(compiled.warnings, Lines{});
}

TEST_F(StageCompileTest, WhatDoesNotRunSaysWhy) {
  AddIntegration("i2", {{"integrationType", "HTTP"}});
  AddIntegration("i4", {{"integrationType", "MOCK"},
                        {"requestTemplates", Properties{{"$default", "\n#parse('x')"}}}});
  AddIntegration(
      "i3", {{"integrationType", "AWS_PROXY"}, {"integrationUri", UriOf("${stageVariables.fn}")}});
  AddRoute(
      "r1",
      {{"routeKey", "$connect"}, {"target", "integrations/i1"}, {"authorizationType", "AWS_IAM"}});
  AddRoute("r2", {{"routeKey", "ping"}, {"target", "integrations/i2"}});
  AddRoute("r3", {{"routeKey", "var"}, {"target", "integrations/i3"}});
  AddRoute("r4", {{"routeKey", "vtl"}, {"target", "integrations/i4"}});
  CompiledStage compiled = Compile();
  EXPECT_EQ(compiled.stage->connect_route()->refusal,
            "AuthorizationType AWS_IAM does not run yet in gatehouse");
  EXPECT_EQ(compiled.warnings,
            (Lines{"route $connect answers 500: AuthorizationType AWS_IAM does not run yet in "
                   "gatehouse",
                   "route ping answers Internal server error: integrations of type HTTP do not run "
                   "yet in gatehouse",
                   "route var answers Internal server error: the stage has no variable fn",
                   "route vtl answers Internal server error: template $default: line 2: "
                   "#parse is not served"}));
}

TEST_F(StageCompileTest, AnApiKeyIsAskedOfConnectOnly) {
  AddRoute("r1", {{"routeKey", "$connect"}, {"apiKeyRequired", true}});
  AddRoute("r2", {{"routeKey", "say"}, {"target", "integrations/i1"}, {"apiKeyRequired", true}});
  CompiledStage compiled = Compile();
  EXPECT_EQ(compiled.stage->connect_route()->refusal,
            "ApiKeyRequired does not run yet in gatehouse");
  EXPECT_EQ(compiled.stage->SelectRoute("say")->refusal, "");
}

TEST_F(StageCompileTest, TheRouteResponseDecidesAndTheExpressionAloneWarns) {
  AddRoute("r1", {{"routeKey", "both"},
                  {"target", "integrations/i1"},
                  {"routeResponseSelectionExpression", "$default"}});
  AddRoute("r2", {{"routeKey", "response"}, {"target", "integrations/i1"}});
  AddRoute("r3", {{"routeKey", "expression"},
                  {"target", "integrations/i1"},
                  {"routeResponseSelectionExpression", "$default"}});
  AddRoute("r4", {{"routeKey", "none"}, {"target", "integrations/i1"}});
  api_.Of(kRouteResponse) = {{"x", "r1", {}}, {"y", "r2", {}}};
  CompiledStage compiled = Compile();
  for (std::string key : {"both", "response", "expression", "none"}) {
    EXPECT_EQ(compiled.stage->SelectRoute(key)->route_response, key == "both" || key == "response")
        << key;
  }
  ASSERT_EQ(compiled.warnings.size(), 1u);
  EXPECT_TRUE(compiled.warnings[0].starts_with("route expression has a RouteResponse"));
}

TEST_F(StageCompileTest, BadExpressionsAreRefused) {
  api_.api["routeSelectionExpression"] = "$request.body.";
  EXPECT_FALSE(CompileStage(api_, Json(R"({"stageName": "live"})")));
  api_.api["routeSelectionExpression"] = "x";
  EXPECT_FALSE(CompileStage(api_, Json(R"({"stageName": "a b"})")));
}

}  // namespace
}  // namespace gatehouse::api
