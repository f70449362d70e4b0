// Routes with a MOCK integration.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

IntegrationDefinition Mock(std::string id, std::string request,
                           std::vector<IntegrationResponseDefinition> responses = {}) {
  IntegrationDefinition integration{std::move(id), {}};
  integration.mock.emplace();
  if (!request.empty()) integration.mock->request_templates = {{"$default", std::move(request)}};
  integration.mock->responses = std::move(responses);
  return integration;
}

ApiDefinition MockApi() {
  ApiDefinition api;
  api.api_id = "abcde12345";
  api.route_selection_expression = "$request.body.action";
  api.integrations = {
      Mock("ok", R"({"statusCode":200})",
           {{"$default", {{"$default", "$context.eventType $context.connectionId"}}}}),
      Mock("bare", ""), Mock("directive", "#parse('x')")};
  api.routes = {{"$connect", "ok", false},
                {"ping", "ok", true},
                {"quiet", "ok", false},
                {"broken", "directive", true},
                {"$default", "bare", false}};
  return api;
}

TEST(GatewayMockTest, MessagesAreAnswered) {
  GatewayWorld world(MockApi());
  net::Peer peer = world.Dial();
  ASSERT_TRUE(peer.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 101 "));
  auto frames = world.AskFrames(peer, net::ClientText(R"({"action":"ping"})"));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(frames[0].starts_with("text MESSAGE ")) << frames[0];
  EXPECT_TRUE(world.AskFrames(peer, net::ClientText(R"({"action":"quiet"})")).empty());
}

TEST(GatewayMockTest, WithoutAStatusCodeItIsAnErrorFrame) {
  GatewayWorld world(MockApi());
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake());
  for (const char* message : {"hello", R"({"action":"broken"})"}) {
    auto frames = world.AskFrames(peer, net::ClientText(message));
    ASSERT_EQ(frames.size(), 1u) << message;
    EXPECT_EQ(ErrorOf(frames[0]), "Internal server error");
  }
  world.log.Flush();
  EXPECT_NE(world.logged.find("request is the message, as no template fits"), std::string::npos);
  EXPECT_NE(world.logged.find("line 1: #parse is not served"), std::string::npos);
}

TEST(GatewayMockTest, TheStatusOpensOrRefuses) {
  for (auto [request, status] :
       {std::pair{R"({"statusCode":204})", "101"}, std::pair{R"({"statusCode":403})", "403"},
        std::pair{R"({"statusCode":501})", "501"}, std::pair{"", "500"}}) {
    ApiDefinition api = MockApi();
    api.integrations[0] = Mock("ok", request);
    GatewayWorld world(api);
    net::Peer peer = world.Dial();
    std::string answer = peer.Ask(GatewayWorld::Handshake());
    EXPECT_EQ(answer.substr(9, 3), status) << request;
  }
}

}  // namespace
}  // namespace gatehouse::api
