#include "api/stage/stages.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

std::shared_ptr<const Stage> MakeStage(const std::string& api_id, const std::string& name,
                                       const std::string& expression = "x") {
  ApiDefinition api;
  api.api_id = api_id;
  api.route_selection_expression = expression;
  return *Stage::Compile(std::move(api), {name, {}});
}

class StagesTest : public testing::Test {
 protected:
  // "api/stage/stage + rest", or "none".
  std::string Resolve(std::string_view path, std::string_view host_api = {}) {
    StagePath found = stages_.Resolve(path, host_api);
    if (!found.place) return "none";
    const Stage& stage = *found.place->current;
    return stage.api_id() + "/" + stage.name() + " + " + std::string(found.rest);
  }

  Stages stages_;
};

TEST_F(StagesTest, AStageIsFoundByItsNameWhileOnlyOneApiHasIt) {
  stages_.Deploy(MakeStage("aaa", "prod"));
  stages_.Deploy(MakeStage("bbb", "dev"));
  EXPECT_EQ(Resolve("/prod"), "aaa/prod + ");
  EXPECT_EQ(Resolve("/prod/"), "aaa/prod + /");
  EXPECT_EQ(Resolve("/prod/@connections/x"), "aaa/prod + /@connections/x");
  EXPECT_EQ(Resolve("/dev"), "bbb/dev + ");
  EXPECT_EQ(stages_.PathOf(*stages_.Find("aaa", "prod")->current), "/prod");
  stages_.Deploy(MakeStage("bbb", "prod"));
  EXPECT_EQ(Resolve("/prod"), "none");
  EXPECT_EQ(Resolve("/prod/@connections/x"), "none");
  EXPECT_EQ(stages_.PathOf(*stages_.Find("aaa", "prod")->current), "/aaa/prod");
}

TEST_F(StagesTest, TheLongFormAlwaysWorks) {
  stages_.Deploy(MakeStage("aaa", "prod"));
  stages_.Deploy(MakeStage("bbb", "prod"));
  EXPECT_EQ(Resolve("/aaa/prod"), "aaa/prod + ");
  EXPECT_EQ(Resolve("/bbb/prod/@connections/x"), "bbb/prod + /@connections/x");
  EXPECT_EQ(Resolve("/bbb/dev"), "none");
}

TEST_F(StagesTest, AHostThatNamesTheApiTakesTheShortFormOnly) {
  stages_.Deploy(MakeStage("aaa", "prod"));
  stages_.Deploy(MakeStage("bbb", "prod"));
  EXPECT_EQ(Resolve("/prod", "bbb"), "bbb/prod + ");
  EXPECT_EQ(Resolve("/prod/x", "aaa"), "aaa/prod + /x");
  EXPECT_EQ(Resolve("/bbb/prod", "bbb"), "none");
  EXPECT_EQ(Resolve("/prod", "ccc"), "none");
}

TEST_F(StagesTest, WhatIsNoStageLeadsNowhere) {
  EXPECT_EQ(Resolve("/prod"), "none");
  stages_.Deploy(MakeStage("aaa", "prod"));
  for (const char* path : {"", "/", "//", "/Prod", "/prodx", "prod", "//prod", "/aaa", "/aaa/",
                           "/aaa//prod", "/x/prod"}) {
    EXPECT_EQ(Resolve(path), "none") << path;
  }
}

TEST_F(StagesTest, AnApiIdThatIsAStageNameToo) {
  stages_.Deploy(MakeStage("aaa", "prod"));
  stages_.Deploy(MakeStage("bbb", "aaa"));
  EXPECT_EQ(Resolve("/aaa"), "bbb/aaa + ");
  EXPECT_EQ(Resolve("/aaa/prod"), "aaa/prod + ");  // "always"
}

TEST_F(StagesTest, TheStagesSegmentIsDecoded) {
  stages_.Deploy(MakeStage("aaa", "$default"));
  stages_.Deploy(MakeStage("aaa", "my-stage"));
  EXPECT_EQ(Resolve("/$default"), "aaa/$default + ");
  EXPECT_EQ(Resolve("/%24default"), "aaa/$default + ");
  EXPECT_EQ(Resolve("/%24default/@connections/x%3D"), "aaa/$default + /@connections/x%3D");
  EXPECT_EQ(Resolve("/%24default/", "aaa"), "aaa/$default + /");
  EXPECT_EQ(Resolve("/aaa/%24default/%40connections/x"), "aaa/$default + /%40connections/x");
  EXPECT_EQ(Resolve("/my%2dstage"), "aaa/my-stage + ");
  EXPECT_EQ(Resolve("/%2524default"), "none") << "decoded once";
  EXPECT_EQ(Resolve("/%2Fmy-stage"), "none");
  EXPECT_EQ(stages_.PathOf(*stages_.Find("aaa", "$default")->current), "/$default");
}

TEST_F(StagesTest, AStageWhoseNameLeadsElsewhereIsReachedByItsApi) {
  for (const std::string name : {"2015-03-31", "2031-01-02", "v2", "_gatehouse"}) {
    stages_.Deploy(MakeStage("aaa", name));
    EXPECT_EQ(Resolve("/" + name), "none");
    EXPECT_EQ(Resolve("/aaa/" + name + "/@connections/x"), "aaa/" + name + " + /@connections/x");
    EXPECT_EQ(Resolve("/" + name, "aaa"), "aaa/" + name + " + ");
    EXPECT_EQ(stages_.PathOf(*stages_.Find("aaa", name)->current), "/aaa/" + name);
  }
  for (const std::string name : {"v3", "2015-03-310", "2015-3-31", "x015-03-31", "2015_03-31"}) {
    stages_.Deploy(MakeStage("aaa", name));
    EXPECT_EQ(Resolve("/" + name), "aaa/" + name + " + ");
  }
}

TEST_F(StagesTest, PathsAreListedForPeople) {
  EXPECT_EQ(stages_.PathsForPeople(), "none");
  stages_.Deploy(MakeStage("aaa", "prod"));
  stages_.Deploy(MakeStage("aaa", "dev"));
  EXPECT_EQ(stages_.PathsForPeople(), "/prod, /dev");
  for (int i = 0; i < 10; ++i) stages_.Deploy(MakeStage("b" + std::to_string(i), "s"));
  std::string paths = stages_.PathsForPeople();
  EXPECT_TRUE(paths.starts_with("/prod, /dev, /b0/s, ") && paths.ends_with("/b7/s, …")) << paths;
}

TEST_F(StagesTest, DeployingAnewKeepsThePlace) {
  stages_.Deploy(MakeStage("aaa", "prod", "one"));
  StagePlace* place = stages_.Find("aaa", "prod");
  stages_.Deploy(MakeStage("ccc", "x"));
  stages_.Deploy(MakeStage("aaa", "prod", "two"));
  EXPECT_EQ(stages_.Find("aaa", "prod"), place);
  EXPECT_EQ(place->current->expression().text(), "two");
  EXPECT_EQ(stages_.places().size(), 2u);
}

TEST_F(StagesTest, WhatALoopKeepsOfRoutesIsTheStagesOwn) {
  ApiDefinition api;
  api.api_id = "aaa";
  api.route_selection_expression = "$request.body.action";
  api.integrations = {{"i", "function", base::Millis{29000}}};
  api.routes = {{"one", "i", false}, {"bare", "", false}};
  stages_.Deploy(*Stage::Compile(api, {"prod", {}}));
  StagePlace& place = *stages_.Find("aaa", "prod");
  ASSERT_EQ(place.routes.size(), 2u);
  EXPECT_EQ(place.routes[place.current->FindRoute("one")->index].target.function_name, "function");
  EXPECT_EQ(place.routes[place.current->FindRoute("bare")->index].target.function_name, "");
  place.recent_route = place.current->FindRoute("one");
  stages_.Deploy(*Stage::Compile(api, {"prod", {}}));
  EXPECT_EQ(place.recent_route, nullptr) << "a route of the old stage";
  stages_.Remove(place);
  EXPECT_TRUE(place.routes.empty());
}

}  // namespace
}  // namespace gatehouse::api
