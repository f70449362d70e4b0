// What the catalogue serves: deployments, and stages that go.
#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

using Kind = ResourceKind;
using Lines = std::vector<std::string>;
using net::ClientText;

class CatalogueServingTest : public testing::Test {
 protected:
  // The sentence of the error, or "" if there is none.
  template <class T>
  static std::string Sentence(const Result<T>& result) {
    return result ? "" : result.error().message;
  }
  // What a client of stage `live` gets for a message.
  Lines Say(const std::string& action) {
    net::Peer peer = world_.Open("/live");
    return world_.AskFrames(peer, ClientText(R"({"action":")" + action + R"("})"));
  }

  CatalogueWorld world_;
};

TEST_F(CatalogueServingTest, AStageServesItsDeployment) {
  world_.CreateChat();
  EXPECT_EQ(Say("say"), Lines{});
  EXPECT_EQ(world_.invoker.Lines(), (Lines{"connect", R"(say {"action":"say"})"}));
}

TEST_F(CatalogueServingTest, ANewRouteIsServedOnceDeployed) {
  world_.CreateChat();
  world_.CreateRoute("r-new", "new", "i-say");
  EXPECT_EQ(ErrorOf(Say("new").at(0)), "Forbidden");
  world_.MustCreate(world_.At(Kind::kDeployment, "dep2"), {});
  EXPECT_EQ(ErrorOf(Say("new").at(0)), "Forbidden");
  ASSERT_TRUE(world_.Update(world_.At(Kind::kStage, "live"), {{"deploymentId", "dep2"}}));
  EXPECT_EQ(Say("new"), Lines{});
}

TEST_F(CatalogueServingTest, ADeploymentMayNameItsStage) {
  world_.CreateChat();
  world_.CreateRoute("r-new", "new", "i-say");
  world_.MustCreate(world_.At(Kind::kDeployment, "dep2"), {{"stageName", "live"}});
  EXPECT_EQ(Say("new"), Lines{});
  EXPECT_EQ(TextOf(*world_.catalogue->Get(world_.At(Kind::kStage, "live")), "deploymentId"),
            "dep2");
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kDeployment), {{"stageName", "none"}})),
            "Invalid Stage identifier specified none");
}

TEST_F(CatalogueServingTest, RedeployTakesTheStateOfNow) {
  world_.CreateChat();
  world_.CreateRoute("r-new", "new", "i-say");
  ASSERT_TRUE(world_.Redeploy());
  EXPECT_EQ(Say("new"), Lines{});
  EXPECT_EQ(TextOf(*world_.catalogue->Get(world_.At(Kind::kStage, "live")), "deploymentId"),
            "dep1");
}

TEST_F(CatalogueServingTest, OpenConnectionsTakeTheNewDeployment) {
  world_.CreateChat();
  net::Peer peer = world_.Open("/live");
  world_.CreateRoute("r-new", "new", "i-say");
  ASSERT_TRUE(world_.Redeploy());
  EXPECT_EQ(world_.AskFrames(peer, ClientText(R"({"action":"new"})")), Lines{});
  EXPECT_EQ(world_.invoker.calls.back().function, "say");
}

TEST_F(CatalogueServingTest, AutoDeployFollowsEveryChange) {
  world_.CreateApi();
  world_.MustCreate(world_.At(Kind::kStage), {{"stageName", "live"}, {"autoDeploy", true}});
  EXPECT_FALSE(world_.IsServed("live")) << "there is nothing to serve";
  world_.CreateIntegration("i-say", "say");
  world_.CreateRoute("r-say", "say", "i-say");
  EXPECT_EQ(Say("say"), Lines{});
  world_.CreateRoute("r-new", "new", "i-say");
  EXPECT_EQ(Say("new"), Lines{});
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kRoute, "r-new")));
  EXPECT_EQ(ErrorOf(Say("new").at(0)), "Forbidden");
  auto deployments = world_.catalogue->List(world_.At(Kind::kDeployment));
  ASSERT_EQ(deployments->size(), 1u) << "those that no stage uses go";
  EXPECT_TRUE(IsTrue(deployments->at(0), "autoDeployed"));
  auto stage = world_.catalogue->Get(world_.At(Kind::kStage, "live"));
  EXPECT_EQ(TextOf(*stage, "deploymentId"), TextOf(deployments->at(0), "deploymentId"));
}

TEST_F(CatalogueServingTest, AccessControlIsForConnectAndFailsClosed) {
  world_.CreateChat();
  EXPECT_EQ(
      Sentence(world_.Update(world_.At(Kind::kRoute, "r-say"), {{"authorizationType", "AWS_IAM"}})),
      "Currently, authorization is restricted to the $connect route only");
  EXPECT_EQ(Sentence(world_.Update(world_.At(Kind::kRoute, "r-connect"),
                                   {{"authorizationType", "CUSTOM"}})),
            "AuthorizerId is required for authorization type CUSTOM");
  world_.MustCreate(
      world_.At(Kind::kAuthorizer, "auth1"),
      {{"name", "a"}, {"authorizerType", "REQUEST"}, {"authorizerUri", UriOf("authorize")}});
  ASSERT_TRUE(world_.Update(world_.At(Kind::kRoute, "r-connect"),
                            {{"authorizationType", "CUSTOM"}, {"authorizerId", "auth1"}}));
  ASSERT_TRUE(world_.Redeploy());
  net::Peer peer = world_.Dial();
  EXPECT_TRUE(peer.Ask(GatewayWorld::Handshake("/live")).starts_with("HTTP/1.1 500 "));
  world_.catalogue->Warn(CatalogueWorld::kApiId);
  world_.log.Flush();
  constexpr const char* kSaid = "answers 500: AuthorizationType CUSTOM does not run yet";
  std::size_t said = world_.logged.find(kSaid);
  ASSERT_NE(said, std::string::npos);
  ASSERT_TRUE(world_.Redeploy());
  world_.catalogue->Warn(CatalogueWorld::kApiId);
  world_.log.Flush();
  EXPECT_EQ(world_.logged.find(kSaid, said + 1), std::string::npos);
  EXPECT_EQ(Sentence(world_.Delete(world_.At(Kind::kAuthorizer, "auth1"))),
            "Cannot delete Authorizer because it is referenced by the following Routes with Ids: "
            "[r-connect]");
}

TEST_F(CatalogueServingTest, IntegrationsThatDoNotRunYetAnswerInternalServerError) {
  world_.CreateChat();
  world_.MustCreate(world_.At(Kind::kIntegration, "i-http"),
                    {{"integrationType", "HTTP_PROXY"}, {"integrationUri", "https://x.example/"}});
  world_.CreateRoute("r-http", "http", "i-http");
  ASSERT_TRUE(world_.Redeploy());
  EXPECT_EQ(ErrorOf(Say("http").at(0)), "Internal server error");
  world_.log.Flush();
  EXPECT_NE(world_.logged.find("integrations of type HTTP_PROXY do not run yet"),
            std::string::npos);
}

TEST_F(CatalogueServingTest, ARouteResponseMakesARouteTwoWay) {
  world_.CreateChat();
  world_.invoker.outcomes["say"].answer.body = "hello";
  EXPECT_EQ(Say("say"), Lines{});
  world_.MustCreate(world_.At(Kind::kRouteResponse, "rr1", "r-say"),
                    {{"routeResponseKey", "$default"}});
  ASSERT_TRUE(world_.Redeploy());
  EXPECT_EQ(Say("say"), Lines{"text hello"});
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kRouteResponse, {}, "r-say"),
                                   {{"routeResponseKey", "$default"}})),
            "RouteResponse with key $default already exists");
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kRoute, "r-say")));
  world_.CreateRoute("r-say", "say", "i-say");
  EXPECT_TRUE(world_.catalogue->List(world_.At(Kind::kRouteResponse, {}, "r-say"))->empty())
      << "responses go with their route";
}

TEST_F(CatalogueServingTest, StageVariablesNameTheFunction) {
  world_.CreateChat();
  world_.MustCreate(
      world_.At(Kind::kIntegration, "i-var"),
      {{"integrationType", "AWS_PROXY"}, {"integrationUri", UriOf("${stageVariables.fn}")}});
  world_.CreateRoute("r-var", "var", "i-var");
  ASSERT_TRUE(world_.Redeploy());
  EXPECT_EQ(ErrorOf(Say("var").at(0)), "Internal server error");
  world_.log.Flush();
  EXPECT_NE(world_.logged.find("the stage has no variable fn"), std::string::npos);
  ASSERT_TRUE(world_.Update(world_.At(Kind::kStage, "live"),
                            Json(R"({"stageVariables": {"fn": "other:live"}})")));
  EXPECT_EQ(Say("var"), Lines{});
  EXPECT_EQ(world_.invoker.calls.back().function, "other")
      << "an alias is the function, if the invoker knows it";
  ASSERT_TRUE(world_.Update(world_.At(Kind::kStage, "live"),
                            Json(R"({"stageVariables": {"fn": "other"}})")));
  EXPECT_EQ(Say("var"), Lines{});
  EXPECT_EQ(world_.invoker.calls.back().function, "other");
}

TEST_F(CatalogueServingTest, AStageThatGoesClosesItsConnections) {
  world_.CreateChat();
  net::Peer peer = world_.Open("/live");
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kStage, "live")));
  EXPECT_EQ(net::FrameLines(peer.Take()), Lines{"close 1001 Going away"});
  EXPECT_EQ(world_.invoker.Lines(), (Lines{"connect", "disconnect 1001 Going away"}));
  EXPECT_FALSE(world_.IsServed("live"));
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kDeployment, "dep1")));
}

TEST_F(CatalogueServingTest, AnApiThatGoesTakesAllWithIt) {
  world_.CreateChat();
  net::Peer peer = world_.Open("/live");
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kApi, CatalogueWorld::kApiId)));
  EXPECT_EQ(net::FrameLines(peer.Take()), Lines{"close 1001 Going away"});
  EXPECT_FALSE(world_.IsServed("live"));
  EXPECT_EQ(world_.catalogue->Get(world_.At(Kind::kApi, CatalogueWorld::kApiId)).error().code,
            ErrorCode::kNotFound);
  world_.CreateChat();
  EXPECT_EQ(Say("say"), Lines{}) << "it may come again under its id";
}

TEST_F(CatalogueServingTest, ADeletionWaitsForDisconnectsButNotForever) {
  world_.CreateChat();
  world_.Open("/live");
  world_.invoker.later["disconnect"] = true;
  bool done = false;
  world_.catalogue->Delete(world_.At(Kind::kStage, "live"), [&](Result<void> r) { done = !!r; });
  world_.Advance(7);
  EXPECT_FALSE(done);
  net::Peer late = world_.Dial();
  EXPECT_TRUE(late.Ask(GatewayWorld::Handshake("/live")).starts_with("HTTP/1.1 403 "));
  world_.Advance(2);
  EXPECT_TRUE(done);
  EXPECT_FALSE(world_.IsServed("live"));
  world_.invoker.Answer(world_.invoker.calls.back());
}

// A stage that is compiled before the response comes is no reason to warn.
TEST(CatalogueServing, WarningsAreToldOnceAndWhenAsked) {
  CatalogueWorld world;
  world.CreateChat();
  auto logged = [&](std::string_view words) {
    world.log.Flush();
    return world.logged.find(words) != std::string::npos;
  };
  ASSERT_TRUE(world.Update(world.At(ResourceKind::kRoute, "r-say"),
                           {{"routeResponseSelectionExpression", "$default"}}));
  ASSERT_TRUE(world.Redeploy());
  EXPECT_FALSE(logged("no RouteResponse"));
  world.catalogue->Warn(CatalogueWorld::kApiId);
  EXPECT_TRUE(logged("no RouteResponse"));
  world.logged.clear();
  ASSERT_TRUE(world.Redeploy());
  world.catalogue->Warn(CatalogueWorld::kApiId);
  EXPECT_FALSE(logged("no RouteResponse")) << "told twice";
  world.MustCreate(world.At(ResourceKind::kRouteResponse, "rr", "r-say"),
                   {{"routeResponseKey", "$default"}});
  ASSERT_TRUE(world.Redeploy());
  world.catalogue->WarnOfAll();
  EXPECT_FALSE(logged("no RouteResponse"));
}

}  // namespace
}  // namespace gatehouse::api
