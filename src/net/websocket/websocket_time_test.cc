// The time limits of WebSocket connections.
#include <gtest/gtest.h>

#include "net/websocket/test_websockets.h"
#include "net/websocket/websocket.h"

namespace gatehouse::net {
namespace {

using wire::Opcode;
using Lines = std::vector<std::string>;

TEST(WebSocketTimeTest, AnIdleConnectionIsClosedAfterTenMinutes) {
  WebSocketWorld world;
  Peer peer = world.Dial();
  world.Advance(599.9);
  EXPECT_TRUE(world.handler.closes.empty());
  world.Advance(1);
  EXPECT_EQ(world.handler.closes, Lines{"1001 Going away"});
  EXPECT_EQ(FrameLines(peer.Take()), Lines{"close 1001 Going away"});
}

TEST(WebSocketTimeTest, MessagesInBothDirectionsAreTraffic) {
  WebSocketWorld world;
  Peer peer = world.Dial();
  base::SharedBytes prepared = world.endpoint.PrepareText("all");
  for (int i = 0; i < 3; ++i) {
    world.Advance(590);
    peer.Ask(ClientText("x"));
    world.Advance(590);
    world.endpoint.SendText(0, "y");
    world.Advance(590);
    world.endpoint.SendPrepared(0, prepared);
  }
  EXPECT_TRUE(world.handler.closes.empty());
  world.Advance(601);
  EXPECT_EQ(world.handler.closes, Lines{"1001 Going away"});
}

TEST(WebSocketTimeTest, PingsAndHalfMessagesAreNoTraffic) {
  WebSocketWorld world;
  Peer peer = world.Dial();
  world.Advance(500);
  peer.Ask(ClientFrame(Opcode::kPing, ""));
  peer.Ask(ClientFrame(Opcode::kPong, ""));
  peer.Ask(ClientFrame(Opcode::kText, "half", false));
  world.endpoint.SendPing(0);
  world.Advance(101);
  EXPECT_EQ(world.handler.closes, Lines{"1001 Going away"});
}

TEST(WebSocketTimeTest, PingsAreTrafficByOption) {
  WebSocketOptions options;
  options.pings_count_as_traffic = true;
  WebSocketWorld world(options);
  Peer peer = world.Dial();
  world.Advance(500);
  peer.Ask(ClientFrame(Opcode::kPing, ""));
  world.Advance(500);
  EXPECT_TRUE(world.handler.closes.empty());
}

TEST(WebSocketTimeTest, AfterTwoHoursAConnectionIsClosedWhateverItDoes) {
  WebSocketWorld world;
  Peer peer = world.Dial();
  for (int i = 0; i < 7199; ++i) {
    world.Advance(1);
    peer.Send(ClientText("x"));
  }
  world.Settle();
  EXPECT_TRUE(world.handler.closes.empty());
  EXPECT_EQ(world.handler.messages.size(), 7199u);
  world.Advance(2);
  EXPECT_EQ(world.handler.closes, Lines{"1001 Going away"});
}

TEST(WebSocketTimeTest, NoLimitsByOption) {
  WebSocketOptions options;
  options.idle_seconds = options.age_seconds = 0;
  WebSocketWorld world(options);
  Peer peer = world.Dial();
  world.Advance(1e6);
  EXPECT_TRUE(world.handler.closes.empty());
  world.endpoint.Close(0, 1000, "");
  world.Advance(10);
  EXPECT_TRUE(peer.ended()) << "the close handshake has its limit all the same";
}

TEST(WebSocketTimeTest, IdleAndAgeInTheSameInstantCloseOnce) {
  WebSocketOptions options;
  options.idle_seconds = options.age_seconds = 100;
  WebSocketWorld world(options);
  Peer peer = world.Dial();
  world.Advance(200);
  EXPECT_EQ(world.handler.closes, Lines{"1001 Going away"});
  EXPECT_EQ(FrameLines(peer.Take()).size(), 1u);
  EXPECT_EQ(world.handler.released.size(), 1u);
}

TEST(WebSocketTimeTest, IdleConnectionsOwnNoHeapMemory) {
  WebSocketWorld world;
  std::vector<Peer> peers;
  for (int i = 0; i < 100; ++i) peers.push_back(world.Dial());
  for (Peer& peer : peers) peer.Send(ClientFrame(Opcode::kText, std::string(20'000, 'x'), false));
  for (Peer& peer : peers) peer.Send(ClientFrame(Opcode::kContinuation, "x", true));
  world.Settle();
  ASSERT_EQ(world.handler.messages.size(), 100u);
  base::SharedBytes frames = world.endpoint.PrepareText("for all");
  for (std::uint32_t slot = 0; slot < 100; ++slot) world.endpoint.SendPrepared(slot, frames);
  world.Settle();
  for (std::uint32_t slot = 0; slot < 100; ++slot) {
    EXPECT_EQ(world.sockets.memory_bytes(slot), 0u);
    EXPECT_EQ(world.sockets.state(slot), nullptr);
  }
}

}  // namespace
}  // namespace gatehouse::net
