// Rates, models, and what else is refused before an integration is asked.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;
using net::ClientText;

const std::string kSay = R"({"action":"say"})";
const std::string kAsk = R"({"action":"ask"})";

// A token comes back after 100 s: simulated time goes on a little with every question.
constexpr double kRate = 0.01;
constexpr double kTokenSeconds = 100;

Quotas AccountOf(double connects, double requests) {
  Quotas quotas;
  quotas.account = std::make_shared<AccountThrottle>(kRate, connects, kRate, requests);
  return quotas;
}

struct ThrottleWorld : GatewayWorld {
  using GatewayWorld::GatewayWorld;
  void DeployWith(StageDefinition stage) {
    stage.stage_name = "prod";
    auto compiled = Stage::Compile(ChatApi(), std::move(stage));
    ASSERT_TRUE(compiled);
    gateway->stages().Deploy(*compiled);
  }
  std::string Status(std::string_view target = "/prod") {
    net::Peer peer = Dial();
    return peer.Ask(Handshake(target)).substr(9, 3);
  }
  std::string Post(std::string_view method = "POST") {
    net::Peer peer = Dial();
    return peer.Ask(std::string(method) + " /prod/@connections/" + ids[0] +
                    " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  }
};

TEST(GatewayThrottleTest, AStageAtZeroRefusesEveryConnect) {
  ThrottleWorld world;
  world.DeployWith({"prod", {}, ThrottleDefinition{0, 0}});
  net::Peer peer = world.Dial();
  std::string answer = peer.Ask(GatewayWorld::Handshake());
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429 Too Many Requests\r\n")) << answer;
  EXPECT_NE(answer.find(R"({"message": "Too Many Requests", "connectionId":")"), std::string::npos);
  EXPECT_TRUE(world.invoker.calls.empty());
}

TEST(GatewayThrottleTest, TheStagesRateIsSharedByItsRoutes) {
  ThrottleWorld world;
  world.DeployWith({"prod", {}, ThrottleDefinition{kRate, 4}});
  net::Peer peer = world.Open();  // takes one
  EXPECT_EQ(world.AskFrames(peer, ClientText(kSay) + ClientText(kSay)), Lines{});
  EXPECT_EQ(world.AskFrames(peer, ClientText(kAsk)), Lines{"text"});
  Lines lines = world.AskFrames(peer, ClientText(kSay));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(ErrorOf(lines[0]), "Too Many Requests");
  EXPECT_NE(lines[0].find(world.ids[0]), std::string::npos);
  world.Advance(kTokenSeconds);
  EXPECT_EQ(world.AskFrames(peer, ClientText(kSay)), Lines{}) << "it fills again";
}

TEST(GatewayThrottleTest, ARoutesOwnRateCountsInPlaceOfTheStages) {
  ThrottleWorld world;
  world.DeployWith({"prod", {}, ThrottleDefinition{1000, 1000}, {{"say", {kRate, 1}}}});
  net::Peer peer = world.Open();
  EXPECT_EQ(world.AskFrames(peer, ClientText(kSay)), Lines{});
  Lines lines = world.AskFrames(peer, ClientText(kSay));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(ErrorOf(lines[0]), "Too Many Requests");
  EXPECT_EQ(world.AskFrames(peer, ClientText(kAsk)), Lines{"text"});
}

TEST(GatewayThrottleTest, TheAccountsRateIsSharedByMessagesAndCallbacks) {
  ThrottleWorld world(ChatApi(), AccountOf(100, 3));
  net::Peer peer = world.Open();
  EXPECT_EQ(world.AskFrames(peer, ClientText(kSay)), Lines{});
  EXPECT_TRUE(world.Post().starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(world.Post("GET").starts_with("HTTP/1.1 200 "));
  for (const char* method : {"POST", "GET", "DELETE"}) {
    std::string answer = world.Post(method);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 429 ")) << method << answer;
    EXPECT_NE(answer.find("x-amzn-ErrorType: LimitExceededException"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
  }
  net::Peer caller = world.Dial();
  std::string broadcast = caller.Ask(
      "POST /prod/@connections HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_TRUE(broadcast.starts_with("HTTP/1.1 429 ")) << broadcast;
  Lines lines = world.AskFrames(peer, ClientText(kSay));
  EXPECT_EQ(ErrorOf(lines.back()), "Too Many Requests");
}

TEST(GatewayThrottleTest, TheAccountsConnects) {
  ThrottleWorld world(ChatApi(), AccountOf(2, 100));
  EXPECT_EQ(world.Status(), "101");
  EXPECT_EQ(world.Status(), "101");
  EXPECT_EQ(world.Status(), "429");
  world.Advance(kTokenSeconds);
  EXPECT_EQ(world.Status(), "101");
}

TEST(GatewayThrottleTest, AClientFarBeyondItsRateIsClosed) {
  Quotas quotas;
  quotas.throttled_in_a_row_max = 3;
  ThrottleWorld world(ChatApi(), quotas);
  world.DeployWith({"prod", {}, std::nullopt, {{"say", {kRate, 1}}}});
  net::Peer peer = world.Open();
  std::string burst = ClientText(kSay) + ClientText(kSay) + ClientText(kSay);
  Lines lines = world.AskFrames(peer, burst + ClientText(kAsk) + burst);
  // say, refused, refused, ask: the row is broken; then three refused in a row.
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_EQ(ErrorOf(lines[1]), "Too Many Requests");
  EXPECT_EQ(lines[2], "text");
  EXPECT_EQ(lines[6], "close 1008 too many requests");
  EXPECT_EQ(world.invoker.Lines().back(), "disconnect 1008 too many requests");
}

TEST(GatewayThrottleTest, DisconnectIsNeverThrottled) {
  ThrottleWorld world;
  world.DeployWith({"prod", {}, ThrottleDefinition{kRate, 1}});
  net::Peer peer = world.Open();
  peer.Ask(net::ClientClose(1000));
  EXPECT_EQ(world.invoker.Lines().back(), "disconnect 1000");
}

TEST(GatewayModelTest, MessagesThatNoModelAcceptsAreInvalid) {
  ApiDefinition api = ChatApi();
  for (RouteDefinition& route : api.routes) {
    if (route.key != "ask" && route.key != "$connect") continue;
    route.model_selection_expression = "$request.body.kind";
    route.request_models = {{"text", R"({"required": ["text"]})"},
                            {"none", R"({"not": {"required": ["text"]}})"}};
  }
  GatewayWorld world(api);
  net::Peer peer = world.Open();  // $connect has no message to validate
  auto ask = [&](std::string_view more) {
    Lines lines = world.AskFrames(peer, ClientText(R"({"action":"ask")" + std::string(more) + "}"));
    EXPECT_EQ(lines.size(), 1u);
    return lines[0] == "text" ? "answered" : ErrorOf(lines[0]);
  };
  EXPECT_EQ(ask(R"(,"kind":"text","text":"x")"), "answered");
  EXPECT_EQ(ask(R"(,"kind":"text")"), "Invalid request body");
  EXPECT_EQ(ask(R"(,"kind":"none")"), "answered");
  EXPECT_EQ(ask(R"(,"kind":"other","text":"x")"), "Invalid request body") << "no $default model";
  EXPECT_EQ(ask(""), "Invalid request body");
  EXPECT_EQ(world.AskFrames(peer, ClientText(kSay)), Lines{}) << "other routes have no models";
}

TEST(GatewayConnectTest, ATooLongUrlIsRefused) {
  GatewayWorld world;
  auto status = [&](std::size_t size) {
    net::Peer peer = world.Dial();
    std::string target = "/prod?x=";
    target.resize(size, 'x');
    return peer.Ask(GatewayWorld::Handshake(target)).substr(9, 3);
  };
  EXPECT_EQ(status(4096), "101");
  EXPECT_EQ(status(4097), "414");
}

TEST(GatewayConnectTest, ATwoWayConnectSaysItsBodyFirst) {
  ApiDefinition api = ChatApi();
  api.routes[0].route_response = true;
  GatewayWorld world(api);
  world.invoker.outcomes["connect"].answer.body = "welcome";
  net::Peer peer = world.Dial();
  std::string answer = peer.Ask(GatewayWorld::Handshake());
  std::size_t end = answer.find("\r\n\r\n") + 4;
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 "));
  EXPECT_EQ(net::FrameLines(answer.substr(end)), Lines{"text welcome"});
}

// ---- Bodies that wait for their functions ----

class WaitingBytesTest : public testing::Test {
 protected:
  WaitingBytesTest() { world_.invoker.later["say"] = true; }
  static std::string Say(std::size_t size) {
    constexpr std::string_view kStart = R"({"action":"say","pad":")";
    return ClientText(std::string(kStart) + std::string(size - kStart.size() - 2, 'x') + "\"}");
  }
  FakeInvoker::Call& Waiting(std::size_t index) {
    std::size_t seen = 0;
    for (FakeInvoker::Call& call : world_.invoker.calls) {
      if (call.function == "say" && seen++ == index) return call;
    }
    ADD_FAILURE() << "not called: " << index;
    return world_.invoker.calls.front();
  }

  std::shared_ptr<base::SharedBound> bound_ =
      std::make_shared<base::SharedBound>(100'000, kSmallMessageBytes);
  GatewayWorld world_{ChatApi(), {}, 0, bound_};
};

TEST_F(WaitingBytesTest, TooManyOfThemRefuseFurtherMessages) {
  net::Peer one = world_.Open(), other = world_.Open();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(world_.AskFrames(one, Say(30'000)), Lines{});
  EXPECT_EQ(world_.AskFrames(other, Say(30'000)), Lines{});  // the one that is too much
  EXPECT_EQ(bound_->held(), 90'000u);
  for (net::Peer* peer : {&one, &other}) {
    Lines lines = world_.AskFrames(*peer, Say(5'000));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(ErrorOf(lines[0]), "Too Many Requests");
    EXPECT_EQ(world_.AskFrames(*peer, Say(1'000)), Lines{}) << "small ones still pass";
  }
  EXPECT_EQ(world_.place->metrics.throttled, 2u);
  world_.invoker.Answer(Waiting(0));
  EXPECT_EQ(world_.AskFrames(one, Say(5'000)), Lines{}) << "there is room again";
}

TEST_F(WaitingBytesTest, SmallOnesAreBoundedToo) {
  net::Peer one = world_.Open(), other = world_.Open();
  Lines lines;
  std::size_t passed = 0;
  for (; passed < 60 && lines.empty(); ++passed) {
    lines = world_.AskFrames(passed % 2 == 0 ? one : other, Say(4'000));
  }
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(ErrorOf(lines[0]), "Too Many Requests");
  EXPECT_EQ(passed, 27u) << "the 26th was too much, the 27th was refused";
}

TEST_F(WaitingBytesTest, WhatEndsCountsNoMoreHoweverItEnds) {
  for (int i = 0; i < 20; ++i) {
    net::Peer peer = world_.Open();
    EXPECT_EQ(world_.AskFrames(peer, Say(30'000)), Lines{}) << i;
    EXPECT_EQ(bound_->held(), 30'000u);
    auto index = static_cast<std::size_t>(i);
    if (i % 3 == 0) peer.Vanish();
    if (i % 3 == 1) {
      world_.Advance(30);  // answered as timed out, but the handler goes on
      EXPECT_EQ(bound_->held(), 30'000u);
    }
    world_.Settle();
    world_.invoker.Answer(Waiting(index));
    EXPECT_EQ(bound_->held(), 0u) << i;
    if (i % 3 != 0) peer.Vanish();
    world_.Settle();
  }
}

TEST_F(WaitingBytesTest, MessagesThatAreDoneAtOnceAreNotCounted) {
  net::Peer peer = world_.Open();
  std::string ask = R"({"action":"ask","pad":")" + std::string(30'000, 'x') + "\"}";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world_.AskFrames(peer, ClientText(ask)), Lines{"text"});
  EXPECT_EQ(bound_->held(), 0u);
}

TEST_F(WaitingBytesTest, AGatewayThatGoesLeavesNothing) {
  net::Peer peer = world_.Open();
  peer.Ask(Say(30'000));
  world_.management.reset();
  world_.gateway.reset();
  EXPECT_EQ(bound_->held(), 0u);
  world_.invoker.Answer(Waiting(0));
}

}  // namespace
}  // namespace gatehouse::api
