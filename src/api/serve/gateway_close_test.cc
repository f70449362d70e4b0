// How connections end: $disconnect, DELETE, Stop, and a gateway that goes.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;
using net::ClientText;

const std::string kAsk = R"({"action":"ask"})";

class GatewayCloseTest : public testing::Test {
 protected:
  FakeInvoker& invoker() { return world_.invoker; }
  Gateway& gateway() { return *world_.gateway; }

  GatewayWorld world_;
  net::Peer peer_ = world_.Open();
};

TEST_F(GatewayCloseTest, DisconnectHasTheClientsCodeAndReason) {
  struct Case {
    std::string bytes;
    std::string_view line;
  };
  const Case cases[] = {
      {net::ClientFrame(wire::Opcode::kClose, ""),
       "disconnect 1005 Client-side close frame status not set"},
      {net::ClientClose(1000), "disconnect 1000"},
      {net::ClientClose(1001), "disconnect 1001"},
      {net::ClientClose(4000, "tired \u20ac"), "disconnect 4000 tired \u20ac"},
  };
  for (const Case& c : cases) {
    GatewayWorld world;
    net::Peer peer = world.Open();
    peer.Ask(c.bytes);
    EXPECT_EQ(world.invoker.Lines(), (Lines{"connect", std::string(c.line)}));
    peer.Vanish();
    world.Advance(10);
    EXPECT_EQ(world.invoker.calls.size(), 2u) << "$disconnect ran twice";
    EXPECT_TRUE(world.gateway->IsQuiet());
  }
}

TEST_F(GatewayCloseTest, DisconnectHasOurCodeWhenWeClose) {
  struct Case {
    std::string bytes;
    std::string_view start;
  };
  const Case cases[] = {
      {net::ClientFrame(wire::Opcode::kBinary, "x"), "disconnect 1003 "},
      {std::string("\x81\x01x", 3), "disconnect 1002 "},
      {ClientText("\xff"), "disconnect 1007 "},
      {ClientText(std::string(32 * 1024 + 1, 'x')), "disconnect 1009 "},
  };
  for (const Case& c : cases) {
    GatewayWorld world;
    net::Peer peer = world.Open();
    peer.Ask(c.bytes);
    ASSERT_EQ(world.invoker.calls.size(), 2u);
    EXPECT_TRUE(world.invoker.Lines()[1].starts_with(c.start)) << world.invoker.Lines()[1];
  }
}

TEST_F(GatewayCloseTest, DisconnectIs1006WhenTheClientVanishes) {
  for (bool reset : {false, true}) {
    GatewayWorld world;
    net::Peer peer = world.Open();
    reset ? peer.Vanish() : peer.Close();
    world.Settle();
    EXPECT_EQ(world.invoker.Lines(), (Lines{"connect", "disconnect 1006"}));
    EXPECT_EQ(world.gateway->open_count(), 0u);
  }
}

TEST_F(GatewayCloseTest, IdleAndAgeAre1001) {
  world_.Advance(601);
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1001 Going away");
  net::Peer second = world_.Open();
  for (int i = 0; i < 73; ++i) {
    EXPECT_EQ(gateway().open_count(), i < 72 ? 1u : 0u) << i;
    second.Send(ClientText(kAsk));
    world_.Advance(100.05);
  }
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1001 Going away");
}

TEST_F(GatewayCloseTest, APeerThatStallsIs1006) {
  world_.network.SetWindow(peer_.socket(), 0);
  EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[0], "x"));
  world_.Advance(61);
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1006");
  EXPECT_TRUE(peer_.reset());
}

TEST_F(GatewayCloseTest, DuringItsDisconnectAConnectionIsGoneAndEventsAreWhole) {
  bool checked = false;
  invoker().on_invoke = [&](FakeInvoker::Call& call) {
    checked = true;
    EXPECT_EQ(gateway().posts().Post(*world_.place, call.connection_id, "x").error().code,
              ErrorCode::kGone);
    ASSERT_EQ(call.event->headers.size(), 4u);
    EXPECT_EQ(call.event->headers[0].name, "Host");
    EXPECT_EQ(call.event->headers[0].value, "localhost:80");
    EXPECT_EQ(call.event->request_context->route_key, "$disconnect");
    EXPECT_EQ(call.event->request_context->connection_id, world_.ids[0]);
  };
  peer_.Ask(net::ClientClose(1000));
  EXPECT_TRUE(checked);
}

TEST_F(GatewayCloseTest, DisconnectMayPostToOthersAndItsResultIsIgnored) {
  net::Peer other = world_.Open();
  invoker().on_invoke = [&](FakeInvoker::Call& call) {
    if (call.function != "disconnect") return;
    EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[1], "somebody left"));
    EXPECT_EQ(gateway().posts().Broadcast(*world_.place, "all", {})->posted, 1u);
  };
  invoker().outcomes["disconnect"] = {InvokeOutcome::kFailed, {}, "it threw"};
  peer_.Vanish();
  world_.Settle();
  EXPECT_EQ(net::FrameLines(other.Take()), (Lines{"text somebody left", "text all"}));
}

TEST_F(GatewayCloseTest, ADisconnectThatTakesTooLongIsLeftAlone) {
  invoker().later["disconnect"] = true;
  peer_.Vanish();
  world_.Settle();
  EXPECT_FALSE(gateway().IsQuiet());
  world_.Advance(30);
  invoker().Answer(invoker().calls.back());
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(GatewayCloseTest, DeleteClosesWith1000) {
  EXPECT_TRUE(gateway().posts().Close(*world_.place, world_.ids[0], {}));
  EXPECT_EQ(gateway().posts().Close(*world_.place, world_.ids[0], {}).error().code,
            ErrorCode::kGone);
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer_.Take()), Lines{"close 1000 Connection Closed Normally"});
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1000 Connection Closed Normally");
  peer_.Ask(net::ClientClose(1000));
  EXPECT_EQ(invoker().calls.size(), 2u);
}

TEST_F(GatewayCloseTest, DeleteComesBehindWhatWasPosted) {
  EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[0], "last"));
  EXPECT_TRUE(gateway().posts().Close(*world_.place, world_.ids[0], {}));
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer_.Take()),
            (Lines{"text last", "close 1000 Connection Closed Normally"}));
}

TEST_F(GatewayCloseTest, StopClosesAllAndRefusesNewOnes) {
  net::Peer second = world_.Open();
  invoker().later["disconnect"] = true;
  gateway().Stop();
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer_.Take()), Lines{"close 1001 Going away"});
  EXPECT_EQ(net::FrameLines(second.Take()), Lines{"close 1001 Going away"});
  EXPECT_EQ(gateway().open_count(), 0u);
  EXPECT_FALSE(gateway().IsQuiet()) << "$disconnect is running";
  net::Peer third = world_.Dial();
  EXPECT_TRUE(third.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 503 "));
  for (auto& call : invoker().calls) {
    if (call.done) invoker().Answer(call);
  }
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(GatewayCloseTest, AConnectThatSucceedsWhileStoppingIsClosedAtOnce) {
  invoker().later["connect"] = true;
  net::Peer late = world_.Dial();
  late.Ask(GatewayWorld::Handshake());
  gateway().Stop();
  world_.Settle();
  invoker().Answer(invoker().calls[1]);
  world_.Settle();
  std::string got = late.Take();
  EXPECT_TRUE(got.starts_with("HTTP/1.1 101 ")) << got;
  EXPECT_EQ(net::FrameLines(got.substr(got.find("\r\n\r\n") + 4)), Lines{"close 1001 Going away"});
  EXPECT_EQ(invoker().Lines().back(), "disconnect 1001 Going away");
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(GatewayCloseTest, AHandlerMayAnswerAfterTheGatewayHasGone) {
  for (const char* function : {"connect", "ask", "disconnect"}) {
    SCOPED_TRACE(function);
    GatewayWorld world;
    world.invoker.later[function] = true;
    net::Peer peer = world.Dial();
    peer.Ask(GatewayWorld::Handshake());
    if (function != std::string("connect")) peer.Ask(ClientText(kAsk));
    if (function == std::string("disconnect")) peer.Vanish();
    world.Settle();
    FakeInvoker::Call& call = world.invoker.calls.back();
    ASSERT_EQ(call.function, function);
    world.gateway.reset();
    EXPECT_EQ(call.event->request_context->connection_id, call.connection_id);
    world.invoker.Answer(call, "too late");
    world.loop.Turn(std::chrono::seconds{40});  // nor does its time-out fire
  }
}

TEST_F(GatewayCloseTest, AHandlerMayNeverAnswerTheGatewayThatHasGone) {
  invoker().later["ask"] = true;
  peer_.Ask(ClientText(kAsk));
  world_.gateway.reset();
  invoker().calls.clear();  // the leak check is the judge
}

TEST_F(GatewayCloseTest, ReusingSlotsAThousandTimesKeepsTheCounts) {
  base::SeededRandom random(7);
  invoker().later["ask"] = true;
  std::vector<net::Peer> open;
  for (int i = 0; i < 1000; ++i) {
    switch (random.Next() % 4) {
      case 0:
      case 1:
        open.push_back(world_.Open());
        break;
      case 2:
        if (open.empty()) break;
        open.back().Send(ClientText(kAsk));
        random.Next() % 2 ? open.back().Vanish() : open.back().Close();
        open.pop_back();
        break;
      case 3: {
        auto& call = invoker().calls[random.Next() % invoker().calls.size()];
        if (call.done) invoker().Answer(call, "for " + call.connection_id);
        break;
      }
    }
    world_.Settle();
    ASSERT_EQ(gateway().open_count(), open.size() + 1);
    for (net::Peer& peer : open) ASSERT_EQ(peer.Take(), "");
  }
  for (auto& call : invoker().calls) {
    if (call.done) invoker().Answer(call);
  }
  gateway().Stop();
  EXPECT_TRUE(gateway().IsQuiet());
}

}  // namespace
}  // namespace gatehouse::api
