// The catalogue: what it keeps and what it refuses.
#include "api/define/api_catalogue.h"

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"
#include "store/test_directory.h"

namespace gatehouse::api {
namespace {

using Kind = ResourceKind;
using Lines = std::vector<std::string>;
using net::ClientText;

class CatalogueTest : public testing::Test {
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

TEST_F(CatalogueTest, AnApiHasWhatAwsAnswers) {
  auto created = world_.Create({Kind::kApi}, Json(R"({"name": "chat", "protocolType": "WEBSOCKET",
      "routeSelectionExpression": "$request.body.action", "tags": {"team": "a"}})"));
  ASSERT_TRUE(created) << created.error().message;
  std::string id(TextOf(*created, "apiId"));
  EXPECT_EQ(id.size(), 10u);
  EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
  Properties expected = Json(R"({"name": "chat", "protocolType": "WEBSOCKET",
      "routeSelectionExpression": "$request.body.action",
      "apiKeySelectionExpression": "$request.header.x-api-key", "ipAddressType": "ipv4",
      "disableExecuteApiEndpoint": false, "tags": {"team": "a"},
      "createdDate": "2026-01-01T10:10:10Z"})");
  expected["apiId"] = id;
  expected["apiEndpoint"] = "wss://" + id + ".execute-api.us-east-1.amazonaws.com";
  EXPECT_EQ(*created, expected);
  EXPECT_EQ(*world_.catalogue->Get({Kind::kApi, {}, {}, id}), expected);
  EXPECT_EQ(world_.catalogue->List({Kind::kApi})->size(), 1u);
}

TEST_F(CatalogueTest, IdsHaveAwssShape) {
  world_.CreateApi();
  auto integration = world_.Create(world_.At(Kind::kIntegration), {{"integrationType", "MOCK"}});
  ASSERT_TRUE(integration);
  EXPECT_EQ(TextOf(*integration, "integrationId").size(), 7u);
  auto route = world_.Create(world_.At(Kind::kRoute), {{"routeKey", "x"}});
  ASSERT_TRUE(route);
  std::string route_id(TextOf(*route, "routeId"));
  EXPECT_EQ(route_id.size(), 7u);
  auto response = world_.Create(world_.At(Kind::kRouteResponse, {}, route_id),
                                {{"routeResponseKey", "$default"}});
  ASSERT_TRUE(response);
  EXPECT_EQ(TextOf(*response, "routeResponseId").size(), 6u);
}

TEST_F(CatalogueTest, WebSocketApisOnly) {
  Properties http = Json(R"({"name": "x", "protocolType": "HTTP"})");
  EXPECT_EQ(Sentence(world_.Create({Kind::kApi}, http)),
            "ProtocolType HTTP: gatehouse serves WebSocket APIs only (ProtocolType WEBSOCKET)");
  Properties none = Json(R"({"name": "x", "protocolType": "WEBSOCKET"})");
  EXPECT_EQ(Sentence(world_.Create({Kind::kApi}, none)),
            "Route selection expression is required for WEBSOCKET protocol Apis");
  none["routeSelectionExpression"] = "$request.body.";
  EXPECT_NE(Sentence(world_.Create({Kind::kApi}, none)), "");
  EXPECT_TRUE(world_.catalogue->List({Kind::kApi})->empty());
}

TEST_F(CatalogueTest, DeploymentsNeedRoutesAndStagesNeedDeployments) {
  world_.CreateApi();
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kDeployment), {})),
            "At least one route is required before deploying the Api.");
  EXPECT_TRUE(world_.catalogue->List(world_.At(Kind::kDeployment))->empty());
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kStage),
                                   {{"stageName", "s"}, {"deploymentId", "nope"}})),
            "Deployment id does not exist: nope");
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kStage), {{"stageName", "a b"}})),
            "Stage name only allows a-zA-Z0-9_- characters, or $default");
  ASSERT_TRUE(world_.Create(world_.At(Kind::kStage), {{"stageName", "s"}}));
  EXPECT_FALSE(world_.IsServed("s"));
}

TEST_F(CatalogueTest, WhatIsReferredToMustExist) {
  world_.CreateApi();
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kRoute),
                                   {{"routeKey", "a"}, {"target", "integrations/none"}})),
            "target \"integrations/none\": the API has no integration none");
  EXPECT_EQ(
      Sentence(world_.Create(world_.At(Kind::kRoute), {{"routeKey", "a"}, {"target", "lambda"}})),
      "target \"lambda\": the form is integrations/ID");
  EXPECT_EQ(Sentence(world_.Create({Kind::kRoute, "nothere", {}, {}}, {{"routeKey", "a"}})),
            "Invalid API identifier specified 000000000000:nothere");
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kRouteResponse, {}, "none"),
                                   {{"routeResponseKey", "$default"}})),
            "Invalid Route identifier specified none");
  EXPECT_EQ(Sentence(world_.Update(world_.At(Kind::kModel, "none"), {})),
            "Invalid Model identifier specified none");
  EXPECT_EQ(world_.Delete(world_.At(Kind::kRoute, "none")).error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogueTest, WhatIsUsedCannotGo) {
  world_.CreateChat();
  Result<void> deleted = world_.Delete(world_.At(Kind::kIntegration, "i-say"));
  EXPECT_EQ(deleted.error().code, ErrorCode::kConflict);
  EXPECT_EQ(Sentence(deleted),
            "Cannot delete Integration because it is referenced by the following Routes with Ids: "
            "[r-say]");
  EXPECT_EQ(Sentence(world_.Delete(world_.At(Kind::kDeployment, "dep1"))),
            "Active stages pointing to this deployment must be moved or deleted");
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kRoute, "r-say")));
  ASSERT_TRUE(world_.Delete(world_.At(Kind::kIntegration, "i-say")));
  EXPECT_EQ(Say("say"), Lines{}) << "the deployment still has it";
}

TEST_F(CatalogueTest, KeysAndNamesAreUnique) {
  world_.CreateChat();
  auto route = world_.Create(world_.At(Kind::kRoute), {{"routeKey", "$connect"}});
  EXPECT_EQ(Sentence(route), "Route with key $connect already exists for this API");
  EXPECT_EQ(route.error().code, ErrorCode::kConflict);
  EXPECT_EQ(world_.Create(world_.At(Kind::kStage), {{"stageName", "live"}}).error().code,
            ErrorCode::kConflict);
  EXPECT_EQ(world_
                .Create(world_.At(Kind::kApi, CatalogueWorld::kApiId),
                        Json(R"({"name": "x", "protocolType": "WEBSOCKET",
                                   "routeSelectionExpression": "x"})"))
                .error()
                .code,
            ErrorCode::kConflict);
  EXPECT_TRUE(world_.Update(world_.At(Kind::kRoute, "r-say"), {{"routeKey", "say"}}));
}

TEST_F(CatalogueTest, ReplaceReturnsToDefaultsAndUpdateDoesNot) {
  world_.CreateChat();
  ResourcePlace stage = world_.At(Kind::kStage, "live");
  ASSERT_TRUE(world_.Update(stage, Json(R"({"description": "d",
      "stageVariables": {"a": "1", "b": "2"}})")));
  auto updated = world_.Update(stage, Json(R"({"stageVariables": {"a": "", "c": "3"}})"));
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->at("stageVariables"), Json(R"({"b": "2", "c": "3"})"));
  EXPECT_EQ(TextOf(*updated, "description"), "d");
  auto replaced = world_.Replace(stage, {{"stageName", "live"}, {"deploymentId", "dep1"}});
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(replaced->at("stageVariables"), Json("{}"));
  EXPECT_FALSE(replaced->contains("description"));
  EXPECT_TRUE(replaced->contains("createdDate"));
  EXPECT_EQ(Sentence(world_.Replace(stage, {{"stageName", "other"}})),
            "stageName cannot be changed");
}

TEST_F(CatalogueTest, PlacesMayBeGivenTwiceIfTheyAgree) {
  world_.CreateApi();
  EXPECT_TRUE(world_.Create(world_.At(Kind::kRoute, "r1"),
                            {{"apiId", CatalogueWorld::kApiId}, {"routeKey", "a"}}));
  EXPECT_EQ(Sentence(world_.Create(world_.At(Kind::kRoute),
                                   {{"apiId", "another123"}, {"routeKey", "b"}})),
            "apiId cannot be changed");
  EXPECT_TRUE(world_.Create(world_.At(Kind::kRouteResponse, {}, "r1"),
                            {{"routeId", "r1"}, {"routeResponseKey", "$default"}}));
}

TEST_F(CatalogueTest, ChangesOfOneApiRunInTheirOrder) {
  int done = 0;
  auto count = [&](Result<Properties> result) {
    EXPECT_TRUE(result) << result.error().message;
    ++done;
  };
  world_.catalogue->Create(world_.At(Kind::kApi, CatalogueWorld::kApiId),
                           Json(R"({"name": "chat", "protocolType": "WEBSOCKET",
                                    "routeSelectionExpression": "$request.body.action"})"),
                           count);
  world_.catalogue->Create(world_.At(Kind::kIntegration, "i1"),
                           {{"integrationType", "AWS_PROXY"}, {"integrationUri", UriOf("say")}},
                           count);
  world_.catalogue->Create(world_.At(Kind::kRoute),
                           {{"routeKey", "say"}, {"target", "integrations/i1"}}, count);
  world_.catalogue->Create(world_.At(Kind::kDeployment, "d1"), {}, count);
  world_.catalogue->Create(world_.At(Kind::kStage), {{"stageName", "live"}, {"deploymentId", "d1"}},
                           count);
  EXPECT_EQ(done, 0);
  world_.Settle();
  EXPECT_EQ(done, 5);
  EXPECT_TRUE(world_.IsServed("live"));
}

TEST_F(CatalogueTest, NamesMayBeThoseOfTemplates) {
  auto api = world_.Create(world_.At(Kind::kApi, CatalogueWorld::kApiId),
                           Json(R"({"Name": "chat", "ProtocolType": "WEBSOCKET",
                                    "RouteSelectionExpression": "$request.body.action",
                                    "Tags": {"Team": "a"}})"));
  ASSERT_TRUE(api) << api.error().message;
  EXPECT_EQ(TextOf(*api, "name"), "chat");
  EXPECT_EQ(api->at("tags"), Json(R"({"Team": "a"})")) << "keys of maps stay";
  world_.MustCreate(world_.At(Kind::kRoute, "r1"), Json(R"({"ApiId": "api1234567", "RouteKey": "a",
      "RequestParameters": {"route.request.header.X": {"Required": true}}})"));
  auto stage = world_.Create(world_.At(Kind::kStage),
                             Json(R"({"StageName": "s", "StageVariables": {"Table": "t"},
                                      "DefaultRouteSettings": {"ThrottlingBurstLimit": 5}})"));
  ASSERT_TRUE(stage) << stage.error().message;
  EXPECT_EQ(stage->at("defaultRouteSettings"), Json(R"({"throttlingBurstLimit": 5})"));
  EXPECT_EQ(stage->at("stageVariables"), Json(R"({"Table": "t"})"));
  EXPECT_TRUE(world_.Create(world_.At(Kind::kDeployment), {{"StageName", "s"}}));
  EXPECT_TRUE(world_.IsServed("s"));
}

TEST_F(CatalogueTest, ApisAreListedInOrderOfCreation) {
  std::string order;
  for (std::string id : {"zzz", "mmm", "aaa"}) {
    world_.MustCreate(world_.At(Kind::kApi, id), Json(R"({"name": "x", "protocolType": "WEBSOCKET",
                                                           "routeSelectionExpression": "x"})"));
    world_.Advance(0.01);
  }
  world_.OpenCatalogue();
  const auto apis = world_.catalogue->List({Kind::kApi});
  for (const Properties& api : *apis) order += std::string(TextOf(api, "apiId")) + " ";
  EXPECT_EQ(order, "zzz mmm aaa ");
}

TEST_F(CatalogueTest, TooManyWaitingChangesAreRefused) {
  world_.CreateApi();
  int done = 0;
  int refused = 0;
  for (std::size_t i = 0; i < Catalogue::kChangesWaitingMax + 10; ++i) {
    world_.catalogue->Update(world_.At(Kind::kApi, CatalogueWorld::kApiId), {},
                             [&](Result<Properties> result) {
                               ++done;
                               if (result) return;
                               ++refused;
                               EXPECT_EQ(result.error().code, ErrorCode::kLimitExceeded);
                             });
  }
  world_.Advance(1);
  EXPECT_EQ(done, static_cast<int>(Catalogue::kChangesWaitingMax + 10));
  EXPECT_EQ(refused, 10);
}

TEST_F(CatalogueTest, AnApiWithItsDeploymentsIsBounded) {
  world_.CreateChat();
  std::string big(300'000, 'x');
  for (int i = 0; i < 10; ++i) {
    world_.MustCreate(world_.At(Kind::kIntegration),
                      {{"integrationType", "MOCK"}, {"requestTemplates", {{"$default", big}}}});
  }
  std::size_t deployments = 0;
  Result<Properties> last = Properties();
  while (deployments < 10) {
    last = world_.Create(world_.At(Kind::kDeployment), {});
    if (!last) break;
    ++deployments;
  }
  EXPECT_EQ(deployments, 4u);  // of 3 MB each, in 16 MiB with what is there now
  EXPECT_NE(Sentence(last).find("delete deployments that no stage uses"), std::string::npos);
  EXPECT_EQ(world_.catalogue->List(world_.At(Kind::kDeployment))->size(), deployments + 1);
}

TEST(CatalogueStoreTest, EverythingIsThereAfterARestart) {
  store::TestDirectory directory;
  Properties stage;
  {
    CatalogueWorld world(directory / "data");
    world.CreateChat();
    stage = *world.catalogue->Get(world.At(Kind::kStage, "live"));
    world.CreateRoute("r-new", "new", "i-say");
    world.catalogue.reset();
    world.store.reset();
  }
  CatalogueWorld world(directory / "data");
  EXPECT_TRUE(world.IsServed("live"));
  EXPECT_EQ(*world.catalogue->Get(world.At(Kind::kStage, "live")), stage);
  EXPECT_EQ(world.catalogue->List(world.At(Kind::kRoute))->size(), 4u);
  net::Peer peer = world.Open("/live");
  Lines lines = world.AskFrames(peer, ClientText(R"({"action":"new"})"));
  EXPECT_EQ(ErrorOf(lines.at(0)), "Forbidden") << "the snapshot does not have it";
}

TEST(CatalogueStoreTest, WhatCouldNotBeStoredDidNotHappen) {
  CatalogueWorld world;
  world.CreateChat();
  world.store->Close();
  auto created = world.Create(world.At(Kind::kRoute), {{"routeKey", "x"}});
  EXPECT_EQ(created.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(world.catalogue->List(world.At(Kind::kRoute))->size(), 3u);
  EXPECT_FALSE(world.Delete(world.At(Kind::kStage, "live")));
  EXPECT_TRUE(world.IsServed("live"));
}

}  // namespace
}  // namespace gatehouse::api
