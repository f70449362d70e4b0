// How sockets end, and how they are told that time has passed.
#include <gtest/gtest.h>

#include "net/loop/test_peer.h"
#include "net/socket/sockets.h"
#include "net/socket/test_protocol.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 80;
using Causes = std::vector<CloseCause>;
using Lines = std::vector<std::string>;

class SocketsEndTest : public testing::Test {
 protected:
  SocketsEndTest() { EXPECT_TRUE(listener_.Listen({"127.0.0.1", kPort}, false)); }
  Peer Dial() {
    Peer peer(world_, kPort);
    world_.Settle();
    return peer;
  }

  TestWorld world_{{.sockets_max = 4, .crowd_max = 0, .own_max = 0}};
  Sockets& sockets_ = world_.sockets;
  Recorder recorder_{sockets_};
  Listener listener_{sockets_, recorder_, recorder_};
};

TEST_F(SocketsEndTest, CloseSendsWhatIsQueuedThenWaitsForThePeer) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 4);
  sockets_.Send(0, "farewell");
  sockets_.Close(0);
  sockets_.Send(0, "too late");
  world_.Settle();
  EXPECT_FALSE(sockets_.IsOpen({0, 1}));
  EXPECT_EQ(peer.Take(), "fare");
  EXPECT_FALSE(peer.ended());
  world_.Settle();
  EXPECT_EQ(peer.Take(), "well");
  world_.Settle();
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(recorder_.causes.empty()) << "did not wait for the peer";
  peer.Send("still talking");  // is read and forgotten, so that no reset eats our last bytes
  peer.Finish();
  world_.Settle();
  EXPECT_EQ(recorder_.causes, Causes{CloseCause::kRequested});
  EXPECT_FALSE(peer.reset());
  EXPECT_EQ(recorder_.data[0], "");
}

TEST_F(SocketsEndTest, LingeringEndsAfterTwoSeconds) {
  Dial();
  sockets_.Close(0);
  world_.Settle();
  world_.Advance(1.9);
  EXPECT_TRUE(recorder_.causes.empty());
  world_.Advance(1);
  EXPECT_EQ(recorder_.causes, Causes{CloseCause::kRequested});
  EXPECT_EQ(sockets_.open_count(), 0u);
}

TEST_F(SocketsEndTest, ClosingAfterThePeersEndNeedsNoLinger) {
  Peer peer = Dial();
  recorder_.on_end = [&](std::uint32_t slot) {
    sockets_.Send(slot, "bye");
    sockets_.Close(slot);
  };
  peer.Finish();
  world_.Settle();
  EXPECT_EQ(peer.Take(), "bye");
  EXPECT_EQ(recorder_.log, (Lines{"end 0", "closed 0"}));
  EXPECT_FALSE(peer.reset());
}

TEST_F(SocketsEndTest, APeerThatIsToldGoodbyeAndNeverReadsIsAborted) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 2);
  sockets_.Send(0, "farewell");
  sockets_.Close(0);
  world_.Advance(59);
  EXPECT_EQ(sockets_.open_count(), 1u);
  world_.Advance(2);
  EXPECT_EQ(sockets_.open_count(), 0u);
  EXPECT_TRUE(peer.reset());
}

TEST_F(SocketsEndTest, AbortDropsTheQueueAndResets) {
  Peer peer = Dial();
  sockets_.Send(0, "never seen");
  sockets_.Abort(0);
  EXPECT_TRUE(recorder_.causes.empty()) << "died inside the turn";
  world_.Settle();
  EXPECT_TRUE(peer.reset());
  EXPECT_EQ(peer.Take(), "");
  EXPECT_EQ(recorder_.causes, Causes{CloseCause::kRequested});
}

TEST_F(SocketsEndTest, AResetByThePeerIsToldOnce) {
  Peer peer = Dial();
  peer.Vanish();
  world_.Settle();
  EXPECT_EQ(recorder_.log, Lines{"closed 0"});
  EXPECT_EQ(recorder_.causes, Causes{CloseCause::kPeer});
}

TEST_F(SocketsEndTest, AResetIsSeenWhilePausedAndAfterThePeersEnd) {
  Peer paused = Dial();
  Peer half = Dial();
  sockets_.PauseReading(0);
  half.Finish();
  world_.Settle();
  EXPECT_EQ(recorder_.log, Lines{"end 1"});
  paused.Vanish();
  half.Vanish();
  world_.Settle();
  EXPECT_EQ(recorder_.causes, (Causes{CloseCause::kPeer, CloseCause::kPeer}));
}

TEST_F(SocketsEndTest, ASlotIsUsedAgainUnderAnotherGeneration) {
  Peer first = Dial();
  SocketRef old = recorder_.accepted[0];
  EXPECT_TRUE(sockets_.IsOpen(old));
  sockets_.SetAge(0, 5);
  sockets_.SetDeadline(0, 5);
  sockets_.PauseReading(0);
  sockets_.mark(0) = 7;
  first.Vanish();
  world_.Settle();
  EXPECT_FALSE(sockets_.IsOpen(old));
  Peer second(world_, kPort, {"10.0.0.9", 7});
  world_.Settle();
  SocketRef now = recorder_.accepted[1];
  EXPECT_EQ(now.slot, old.slot);
  EXPECT_NE(now.generation, old.generation);
  EXPECT_TRUE(sockets_.IsOpen(now));
  EXPECT_FALSE(sockets_.IsOpen(old));
  EXPECT_FALSE(sockets_.IsOpen({99, 1}));
  EXPECT_EQ(sockets_.peer(0), (Address{"10.0.0.9", 7}));
  EXPECT_EQ(sockets_.mark(0), 0);
  EXPECT_EQ(sockets_.state(0), nullptr);
  EXPECT_FALSE(sockets_.IsPaused(0));
  world_.Advance(10);
  EXPECT_EQ(recorder_.log, Lines{"closed 0"}) << "the old socket's time limits fired";
}

// Found by http_server_fuzz: an upgrade in pieces with garbage behind it. What had been kept was
// for the new protocol, which closed the socket; it stayed readable and nobody read.
TEST_F(SocketsEndTest, AProtocolThatClosesOnKeptInputDoesNotSpin) {
  Recorder second(sockets_);
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) -> std::size_t {
    if (bytes.size() < 4) return 0;
    sockets_.SetProtocol(slot, second);
    return 2;
  };
  second.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    sockets_.Send(slot, "bye");
    sockets_.Close(slot);
    return bytes.size();
  };
  Peer peer = Dial();
  EXPECT_EQ(peer.Ask("ab"), "");
  EXPECT_EQ(peer.Ask("cd"), "bye");
  EXPECT_EQ(peer.Ask("more"), "");  // would fail if the loop did not come to rest
  peer.Finish();
  world_.Settle();
  EXPECT_EQ(second.causes, Causes{CloseCause::kRequested});
}

TEST_F(SocketsEndTest, BeyondAllBoundsNothingIsAdopted) {
  for (int i = 0; i < 4; ++i) Dial();
  Result<int> fifth = world_.network.Connect({"127.0.0.1", kPort});
  ASSERT_TRUE(fifth);
  EXPECT_FALSE(sockets_.Adopt(*fifth, {}, recorder_));
  EXPECT_EQ(sockets_.open_count(), 4u);
}

TEST_F(SocketsEndTest, ClosingInsideOnBytesIsSafe) {
  for (bool abort : {false, true}) {
    for (std::size_t consumed : {0u, 3u}) {
      Peer peer = Dial();
      recorder_.on_bytes = [&](std::uint32_t slot, std::span<char>) {
        abort ? sockets_.Abort(slot) : sockets_.Close(slot);
        return consumed;
      };
      peer.Ask("abcdef");
      peer.Ask("more");
      EXPECT_EQ(peer.reset(), abort);
      peer.Vanish();
      world_.Settle();
      EXPECT_EQ(sockets_.open_count(), 0u);
    }
  }
}

TEST_F(SocketsEndTest, ClosingInsideOnBytesOfKeptInputIsSafe) {
  for (bool abort : {false, true}) {
    Peer peer = Dial();
    recorder_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) -> std::size_t {
      if (bytes.size() < 6) return 0;
      abort ? sockets_.Abort(slot) : sockets_.Close(slot);
      return bytes[5] == 'f' ? 2 : 0;
    };
    peer.Ask("abc");
    peer.Ask("def");
    peer.Vanish();
    world_.Settle();
    EXPECT_EQ(sockets_.open_count(), 0u);
  }
}

TEST_F(SocketsEndTest, OnClosedMaySendToOthersBehindAndAheadAndToItself) {
  std::vector<Peer> peers;
  for (int i = 0; i < 3; ++i) peers.push_back(Dial());
  recorder_.on_closed = [&](std::uint32_t slot, CloseCause) {
    for (std::uint32_t other = 0; other < 3; ++other) sockets_.Send(other, "gone");
    sockets_.Close(slot);
    sockets_.Abort(slot);
  };
  peers[1].Vanish();
  world_.Settle();
  EXPECT_EQ(peers[0].Take(), "gone");
  EXPECT_EQ(peers[2].Take(), "gone");
  EXPECT_EQ(sockets_.open_count(), 2u);
}

TEST_F(SocketsEndTest, OnClosedMayCloseOthersAndOpenNewOnes) {
  std::vector<Peer> peers;
  for (int i = 0; i < 3; ++i) peers.push_back(Dial());
  int again = 0;
  recorder_.on_closed = [&](std::uint32_t slot, CloseCause) {
    if (slot != 1 || again++ > 0) return;
    sockets_.Abort(0);
    sockets_.Abort(2);
    EXPECT_TRUE(sockets_.Connect({"127.0.0.1", kPort}, recorder_));
  };
  peers[1].Vanish();
  world_.Settle();
  EXPECT_TRUE(peers[0].reset());
  EXPECT_TRUE(peers[2].reset());
  EXPECT_EQ(sockets_.open_count(), 2u);  // both ends of the new connection
}

// ---- Connecting ----

TEST_F(SocketsEndTest, ConnectTellsSuccessAndRefusal) {
  auto ref = sockets_.Connect({"127.0.0.1", kPort}, recorder_);
  ASSERT_TRUE(ref);
  sockets_.Send(ref->slot, "ignored before it is there");
  world_.Settle();
  EXPECT_EQ(recorder_.log, Lines{"connected 0"});
  EXPECT_TRUE(sockets_.IsOpen(*ref));
  auto refused = sockets_.Connect({"127.0.0.1", 9}, recorder_);
  ASSERT_TRUE(refused);
  world_.Settle();
  EXPECT_EQ(recorder_.causes, Causes{CloseCause::kPeer});
}

TEST_F(SocketsEndTest, AConnectionThatIsClosedWhileItIsMadeIsGone) {
  auto ref = sockets_.Connect({"127.0.0.1", kPort}, recorder_);
  ASSERT_TRUE(ref);
  sockets_.Close(ref->slot);
  world_.Settle();
  EXPECT_EQ(recorder_.log.front(), "closed 0");
}

// ---- Time ----

TEST_F(SocketsEndTest, DeadlinesAreNeverEarlyAndHalfASecondLateAtMost) {
  Dial();
  for (double seconds : {0.1, 0.5, 1.0, 1.23, 10.0, 599.9}) {
    SCOPED_TRACE(seconds);
    recorder_.log.clear();
    world_.Advance(0.037);  // not on a tick
    sockets_.SetDeadline(0, seconds);
    world_.Advance(seconds - 0.001);
    EXPECT_TRUE(recorder_.log.empty());
    world_.Advance(0.7);
    EXPECT_EQ(recorder_.log, Lines{"deadline 0"});
    world_.Advance(seconds + 1);
    EXPECT_EQ(recorder_.log.size(), 1u) << "fired twice";
  }
}

TEST_F(SocketsEndTest, ADeadlineMovesAndIsUnset) {
  Dial();
  sockets_.SetDeadline(0, 2);
  world_.Advance(1.5);
  sockets_.SetDeadline(0, 2);
  world_.Advance(1.5);
  EXPECT_TRUE(recorder_.log.empty());
  sockets_.SetDeadline(0, 0);
  world_.Advance(10);
  EXPECT_TRUE(recorder_.log.empty());
  recorder_.on_deadline = [&](std::uint32_t slot) {
    if (recorder_.log.size() < 3) sockets_.SetDeadline(slot, 1);
  };
  sockets_.SetDeadline(0, 1);
  world_.Advance(10);
  EXPECT_EQ(recorder_.log, (Lines{"deadline 0", "deadline 0", "deadline 0"}));
}

TEST_F(SocketsEndTest, AShortDeadlineIsNotHeldUpByALongOne) {
  Dial();
  Dial();
  sockets_.SetDeadline(0, 600);
  sockets_.SetDeadline(1, 3);
  world_.Advance(3.7);
  EXPECT_EQ(recorder_.log, Lines{"deadline 1"});
}

TEST_F(SocketsEndTest, AgeComesOnceWhateverHappens) {
  Peer peer = Dial();
  sockets_.SetAge(0, 7200);
  for (int i = 0; i < 72; ++i) {
    sockets_.SetDeadline(0, 600);
    peer.Send("x");
    world_.Advance(99.99);
  }
  EXPECT_TRUE(recorder_.log.empty());
  world_.Advance(1.4);
  EXPECT_EQ(recorder_.log, Lines{"age 0"});
  world_.Advance(400);
  EXPECT_EQ(recorder_.log, Lines{"age 0"});
}

// ---- Whoever goes first ----

TEST_F(SocketsEndTest, AProtocolMayGoBeforeItsSockets) {
  Peer peer = Dial();
  {
    Recorder guest(sockets_);
    sockets_.SetProtocol(0, guest);
    sockets_.Send(0, "x");
  }
  EXPECT_EQ(sockets_.open_count(), 0u);
  EXPECT_TRUE(peer.ended());
  world_.Settle();
}

// A protocol that outlives the sockets it speaks on.
class Survivor final : public Protocol {
 public:
  std::size_t OnBytes(std::uint32_t, std::span<char> bytes) override { return bytes.size(); }
  void OnEnd(std::uint32_t) override {}
  void OnDeadline(std::uint32_t) override {}
  void OnClosed(std::uint32_t slot, CloseCause) override {
    ++closed;
    sockets->Send(slot, "too late");
  }
  Sockets* sockets = nullptr;
  int closed = 0;
};

TEST_F(SocketsEndTest, SocketsThatGoFirstTellTheirProtocols) {
  MemoryClock clock;
  MemoryNetwork network(clock);
  Loop loop(network, clock);
  Survivor survivor;
  auto sockets = std::make_unique<Sockets>(loop);
  survivor.sockets = sockets.get();
  ASSERT_TRUE(network.Listen({"127.0.0.1", kPort}, false));
  ASSERT_TRUE(sockets->Connect({"127.0.0.1", kPort}, survivor));
  sockets.reset();
  EXPECT_EQ(survivor.closed, 1);
}

TEST_F(SocketsEndTest, AStoppedListenerAcceptsNoMore) {
  Peer peer = Dial();
  listener_.Stop();
  EXPECT_EQ(world_.network.Dial(kPort), -1);
  EXPECT_EQ(peer.Ask("x"), "");
  EXPECT_EQ(recorder_.data[0], "x");
}

}  // namespace
}  // namespace gatehouse::net
