#include "net/socket/sockets.h"

#include <gtest/gtest.h>

#include "net/loop/test_peer.h"
#include "net/socket/test_protocol.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 80;

class SocketsTest : public testing::Test {
 protected:
  SocketsTest() { EXPECT_TRUE(listener_.Listen({"127.0.0.1", kPort}, false)); }

  Peer Dial() {
    Peer peer(world_, kPort);
    world_.Settle();
    return peer;
  }
  // A turn in which `work` runs, and no other.
  template <class F>
  void InTurn(F work) {
    world_.loop.Post(work);
    world_.loop.Turn(std::chrono::nanoseconds{0});
  }
  static std::string RandomBytes(std::uint64_t seed, std::size_t size) {
    std::string bytes(size, '\0');
    base::SeededRandom(seed).Fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }

  TestWorld world_;
  Sockets& sockets_ = world_.sockets;
  Recorder recorder_{sockets_};
  Listener listener_{sockets_, recorder_, recorder_};
};

// ---- Output ----

TEST_F(SocketsTest, WhatATurnQueuesLeavesInOneWrite) {
  Peer peer = Dial();
  auto shared = base::SharedBytes::Copy("shared ");
  std::size_t before = world_.network.writes();
  InTurn([&] {
    sockets_.Send(0, "one ");
    sockets_.Send(0, "two ");
    sockets_.SendShared(0, shared);
    sockets_.Send(0, "three");
    EXPECT_EQ(world_.network.writes(), before) << "written inside the turn";
    EXPECT_EQ(sockets_.queued_bytes(0), 20u);
  });
  EXPECT_EQ(world_.network.writes(), before + 1);
  EXPECT_EQ(peer.Take(), "one two shared three");
  EXPECT_EQ(sockets_.queued_bytes(0), 0u);
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

// Blocks grow with a queue, so that much that is queued in a turn still leaves in one write.
TEST_F(SocketsTest, ManySmallSendsLeaveInOneWrite) {
  Peer peer = Dial();
  std::string expected;
  std::size_t before = world_.network.writes();
  InTurn([&] {
    for (int i = 0; i < 500; ++i) {
      std::string body = RandomBytes(static_cast<std::uint64_t>(i), 100);
      sockets_.Send(0, "head", body);
      expected += "head" + body;
    }
    sockets_.Send(0, {}, "end");
    sockets_.Send(0, "", "");
  });
  EXPECT_EQ(world_.network.writes(), before + 1);
  EXPECT_TRUE(peer.Take() == expected + "end");
}

TEST_F(SocketsTest, WhatIsQueuedBetweenTurnsDoesNotWait) {
  Peer peer = Dial();
  sockets_.Send(0, "x");
  auto before = world_.clock.Now();
  world_.loop.Turn(std::chrono::seconds{1});
  EXPECT_EQ(world_.clock.Now(), before);
  EXPECT_EQ(peer.Take(), "x");
}

TEST_F(SocketsTest, SocketsAreWrittenInSlotOrder) {
  std::vector<Peer> peers;
  for (int i = 0; i < 130; ++i) peers.push_back(Dial());
  InTurn([&] {
    for (std::uint32_t slot : {129u, 3u, 64u, 0u, 63u, 65u, 1u}) {
      sockets_.Send(slot, "x");
      sockets_.NotifyDrained(slot);
    }
  });
  std::vector<std::string> expected;
  for (int slot : {0, 1, 3, 63, 64, 65, 129}) {
    expected.push_back("drained " + std::to_string(slot));
  }
  EXPECT_EQ(recorder_.log, expected);
}

TEST_F(SocketsTest, ASharedBlockIsReferencedNotCopied) {
  std::vector<Peer> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(Dial());
  auto block = base::SharedBytes::WithCapacity(100);
  ASSERT_TRUE(block.TryAppend("frame"));
  InTurn([&] {
    for (std::uint32_t slot = 0; slot < 5; ++slot) {
      sockets_.SendShared(slot, block);
      sockets_.Send(slot, std::to_string(slot));  // must not land in the others' block
    }
  });
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(peers[i].Take(), "frame" + std::to_string(i));
  EXPECT_TRUE(block.TryAppend("!")) << "somebody still holds a reference";
}

TEST_F(SocketsTest, BytesSentAfterABlockWhoseOwnerLetGoComeBehindIt) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 3);
  InTurn([&] {
    auto block = base::SharedBytes::WithCapacity(100);
    ASSERT_TRUE(block.TryAppend("abcdef"));
    sockets_.SendShared(0, block);
  });
  InTurn([&] { sockets_.Send(0, "ghi"); });
  std::string all;
  for (int i = 0; i < 10; ++i) {
    all += peer.Take();
    world_.Settle();
  }
  EXPECT_EQ(all, "abcdefghi");
}

TEST_F(SocketsTest, SeveralBroadcastsOfATurnReachEachSocketInOneWrite) {
  std::vector<Peer> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(Dial());
  auto first = base::SharedBytes::Copy("first,"), second = base::SharedBytes::Copy("second,");
  world_.network.SetWindow(peers[3].socket(), 3);
  std::size_t writes = world_.network.writes();
  InTurn([&] {
    for (std::uint32_t slot : {0u, 1u, 3u}) sockets_.SendShared(slot, first);
    for (std::uint32_t slot = 0; slot < 4; ++slot) sockets_.SendShared(slot, second);
    sockets_.SendShared(2, first);
    sockets_.Send(1, "own");
  });
  EXPECT_GE(world_.network.writes(), writes + 4);
  EXPECT_LE(world_.network.writes(), writes + 5);  // the last one's window is full after its part
  EXPECT_EQ(peers[0].Take(), "first,second,");
  EXPECT_EQ(peers[1].Take(), "first,second,own");
  EXPECT_EQ(peers[2].Take(), "second,first,");
  std::string got;
  for (int i = 0; i < 10; ++i) {
    got += peers[3].Take();
    world_.Settle();
  }
  EXPECT_EQ(got, "first,second,");
}

TEST_F(SocketsTest, WhatIsQueuedForOneWhoDoesNotReadCostsNoWrites) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 1000);
  std::string bytes = RandomBytes(2, 3000);
  auto block = base::SharedBytes::Copy(bytes);
  InTurn([&] { sockets_.SendShared(0, block); });
  std::size_t writes = world_.network.writes();
  InTurn([&] { sockets_.SendShared(0, block); });
  InTurn([&] { sockets_.Send(0, "end"); });
  EXPECT_EQ(world_.network.writes(), writes) << "the kernel has said that there is no room";
  EXPECT_EQ(sockets_.queued_bytes(0), 2 * bytes.size() + 3 - 1000);
  std::string got;
  for (int i = 0; i < 20; ++i) {
    got += peer.Take();
    world_.Settle();
  }
  EXPECT_EQ(got, bytes + bytes + "end");
  InTurn([&] { sockets_.Send(0, "more"); });  // and all is as before
  EXPECT_EQ(peer.Take(), "more");
}

TEST_F(SocketsTest, EagainThenProgress) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 1000);
  std::string bytes = RandomBytes(1, 5500);
  InTurn([&] { sockets_.Send(0, bytes); });
  EXPECT_EQ(sockets_.queued_bytes(0), 4500u);
  std::size_t writes = world_.network.writes();
  world_.Settle();
  EXPECT_EQ(world_.network.writes(), writes) << "tried again without room";
  std::string got;
  while (got.size() < bytes.size()) {
    std::string part = peer.Take();
    ASSERT_FALSE(part.empty());
    got += part;
    world_.Settle();
  }
  EXPECT_EQ(got, bytes);
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

TEST_F(SocketsTest, AnyCutOfReadsAndWritesGivesTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    TestWorld world;
    world.network.CutAtRandom(seed);
    Recorder recorder(world.sockets);
    Listener listener(world.sockets, recorder, recorder);
    ASSERT_TRUE(listener.Listen({"127.0.0.1", kPort}, false));
    Peer peer(world, kPort);
    world.Settle();
    world.network.SetWindow(peer.socket(), 700);
    std::string up = RandomBytes(seed, 20'000);
    std::string down = RandomBytes(seed + 100, 20'000);
    std::string got;
    base::SeededRandom sizes(seed);
    for (std::size_t at = 0; at < down.size();) {
      std::string_view part = std::string_view(down).substr(at, 1 + sizes.Next() % 900);
      at += part.size();
      if (sizes.Next() % 2 == 0) {
        world.sockets.Send(0, part);
      } else {
        world.sockets.SendShared(0, base::SharedBytes::Copy(part));
      }
      peer.Send(std::string_view(up).substr(at - part.size(), part.size()));
      world.Settle();
      got += peer.Take();
    }
    for (int i = 0; i < 100'000 && got.size() < down.size(); ++i) {
      world.Settle();
      got += peer.Take();
    }
    EXPECT_EQ(got, down);
    EXPECT_EQ(recorder.data[0], up);
    EXPECT_EQ(world.sockets.memory_bytes(0), 0u);
  }
}

TEST_F(SocketsTest, ALongQueueOfTinyFramesCostsLittleMoreThanItsBytes) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 0);
  auto frame = base::SharedBytes::Copy("12");
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    sockets_.SendShared(0, frame);
    expected += "12";
  }
  world_.network.SetWindow(peer.socket(), 1 << 20);
  InTurn([] {});
  world_.Settle();
  EXPECT_EQ(peer.Take(), expected);
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

TEST_F(SocketsTest, DrainedIsToldOnceAllHasLeft) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 10);
  InTurn([&] {
    sockets_.Send(0, std::string(25, 'x'));
    sockets_.NotifyDrained(0);
  });
  peer.Take();
  world_.Settle();
  EXPECT_TRUE(recorder_.log.empty());
  peer.Take();
  world_.Settle();
  EXPECT_EQ(recorder_.log, std::vector<std::string>{"drained 0"});
  InTurn([&] { sockets_.Send(0, "y"); });
  EXPECT_EQ(recorder_.log.size(), 1u);
}

TEST_F(SocketsTest, AWriteThatMakesNoProgressIsAbortedAfterAMinute) {
  Peer peer = Dial();
  world_.network.SetWindow(peer.socket(), 1000);
  InTurn([&] { sockets_.Send(0, std::string(10'000, 'x')); });
  world_.Advance(50);
  EXPECT_EQ(peer.Take().size(), 1000u);  // progress: the minute begins anew
  world_.Advance(59.9);
  EXPECT_FALSE(peer.reset());
  EXPECT_TRUE(recorder_.causes.empty());
  world_.Advance(1.2);
  EXPECT_TRUE(peer.reset());
  EXPECT_EQ(recorder_.causes, std::vector<CloseCause>{CloseCause::kWriteStalled});
}

// ---- Input ----

TEST_F(SocketsTest, WhatAProtocolLeavesComesAgainWithMore) {
  std::vector<std::string> offers;
  recorder_.on_bytes = [&](std::uint32_t, std::span<char> bytes) {
    offers.emplace_back(bytes.data(), bytes.size());
    return bytes.size() / 4 * 4;
  };
  Peer peer = Dial();
  peer.Ask("abcdef");
  peer.Ask("g");
  EXPECT_GT(sockets_.memory_bytes(0), 0u);
  peer.Ask("h");
  EXPECT_EQ(offers, (std::vector<std::string>{"abcdef", "efg", "efgh"}));
  EXPECT_EQ(recorder_.data[0], "abcdefgh");
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

TEST_F(SocketsTest, BytesHavePaddingBehindThem) {
  unsigned sum = 0;
  recorder_.on_bytes = [&](std::uint32_t, std::span<char> bytes) {
    for (std::size_t i = 0; i < Sockets::kReceivePadding; ++i) {
      sum += static_cast<unsigned char>(bytes.data()[bytes.size() + i]);
    }
    return bytes.size() / 2;  // so that kept input is looked at, too
  };
  Peer peer = Dial();
  for (std::size_t size : {1u, 100u, 65'536u, 70'000u}) peer.Ask(std::string(size, 'x'));
  SUCCEED() << sum;  // the address sanitizer is the judge
}

TEST_F(SocketsTest, APauseKeepsBytesAndLeavesTheRestInTheKernel) {
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char>) {
    sockets_.PauseReading(slot);
    return 2;
  };
  Peer peer = Dial();
  peer.Ask("abcd");
  EXPECT_EQ(recorder_.data[0], "ab");
  peer.Send(std::string(200'000, 'x'));
  world_.Settle();
  EXPECT_EQ(recorder_.data[0], "ab");
  EXPECT_LT(sockets_.memory_bytes(0), 1000u) << "read on while paused";
  recorder_.on_bytes = nullptr;
  InTurn([&] { sockets_.ResumeReading(0); });
  EXPECT_EQ(recorder_.data[0].substr(0, 4), "abcd");
  world_.Settle();
  EXPECT_EQ(recorder_.data[0].size(), 200'004u);
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

TEST_F(SocketsTest, KeptBytesComeBeforeTheEndThatFollowsThem) {
  // Resumed in the middle of a turn's end, when the peer's end is waiting in the kernel already.
  Peer paused = Dial();
  Peer other = Dial();
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) -> std::size_t {
    if (slot == 0 && sockets_.mark(0) == 0) {
      sockets_.PauseReading(0);
      return 0;
    }
    if (slot == 1 && sockets_.mark(1) == 0) {
      sockets_.PauseReading(1);
      return 0;
    }
    if (slot == 1) {
      sockets_.mark(0) = 1;
      sockets_.ResumeReading(0);
    }
    return bytes.size();
  };
  recorder_.on_end = [&](std::uint32_t slot) { sockets_.Close(slot); };
  paused.Send("last words");
  other.Send("go");
  world_.Settle();
  paused.Finish();
  world_.Settle();
  sockets_.mark(1) = 1;
  InTurn([&] { sockets_.ResumeReading(1); });
  world_.Settle();
  EXPECT_EQ(recorder_.data[0], "last words");
}

TEST_F(SocketsTest, PausingAndResumingInsideOnBytesLosesNothing) {
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char>) {
    sockets_.PauseReading(slot);
    sockets_.ResumeReading(slot);
    return 1;
  };
  Peer peer = Dial();
  peer.Ask("abcdef");
  EXPECT_EQ(recorder_.data[0], "abcdef");
}

TEST_F(SocketsTest, AnotherProtocolTakesTheBytesThatAreLeft) {
  Recorder next(sockets_);
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char>) {
    sockets_.SetProtocol(slot, next);
    return 4;
  };
  Peer peer = Dial();
  peer.Ask("headtail");
  EXPECT_EQ(recorder_.data[0], "head");
  EXPECT_EQ(next.data[0], "tail");
  peer.Ask(" and more");
  EXPECT_EQ(next.data[0], "tail and more");
  peer.Vanish();
  world_.Settle();
  EXPECT_TRUE(recorder_.causes.empty());
  EXPECT_EQ(next.causes.size(), 1u);
}

TEST_F(SocketsTest, AProtocolSetLaterTakesWhatWasKept) {
  Recorder next(sockets_);
  recorder_.on_bytes = [&](std::uint32_t slot, std::span<char>) {
    sockets_.PauseReading(slot);
    return 4;
  };
  Peer peer = Dial();
  peer.Ask("headtail");
  InTurn([&] {
    sockets_.SetProtocol(0, next);
    sockets_.ResumeReading(0);
  });
  EXPECT_EQ(next.data[0], "tail");
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

}  // namespace
}  // namespace gatehouse::net
