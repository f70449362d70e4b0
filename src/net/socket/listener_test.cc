#include "net/socket/listener.h"

#include <cerrno>
#include <memory>

#include <gtest/gtest.h>

#include "net/loop/test_peer.h"
#include "net/socket/test_protocol.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 80;

class Greeting final : public Listener::Greeter {
 public:
  void OnAccepted(std::uint32_t) override { ++accepted; }
  void OnCrowded(std::uint32_t) override { ++crowded; }
  int accepted = 0;
  int crowded = 0;
};

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() { EXPECT_TRUE(listener_.Listen({"127.0.0.1", kPort}, false)); }

  TestWorld world_{{.sockets_max = 3, .crowd_max = 2}};
  Recorder recorder_{world_.sockets};
  Greeting greeting_;
  Listener listener_{world_.sockets, recorder_, greeting_};
};

TEST_F(ListenerTest, OutOfDescriptorsItLooksAgainTenTimesASecondAndDoesNotSpin) {
  for (int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    int before = greeting_.accepted;
    world_.network.FailAccepts(error);
    Peer peer(world_, kPort);
    world_.Settle();  // would fail if the loop did not come to rest
    auto turns_begin = world_.clock.Now();
    int turns = 0;
    for (; world_.clock.Now() < turns_begin + std::chrono::seconds(1); ++turns) {
      world_.loop.Turn(std::chrono::seconds(1));
    }
    EXPECT_LE(turns, 30) << error;
    EXPECT_EQ(greeting_.accepted, before);
    world_.network.FailAccepts(0);
    world_.Advance(0.2);
    EXPECT_EQ(greeting_.accepted, before + 1) << "no recovery from " << error;
    EXPECT_FALSE(peer.reset());
    peer.Vanish();
    world_.Settle();
  }
}

TEST_F(ListenerTest, BeyondSocketsMaxPeersAreToldApart) {
  std::vector<Peer> peers;
  for (int i = 0; i < 5; ++i) peers.emplace_back(world_, kPort);
  world_.Settle();
  EXPECT_EQ(greeting_.accepted, 3);
  EXPECT_EQ(greeting_.crowded, 2);
}

TEST_F(ListenerTest, BeyondTheCrowdPeersWaitUntilThereIsRoom) {
  std::vector<Peer> peers;
  for (int i = 0; i < 8; ++i) peers.emplace_back(world_, kPort);
  world_.Settle();
  world_.Advance(5);
  EXPECT_EQ(world_.sockets.open_count(), 5u);
  for (Peer& peer : peers) EXPECT_FALSE(peer.ended());
  for (int i = 0; i < 3; ++i) peers[static_cast<std::size_t>(i)].Vanish();
  world_.Advance(0.3);
  EXPECT_EQ(greeting_.accepted + greeting_.crowded, 8);
  EXPECT_EQ(world_.sockets.open_count(), 5u);
}

TEST_F(ListenerTest, StoppingWhileItWaitsIsTheEnd) {
  world_.network.FailAccepts(EMFILE);
  Peer peer(world_, kPort);
  world_.Settle();
  listener_.Stop();
  world_.network.FailAccepts(0);
  world_.Advance(1);
  EXPECT_EQ(greeting_.accepted, 0);
}

// ---- What the network told of a socket that has gone since ----

// Slots 0 and 1 have news in one turn. Who hears of the first ends the second, whose slot a new
// connection takes at once: the second's news is not the new one's.
TEST_F(ListenerTest, NewsOfAnEarlierSocketDoesNotReachTheNextOfItsSlot) {
  auto doomed = std::make_unique<Recorder>(world_.sockets);
  Peer first(world_, kPort);
  Peer second(world_, kPort);
  Peer server(world_, kPort);  // keeps slot 2
  world_.Settle();
  world_.sockets.SetProtocol(1, *doomed);
  world_.Settle();

  std::optional<SocketRef> next;
  recorder_.on_bytes = [&](std::uint32_t, std::span<char> bytes) {
    doomed.reset();
    Result<SocketRef> begun = world_.sockets.Connect({"127.0.0.1", kPort}, recorder_);
    if (begun) next = *begun;
    return bytes.size();
  };
  first.Send("now");
  second.Vanish();
  world_.Settle();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->slot, 1u);
  EXPECT_TRUE(world_.sockets.IsOpen(*next)) << "it died of the reset of the one before";
}

}  // namespace
}  // namespace gatehouse::net
