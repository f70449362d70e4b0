// WebSockets over TLS: the same endpoint, nothing above the socket differs.
#include <gtest/gtest.h>

#include "net/tls/test_tls.h"
#include "net/websocket/test_websockets.h"

namespace gatehouse::net {
namespace {

using Lines = std::vector<std::string>;
constexpr std::uint16_t kSecurePort = 443;

class WebSocketTlsTest : public testing::Test {
 protected:
  WebSocketTlsTest() { EXPECT_TRUE(listener_.Listen({"127.0.0.1", kSecurePort}, false)); }
  std::unique_ptr<TlsPeer> Dial() {
    auto peer = std::make_unique<TlsPeer>(world_, Peer(world_, kSecurePort));
    EXPECT_EQ(peer->Handshake(), 0);
    world_.Settle();
    return peer;
  }

  std::unique_ptr<TlsServer> tls_ = NewTlsServer();
  WebSocketWorld world_;
  TlsGreeter greeter_{world_.sockets, *tls_, world_};
  Listener listener_{world_.sockets, world_.endpoint, greeter_};
};

TEST_F(WebSocketTlsTest, MessagesPassHoweverCut) {
  world_.handler.on_message = [this](std::uint32_t slot, std::string_view data) {
    world_.endpoint.SendText(slot, data);
  };
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    if (seed > 0) world_.network.CutAtRandom(seed);
    auto peer = Dial();
    std::string text(30'000, 't');
    EXPECT_EQ(FrameLines(peer->Ask(ClientText(text))), Lines{"text " + text});
    peer->raw().Vanish();
    world_.Settle();
  }
}

TEST_F(WebSocketTlsTest, ABroadcastReachesAllInOneWriteEach) {
  std::vector<std::unique_ptr<TlsPeer>> peers;
  for (int i = 0; i < 50; ++i) peers.push_back(Dial());
  base::SharedBytes frame = world_.endpoint.PrepareText("to all");
  std::size_t before = world_.network.writes();
  for (std::uint32_t slot = 0; slot < 50; ++slot) {
    EXPECT_EQ(world_.endpoint.SendPrepared(slot, frame), WebSockets::SendResult::kQueued);
    EXPECT_EQ(world_.endpoint.SendPrepared(slot, frame), WebSockets::SendResult::kQueued);
  }
  world_.Settle();
  EXPECT_EQ(world_.network.writes(), before + 50);
  for (auto& peer : peers) {
    EXPECT_EQ(FrameLines(peer->Take()), (Lines{"text to all", "text to all"}));
  }
  for (std::uint32_t slot = 0; slot < 50; ++slot) {
    EXPECT_EQ(world_.sockets.memory_bytes(slot), 0u);
  }
}

TEST_F(WebSocketTlsTest, AClosedConnectionSaysGoodbye) {
  auto peer = Dial();
  world_.endpoint.Close(0, 1001, "Going away");
  world_.Settle();
  peer->Send(ClientClose(1001));
  world_.Settle();
  peer->Take();
  EXPECT_EQ(peer->last_error(), SSL_ERROR_ZERO_RETURN);
  EXPECT_EQ(world_.handler.closes, Lines{"1001 Going away"});
}

TEST_F(WebSocketTlsTest, BrokenTlsIsAnAbnormalClose) {
  auto peer = Dial();
  peer->raw().Send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'g'));
  world_.Advance(3);
  EXPECT_EQ(world_.handler.closes, Lines{"1006"});
  EXPECT_EQ(world_.handler.released.size(), 1u);
}

}  // namespace
}  // namespace gatehouse::net
