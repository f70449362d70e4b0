// What the gateway counts of connections, messages and posts.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using net::ClientText;

class GatewayFactsTest : public testing::Test {
 protected:
  StageMetrics Metrics() {
    GatewayFacts facts = world_.gateway->Facts();
    EXPECT_EQ(facts.stages.size(), 1u);
    EXPECT_EQ(facts.stages.front().api_id, "abcde12345");
    EXPECT_EQ(facts.stages.front().stage_name, "prod");
    return facts.stages.front().metrics;
  }
  std::uint64_t Results(std::string_view route, RouteResult result) {
    return Metrics().Route(route).results[static_cast<std::size_t>(result)];
  }
  std::uint64_t Posts(PostResult result) {
    return world_.gateway->Facts().posts[static_cast<std::size_t>(result)];
  }

  GatewayWorld world_;
};

TEST_F(GatewayFactsTest, ConnectionsComeAndGo) {
  net::Peer first = world_.Open();
  net::Peer second = world_.Open();
  world_.invoker.outcomes["connect"] = {InvokeOutcome::kFailed, {}, "no"};
  net::Peer refused = world_.Dial();
  refused.Ask(GatewayWorld::Handshake());
  EXPECT_EQ(Metrics().open, 2u);
  EXPECT_EQ(Metrics().upgrades, (std::map<int, std::uint64_t>{{101, 2}, {502, 1}}));
  first.Ask(net::ClientClose(4000, ""));
  second.Vanish();
  world_.Settle();
  EXPECT_EQ(Metrics().open, 0u);
  EXPECT_EQ(Metrics().closes, (std::map<std::uint16_t, std::uint64_t>{{1006, 1}, {4000, 1}}));
  EXPECT_EQ(Results("$connect", RouteResult::kAnswered), 2u);
  EXPECT_EQ(Results("$connect", RouteResult::kFailed), 1u);
  EXPECT_EQ(Results("$disconnect", RouteResult::kAnswered), 2u);
}

TEST_F(GatewayFactsTest, UpgradesRefusedBeforeConnectCountToo) {
  net::Peer old = world_.Dial();
  std::string head = GatewayWorld::Handshake();
  old.Ask(head.replace(head.find("Version: 13"), 11, "Version: 12"));
  world_.place->closing = true;
  net::Peer late = world_.Dial();
  late.Ask(GatewayWorld::Handshake());
  EXPECT_EQ(Metrics().upgrades, (std::map<int, std::uint64_t>{{403, 1}, {426, 1}}));
}

TEST_F(GatewayFactsTest, MessagesByRouteAndResult) {
  net::Peer peer = world_.Open();
  world_.invoker.outcomes["say"] = {InvokeOutcome::kRefused, {}, "no"};
  world_.invoker.later["ask"] = true;
  peer.Ask(ClientText(R"({"action":"say"})") + ClientText(R"({"action":"ask"})") +
           ClientText(R"({"action":"ask"})") + ClientText(R"({"action":"none"})"));
  EXPECT_EQ(world_.gateway->Facts().running, 2u);
  world_.Advance(2);
  world_.invoker.Answer(world_.invoker.calls[2]);
  world_.Advance(40);
  EXPECT_EQ(Results("say", RouteResult::kFailed), 1u);
  EXPECT_EQ(Results("ask", RouteResult::kAnswered), 1u);
  EXPECT_EQ(Results("ask", RouteResult::kTimedOut), 1u);
  EXPECT_EQ(Metrics().forbidden, 1u);
  EXPECT_EQ(world_.gateway->Facts().running, 1u) << "the function still runs";
  base::DurationHistogram duration = Metrics().Route("ask").duration;
  EXPECT_EQ(duration.count(), 2u);
  EXPECT_NEAR(duration.sum_seconds(), 31, 1);
}

// Of what ends in the turn in which it began: counted by route, however they alternate.
TEST_F(GatewayFactsTest, DurationsOfHandlersThatAnswerAtOnce) {
  net::Peer peer = world_.Open();
  std::string messages;
  for (int i = 0; i < 1500; ++i) {
    messages += ClientText(R"({"action":"say"})") + ClientText(R"({"action":"ask"})");
  }
  peer.Ask(messages);
  for (const char* route : {"say", "ask"}) {
    EXPECT_EQ(Results(route, RouteResult::kAnswered), 1500u);
    EXPECT_EQ(Metrics().Route(route).duration.count(), 1500u);
  }
}

TEST_F(GatewayFactsTest, AStageDeployedAnewGoesOnCounting) {
  net::Peer peer = world_.Open();
  peer.Ask(ClientText(R"({"action":"say"})"));
  world_.invoker.later["ask"] = true;
  peer.Ask(ClientText(R"({"action":"ask"})"));
  world_.Deploy(ChatApi(), "prod");
  peer.Ask(ClientText(R"({"action":"say"})"));
  world_.invoker.Answer(world_.invoker.calls[2]);  // of the old stage
  EXPECT_EQ(Results("say", RouteResult::kAnswered), 2u);
  EXPECT_EQ(Results("ask", RouteResult::kAnswered), 1u);
}

TEST_F(GatewayFactsTest, PostsAndWhatWaitsForReaders) {
  net::Peer peer = world_.Open();
  Gateway& gateway = *world_.gateway;
  std::vector<std::string> ids{world_.ids[0], "AAAAAAAAAAAAAAA="};
  gateway.posts().PostAll(*world_.place, ids, "hello");
  static_cast<void>(gateway.posts().Post(*world_.place, "nonsense", "x"));
  EXPECT_GT(gateway.Facts().queued_bytes, 5u);
  EXPECT_EQ(gateway.Facts().queued_connections, 1u);
  world_.Settle();
  EXPECT_EQ(gateway.Facts().queued_bytes, 0u);
  EXPECT_TRUE(gateway.posts().Broadcast(*world_.place, "all", {}));
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer.Take()), (std::vector<std::string>{"text hello", "text all"}));
  EXPECT_EQ(Posts(PostResult::kQueued), 2u);
  EXPECT_EQ(Posts(PostResult::kGone), 1u);
  EXPECT_EQ(Posts(PostResult::kInvalid), 1u);
}

}  // namespace
}  // namespace gatehouse::api
