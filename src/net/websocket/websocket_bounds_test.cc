// What unfinished messages and frames may hold, of all connections together.
#include <gtest/gtest.h>

#include "net/http/test_http.h"
#include "net/websocket/test_websockets.h"

namespace gatehouse::net {
namespace {

using wire::Opcode;
using Lines = std::vector<std::string>;

constexpr std::size_t kMax = 1024 * 1024;
constexpr std::string_view kRefused = "close 1013 too many unfinished messages";

WebSocketOptions Small() {
  WebSocketOptions options;
  options.partial_bytes = std::make_shared<base::SharedBound>(kMax, kSmallPartialBytes);
  return options;
}

class WebSocketBoundsTest : public testing::Test {
 protected:
  std::size_t held() const { return options_.partial_bytes->held(); }

  // Sends a part of a message on new connections until one is refused; how many hold theirs.
  std::size_t Fill(std::string_view part) {
    for (std::size_t count = 0; count < 10'000; ++count) {
      Peer peer = world_.Dial();
      peer.Send(part);
      world_.Settle();
      std::string answer = peer.Take();
      if (!answer.empty()) {
        EXPECT_EQ(FrameLines(answer), Lines{std::string(kRefused)});
        refused_.push_back(peer);
        return count;
      }
      peers_.push_back(peer);
    }
    ADD_FAILURE() << "no bound";
    return 0;
  }

  WebSocketOptions options_ = Small();
  WebSocketWorld world_{options_};
  std::vector<Peer> peers_;
  std::vector<Peer> refused_;
};

std::string Fragment(std::size_t size) {
  return ClientFrame(Opcode::kText, std::string(size, 'x'), false);
}

// All but the last byte, and that.
std::string PartOfFrame(std::size_t size) {
  std::string frame = ClientText(std::string(size, 'x'));
  frame.pop_back();
  return frame;
}
std::string RestOfFrame(std::size_t size) {
  return ClientText(std::string(size, 'x')).substr(PartOfFrame(size).size());
}

TEST_F(WebSocketBoundsTest, PartialMessagesAreBoundedTogether) {
  std::size_t count = Fill(Fragment(32 * 1024));
  EXPECT_EQ(count, kMax / 4 * 3 / (33 * 1024)) << "a quarter is kept for small ones";
  EXPECT_LE(held(), kMax / 4 * 3);
  EXPECT_EQ(world_.handler.closes, Lines{"1013 too many unfinished messages"});
  EXPECT_EQ(world_.sockets.state(static_cast<std::uint32_t>(count)), nullptr);
  // Others are served: whole messages, and those that hold theirs may finish.
  Peer other = world_.Dial();
  other.Ask(ClientText("whole"));
  EXPECT_EQ(world_.handler.messages, Lines{"whole"});
  peers_[0].Ask(ClientFrame(Opcode::kContinuation, std::string(90 * 1024 / 3, 'x'), true));
  ASSERT_EQ(world_.handler.messages.size(), 2u);
  EXPECT_EQ(world_.handler.messages[1].size(), 62u * 1024);
  // And there is room for one more now.
  EXPECT_EQ(other.Ask(Fragment(32 * 1024)), "");
}

TEST_F(WebSocketBoundsTest, PartialFramesAreBoundedTogether) {
  std::size_t count = Fill(PartOfFrame(30 * 1024));
  EXPECT_GE(count, kMax / 4 * 3 / (31 * 1024));
  EXPECT_LE(held(), kMax / 4 * 3);
  // The rest of the frame cannot be understood any more: nothing is awaited of that peer.
  EXPECT_TRUE(refused_[0].ended());
  EXPECT_EQ(refused_[0].Ask(RestOfFrame(30 * 1024) + ClientText("late")), "");
  EXPECT_TRUE(world_.handler.messages.empty());
  peers_[0].Ask(RestOfFrame(30 * 1024));
  EXPECT_EQ(world_.handler.messages.size(), 1u);
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
}

TEST_F(WebSocketBoundsTest, SmallPartsStillPassAndAreBoundedToo) {
  Fill(Fragment(32 * 1024));
  Peer small = world_.Dial();
  EXPECT_EQ(small.Ask(PartOfFrame(1000)), "");
  EXPECT_EQ(small.Ask(RestOfFrame(1000) + Fragment(1000)), "");
  EXPECT_EQ(world_.handler.messages.size(), 1u);
  EXPECT_GT(Fill(PartOfFrame(2000)), 50u);
  EXPECT_LE(held(), kMax);
  EXPECT_GT(held(), kMax / 4 * 3);
}

TEST_F(WebSocketBoundsTest, WhoGrowsBeyondItIsClosed) {
  Fill(Fragment(32 * 1024));
  Peer growing = world_.Dial();
  EXPECT_EQ(growing.Ask(Fragment(1000)), "");
  Lines answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) {
    answer =
        FrameLines(growing.Ask(ClientFrame(Opcode::kContinuation, std::string(500, 'x'), false)));
  }
  EXPECT_EQ(answer, Lines{std::string(kRefused)});
  EXPECT_EQ(FrameLines(growing.Ask(ClientClose(1013))), Lines{});
  EXPECT_TRUE(growing.ended());
}

TEST_F(WebSocketBoundsTest, WhatIsDoneOrGoneCountsNoMore) {
  for (int i = 0; i < 200; ++i) {
    Peer peer = world_.Dial();
    EXPECT_EQ(peer.Ask(Fragment(32 * 1024) + PartOfFrame(30 * 1024)), "") << i;
    EXPECT_GT(held(), 62u * 1024);
    switch (i % 4) {
      case 0:
        peer.Vanish();
        break;
      case 1:
        peer.Finish();
        break;
      case 2:
        world_.endpoint.Close(world_.handler.released.empty() ? 0 : world_.handler.released.back(),
                              1000, "");
        peer.Vanish();
        break;
      case 3:
        world_.Advance(700);  // the idle time
        break;
    }
    world_.Advance(10);
    EXPECT_EQ(held(), 0u) << i;
    EXPECT_EQ(world_.sockets.open_count(), 0u) << i;
  }
}

TEST_F(WebSocketBoundsTest, APausedSocketsInputCounts) {
  world_.handler.on_message = [this](std::uint32_t slot, std::string_view) {
    world_.sockets.PauseReading(slot);
  };
  std::string pipelined = ClientText("first");
  for (int i = 0; i < 60; ++i) pipelined += ClientText(std::string(1000, 'x'));
  std::size_t count = Fill(pipelined);
  EXPECT_GE(count, kMax / 4 * 3 / (64 * 1024));
  EXPECT_LE(held(), kMax / 4 * 3);
  world_.handler.on_message = nullptr;
  world_.handler.messages.clear();
  world_.sockets.ResumeReading(0);
  world_.Settle();
  EXPECT_EQ(world_.handler.messages.size(), 60u) << "nothing was lost for those who had room";
}

// What came behind the handshake is counted by who speaks now.
TEST_F(WebSocketBoundsTest, InputThatAnotherProtocolKeptCounts) {
  HttpServerOptions http_options;
  http_options.held_bytes = NewHeldBytes(http_options);
  NotingHandler requests;
  HttpServer http(world_.sockets, requests, http_options);
  Listener listener(world_.sockets, http, http);
  ASSERT_TRUE(listener.Listen({"127.0.0.1", kHttpPort}, false));
  std::vector<Peer> peers;
  auto dial = [&] {
    peers.emplace_back(world_, kHttpPort);
    peers.back().Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + PartOfFrame(30 * 1024));
    world_.Settle();
    EXPECT_GT(http_options.held_bytes->held(), 30u * 1024);
    SocketRef socket = requests.requests.back().socket;
    http.Upgrade(socket, "", world_.endpoint);
    world_.endpoint.Open(socket.slot);
    world_.Settle();
    EXPECT_EQ(http_options.held_bytes->held(), 0u);
    return FrameLines(peers.back().Take());
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(dial(), Lines{}) << i;
  EXPECT_GT(held(), 20u * 30 * 1024);
  Lines refused;
  for (int i = 0; i < 20 && refused.empty(); ++i) refused = dial();
  EXPECT_EQ(refused, Lines{std::string(kRefused)});
}

TEST_F(WebSocketBoundsTest, EndpointsMayShareTheBound) {
  {
    WebSocketWorld other(options_);
    Peer there = other.Dial();
    EXPECT_EQ(there.Ask(Fragment(32 * 1024)), "");
    std::size_t before = held();
    Peer here = world_.Dial();
    EXPECT_EQ(here.Ask(Fragment(32 * 1024)), "");
    EXPECT_EQ(held(), 2 * before);
  }
  EXPECT_GT(held(), 32u * 1024);
  EXPECT_LT(held(), 34u * 1024);
}

TEST(WebSocketDeflateBoundsTest, CompressedOnesCountAsTheyCame) {
  WebSocketOptions options = Small();
  WebSocketWorld world(options);
  world.extensions.deflate = true;
  Peer peer = world.Dial();
  std::string frame = Fragment(30 * 1024);
  frame[0] = static_cast<char>(frame[0] | 0x40);
  EXPECT_EQ(peer.Ask(frame), "");
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(peer.Ask(ClientFrame(Opcode::kContinuation, std::string(30 * 1024, 'x'), false)), "");
  }
  EXPECT_GT(options.partial_bytes->held(), 240u * 1024);
  EXPECT_LT(options.partial_bytes->held(), 258u * 1024) << "no more than a message can need";
}

}  // namespace
}  // namespace gatehouse::net
