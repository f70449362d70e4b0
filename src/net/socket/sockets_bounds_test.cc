// What may wait for peers that do not read, for all sockets together.
#include <algorithm>

#include <gtest/gtest.h>

#include "net/loop/test_peer.h"
#include "net/socket/sockets.h"
#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 80;
constexpr std::size_t kMax = 1024 * 1024;

SocketOptions Small() {
  SocketOptions options;
  options.stalled_bytes = std::make_shared<base::SharedBound>(kMax, kSmallStalledBytes);
  return options;
}

class SocketsBoundsTest : public testing::Test {
 protected:
  SocketsBoundsTest() { EXPECT_TRUE(listener_.Listen({"127.0.0.1", kPort}, false)); }
  std::size_t held() const { return options_.stalled_bytes->held(); }

  // A new peer that takes `window` bytes at a time.
  std::uint32_t Dial(std::size_t window = 1000) {
    peers_.emplace_back(world_, kPort);
    world_.network.SetWindow(peers_.back().socket(), window);
    world_.Settle();
    return recorder_.accepted.back().slot;
  }
  void Send(std::uint32_t slot, std::size_t size) {
    world_.loop.Post([this, slot, size] { sockets_.Send(slot, std::string(size, 'x')); });
    world_.Settle();
  }
  std::size_t Aborted() const {
    return static_cast<std::size_t>(
        std::count(recorder_.causes.begin(), recorder_.causes.end(), CloseCause::kWriteStalled));
  }

  SocketOptions options_ = Small();
  TestWorld world_{options_};
  Sockets& sockets_ = world_.sockets;
  Recorder recorder_{sockets_};
  Listener listener_{sockets_, recorder_, recorder_};
  std::vector<Peer> peers_;
};

TEST_F(SocketsBoundsTest, WhoNeedsMoreIsAborted) {
  for (int i = 0; i < 7; ++i) Send(Dial(), 100'000);
  EXPECT_EQ(Aborted(), 0u);
  EXPECT_GT(held(), 690'000u);
  Send(Dial(), 100'000);
  EXPECT_EQ(Aborted(), 1u);
  EXPECT_TRUE(peers_.back().reset());
  EXPECT_LE(held(), kMax / 4 * 3);
  Send(Dial(), 10'000);
  EXPECT_EQ(Aborted(), 1u) << "a quarter is kept for small ones";
  Send(0, 100'000);  // more for one that is stalled already
  EXPECT_EQ(Aborted(), 2u);
  EXPECT_TRUE(peers_[0].reset());
}

TEST_F(SocketsBoundsTest, WhoReadsIsNeverCounted) {
  for (int i = 0; i < 20; ++i) Send(Dial(1 << 20), 500'000);
  EXPECT_EQ(held(), 0u);
  EXPECT_EQ(Aborted(), 0u);
}

TEST_F(SocketsBoundsTest, WhatIsReadOrGoneCountsNoMore) {
  for (int i = 0; i < 40; ++i) {
    std::uint32_t slot = Dial(10'000);
    Peer peer = peers_.back();
    Send(slot, 300'000);
    EXPECT_GT(held(), 290'000u) << i;
    switch (i % 4) {
      case 0:
        for (std::size_t read = 0; read < 300'000;) {
          read += peer.Take().size();
          world_.Settle();
        }
        EXPECT_EQ(held(), 0u) << i;
        peer.Vanish();
        break;
      case 1:
        peer.Vanish();
        break;
      case 2:
        sockets_.Abort(slot);
        break;
      case 3:
        world_.Advance(62);  // the time without progress
        break;
    }
    world_.Settle();
    EXPECT_EQ(held(), 0u) << i;
    EXPECT_EQ(sockets_.open_count(), 0u) << i;
  }
}

TEST_F(SocketsBoundsTest, WhatIsSharedIsNotCounted) {
  auto shared = base::SharedBytes::Copy(std::string(100'000, 'x'));
  for (int i = 0; i < 50; ++i) {
    std::uint32_t slot = Dial();
    world_.loop.Post([this, slot, &shared] { sockets_.SendShared(slot, shared); });
    world_.Settle();
  }
  EXPECT_EQ(held(), 0u);
  // A block that nobody else has counts, whichever way it was sent.
  std::uint32_t slot = Dial();
  world_.loop.Post([this, slot] {
    sockets_.SendShared(slot, base::SharedBytes::Copy(std::string(100'000, 'x')));
  });
  world_.Settle();
  EXPECT_GE(held(), 100'000u);
  EXPECT_EQ(Aborted(), 0u);
}

TEST_F(SocketsBoundsTest, ManySmallWritesCountOnce) {
  std::uint32_t slot = Dial(10);
  for (int i = 0; i < 2000; ++i) Send(slot, 50);
  std::size_t before = held();
  EXPECT_GT(before, 100'000u);
  EXPECT_LT(before, 130'000u);
  for (int i = 0; i < 100; ++i) {
    peers_.back().Take();
    world_.Settle();
  }
  EXPECT_LT(held(), before);
  EXPECT_GT(held(), before - 2000);
  EXPECT_EQ(Aborted(), 0u);
}

TEST_F(SocketsBoundsTest, LoopsMayShareTheBound) {
  TestWorld other(options_);
  Recorder recorder(other.sockets);
  Listener listener(other.sockets, recorder, recorder);
  ASSERT_TRUE(listener.Listen({"127.0.0.1", kPort}, false));
  Send(Dial(), 700'000);
  Peer peer(other, kPort);
  other.network.SetWindow(peer.socket(), 1000);
  other.Settle();
  other.sockets.Send(0, std::string(100'000, 'x'));
  other.Settle();
  EXPECT_EQ(recorder.causes, std::vector<CloseCause>{CloseCause::kWriteStalled});
  EXPECT_EQ(Aborted(), 0u);
}

TEST_F(SocketsBoundsTest, SealedBytesCount) {
  auto tls = NewTlsServer();
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    if (sockets_.HasFilter(slot)) return bytes.size();
    sockets_.SetFilter(slot, tls->Accept());
    return std::size_t{0};
  };
  std::uint32_t slot = Dial(1 << 20);
  TlsPeer client(world_, peers_.back());
  ASSERT_EQ(client.Handshake(), 0);
  world_.network.SetWindow(peers_.back().socket(), 1000);
  Send(slot, 200'000);
  EXPECT_GT(held(), 200'000u);
  peers_.back().Vanish();
  world_.Settle();
  EXPECT_EQ(held(), 0u);
}

}  // namespace
}  // namespace gatehouse::net
