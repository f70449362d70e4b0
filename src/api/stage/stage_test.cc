#include "api/stage/stage.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

ApiDefinition Api() {
  ApiDefinition api;
  api.api_id = "abcde12345";
  api.route_selection_expression = "$request.body.action";
  api.integrations = {{"i1", "function-one", base::Millis{100}}};
  api.routes = {{"$connect", "i1", false}, {"say", "i1", true}, {"bare", "", false}};
  return api;
}

std::string ErrorOf(ApiDefinition api, std::string stage_name = "prod") {
  auto stage = Stage::Compile(std::move(api), {std::move(stage_name), {}});
  return stage ? "" : stage.error().message;
}

TEST(StageTest, FindsRoutesAndTheirIntegrations) {
  auto stage = Stage::Compile(Api(), {"prod", {{"k", "v"}}});
  ASSERT_TRUE(stage);
  const Route* say = (*stage)->SelectRoute("say");
  ASSERT_TRUE(say && say->integration);
  EXPECT_EQ(say->key, "say");
  EXPECT_TRUE(say->route_response);
  EXPECT_EQ(say->integration->function_name, "function-one");
  EXPECT_EQ(say->integration->timeout, base::Millis{100});
  EXPECT_EQ((*stage)->SelectRoute("bare")->integration, nullptr);
  EXPECT_EQ((*stage)->connect_route()->key, "$connect");
  EXPECT_EQ((*stage)->disconnect_route(), nullptr);
  EXPECT_EQ((*stage)->default_route(), nullptr);
  EXPECT_EQ((*stage)->variables().at("k"), "v");
}

TEST(StageTest, SelectsExactlyElseDefaultNeverLifecycleRoutes) {
  ApiDefinition api = Api();
  api.routes.push_back({"$disconnect", "i1", false});
  api.routes.push_back({"$join", "i1", false});
  EXPECT_EQ((*Stage::Compile(api, {"prod", {}}))->SelectRoute("$join")->key, "$join");
  for (bool with_default : {false, true}) {
    if (with_default) api.routes.push_back({"$default", "i1", false});
    auto stage = Stage::Compile(api, {"prod", {}});
    const Route* fallback = (*stage)->default_route();
    EXPECT_EQ(fallback != nullptr, with_default);
    for (const char* value : {"", "Say", "say ", "$connect", "$disconnect", "$default", "none"}) {
      EXPECT_EQ((*stage)->SelectRoute(value), fallback) << value;
    }
  }
}

TEST(StageTest, TellsPeopleTheKeysOfMessages) {
  EXPECT_EQ((*Stage::Compile(Api(), {"prod", {}}))->RouteKeysForPeople(), "say, bare");
  ApiDefinition api = Api();
  api.routes.resize(1);
  EXPECT_EQ((*Stage::Compile(api, {"prod", {}}))->RouteKeysForPeople(), "none");
}

TEST(StageTest, RefusesWhatCannotBeServed) {
  ApiDefinition twice = Api();
  twice.routes.push_back({"say", "", false});
  EXPECT_EQ(ErrorOf(twice), "route say is given twice");
  ApiDefinition dangling = Api();
  dangling.routes[1].integration_id = "i9";
  EXPECT_EQ(ErrorOf(dangling), "route say: no integration i9");
  ApiDefinition expression = Api();
  expression.route_selection_expression = "$request.header.x";
  EXPECT_NE(ErrorOf(expression), "");
}

TEST(StageTest, StageNamesAreLettersDigitsHyphensAndUnderscores) {
  EXPECT_EQ(ErrorOf(Api(), "Prod-2_x"), "");
  EXPECT_EQ(ErrorOf(Api(), std::string(128, 'x')), "");
  EXPECT_EQ(ErrorOf(Api(), "$default"), "");
  for (std::string name :
       {std::string(), std::string(129, 'x'), std::string("a/b"), std::string("$Default"),
        std::string("$"), std::string("a b"), std::string("\u00e9")}) {
    EXPECT_NE(ErrorOf(Api(), name), "") << name;
  }
}

}  // namespace
}  // namespace gatehouse::api
