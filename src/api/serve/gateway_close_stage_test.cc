// A stage that goes: its connections, its $disconnect, its place.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;
using net::ClientText;

const std::string kAsk = R"({"action":"ask"})";

class GatewayCloseStageTest : public testing::Test {
 protected:
  FakeInvoker& invoker() { return world_.invoker; }
  void CloseStage(StagePlace& place) {
    world_.gateway->closings().Close(place, [this] { ++done_; });
    EXPECT_EQ(done_, 0) << "done inside the call";
  }

  GatewayWorld world_;
  net::Peer peer_ = world_.Open();
  int done_ = 0;
};

TEST_F(GatewayCloseStageTest, ClosesWith1001AndRunsDisconnect) {
  net::Peer second = world_.Open();
  CloseStage(*world_.place);
  world_.Settle();
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(net::FrameLines(peer_.Take()), Lines{"close 1001 Going away"});
  EXPECT_EQ(net::FrameLines(second.Take()), Lines{"close 1001 Going away"});
  EXPECT_EQ(invoker().Lines(), (Lines{"connect", "connect", "disconnect 1001 Going away",
                                      "disconnect 1001 Going away"}));
  EXPECT_TRUE(world_.gateway->IsQuiet());
}

TEST_F(GatewayCloseStageTest, OtherStagesStayOpen) {
  StagePlace* other = world_.Deploy(ChatApi(), "other");
  net::Peer elsewhere = world_.Open("/other");
  CloseStage(*world_.place);
  world_.Settle();
  world_.gateway->stages().Remove(*world_.place);
  EXPECT_EQ(elsewhere.Take(), "");
  EXPECT_TRUE(world_.gateway->posts().Post(*other, world_.ids[1], "still here"));
  EXPECT_EQ(world_.gateway->open_count(), 1u);
}

TEST_F(GatewayCloseStageTest, WaitsForMessagesUnderWay) {
  invoker().later["ask"] = true;
  peer_.Ask(ClientText(kAsk));
  CloseStage(*world_.place);
  world_.Advance(3);
  EXPECT_EQ(done_, 0);
  invoker().Answer(invoker().calls[1]);
  world_.Settle();
  EXPECT_EQ(done_, 1);
  world_.Advance(20);
  EXPECT_EQ(done_, 1) << "the time-out came although all was done";
}

TEST_F(GatewayCloseStageTest, WaitsNotForeverAndLateAnswersFindThePlaceGone) {
  invoker().later["disconnect"] = true;
  CloseStage(*world_.place);
  world_.Advance(7.9);
  EXPECT_EQ(done_, 0);
  world_.Advance(0.2);
  EXPECT_EQ(done_, 1);
  world_.gateway->stages().Remove(*world_.place);
  EXPECT_EQ(world_.gateway->stages().Find("abcde12345", "prod"), nullptr);
  invoker().Answer(invoker().calls.back());
  EXPECT_TRUE(world_.gateway->IsQuiet());
  EXPECT_EQ(world_.place->running, 0u);
}

TEST_F(GatewayCloseStageTest, AConnectUnderWayIsClosedOnceItSucceeds) {
  invoker().later["connect"] = true;
  net::Peer late = world_.Dial();
  late.Ask(GatewayWorld::Handshake());
  CloseStage(*world_.place);
  world_.Settle();
  EXPECT_EQ(done_, 0);
  invoker().Answer(invoker().calls[1]);
  world_.Settle();
  std::string got = late.Take();
  EXPECT_TRUE(got.starts_with("HTTP/1.1 101 ")) << got;
  EXPECT_EQ(net::FrameLines(got.substr(got.find("\r\n\r\n") + 4)), Lines{"close 1001 Going away"});
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1001 Going away");
  EXPECT_EQ(done_, 1);
}

TEST_F(GatewayCloseStageTest, AConnectThatSucceedsAfterTheStageHasGoneOpensNothing) {
  invoker().later["connect"] = true;
  net::Peer late = world_.Dial();
  late.Ask(GatewayWorld::Handshake());
  CloseStage(*world_.place);
  world_.Advance(9);
  ASSERT_EQ(done_, 1);
  world_.gateway->stages().Remove(*world_.place);
  invoker().Answer(invoker().calls[1]);
  world_.Settle();
  EXPECT_EQ(world_.gateway->open_count(), 0u);
  EXPECT_TRUE(world_.gateway->IsQuiet());
}

TEST_F(GatewayCloseStageTest, UpgradesAreRefusedMeanwhileAndWelcomeAfterwards) {
  invoker().later["disconnect"] = true;
  CloseStage(*world_.place);
  net::Peer refused = world_.Dial();
  EXPECT_TRUE(refused.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 403 "));
  world_.Advance(9);
  StagePlace* place = world_.place;
  world_.gateway->stages().Remove(*place);
  EXPECT_EQ(world_.Deploy(ChatApi(), "prod"), place) << "the stage comes back to its place";
  world_.Open();
  EXPECT_EQ(world_.gateway->open_count(), 1u);
}

TEST_F(GatewayCloseStageTest, TwoMayWaitForOneStage) {
  CloseStage(*world_.place);
  world_.gateway->closings().Close(*world_.place, [this] { ++done_; });
  world_.Settle();
  EXPECT_EQ(done_, 2);
}

TEST_F(GatewayCloseStageTest, TheGatewayMayGoMeanwhile) {
  invoker().later["disconnect"] = true;
  CloseStage(*world_.place);
  world_.Settle();
  world_.gateway.reset();
  world_.loop.Turn(std::chrono::seconds{40});
  EXPECT_EQ(done_, 0);
}

}  // namespace
}  // namespace gatehouse::api
