#include "net/loop/loop.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/loop/memory_network.h"

namespace gatehouse::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class LoopTest : public testing::Test {
 protected:
  void Note(const char* what) { log_ += what; }
  void TurnUntil(nanoseconds end) {
    while (clock_.Now() < end) loop_.Turn(end - clock_.Now());
  }

  MemoryClock clock_;
  MemoryNetwork network_{clock_};
  Loop loop_{network_, clock_};
  std::string log_;
};

class CountingEnd final : public Loop::TurnEnd {
 public:
  explicit CountingEnd(std::string& log, char name) : log_(log), name_(name) {}
  bool OnTurnEnd() override {
    log_ += name_;
    return more_to_do > 0 && more_to_do-- > 0;
  }
  int more_to_do = 0;

 private:
  std::string& log_;
  char name_;
};

TEST_F(LoopTest, TimersRunInTheOrderTheyAreDue) {
  loop_.After(milliseconds{30}, [&] { Note("c"); });
  loop_.After(milliseconds{10}, [&] { Note("a"); });
  loop_.After(milliseconds{20}, [&] { Note("b"); });
  loop_.After(milliseconds{20}, [&] { Note("B"); });  // equal times: in the order of the calls
  TurnUntil(milliseconds{29});
  EXPECT_EQ(log_, "abB");
  TurnUntil(milliseconds{31});
  EXPECT_EQ(log_, "abBc");
}

TEST_F(LoopTest, NoTimerRunsEarly) {
  bool ran = false;
  loop_.After(milliseconds{10}, [&] { ran = true; });
  TurnUntil(milliseconds{10} - nanoseconds{1});
  EXPECT_FALSE(ran);
  TurnUntil(milliseconds{10});
  loop_.Turn(nanoseconds{0});
  EXPECT_TRUE(ran);
}

TEST_F(LoopTest, ACancelledTimerDoesNotRun) {
  auto timer = loop_.After(milliseconds{10}, [&] { Note("x"); });
  loop_.After(milliseconds{5}, [&] { loop_.Cancel(timer); });
  TurnUntil(milliseconds{50});
  EXPECT_EQ(log_, "");
  loop_.Cancel(timer);  // again, and of one that is gone: nothing happens
}

TEST_F(LoopTest, ATimerMayCancelAnotherThatIsDueInTheSameTurn) {
  Loop::TimerId second{};
  loop_.After(milliseconds{10}, [&] { loop_.Cancel(second); });
  second = loop_.After(milliseconds{10}, [&] { Note("x"); });
  TurnUntil(milliseconds{20});
  EXPECT_EQ(log_, "");
}

TEST_F(LoopTest, TimersWithoutDelayDoNotHoldTheTurn) {
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    loop_.After(nanoseconds{0}, [&] { again(); });
  };
  again();
  CountingEnd end(log_, 'e');
  loop_.AddTurnEnd(end);
  for (int i = 0; i < 5; ++i) loop_.Turn(nanoseconds{0});
  EXPECT_EQ(log_, "eeeee");
  EXPECT_EQ(runs, 6);  // one a turn
}

TEST_F(LoopTest, TimeStandsStillWithinATurn) {
  std::vector<nanoseconds> seen;
  loop_.Post([&] {
    seen.push_back(loop_.Now());
    clock_.Advance(seconds{3});
    seen.push_back(loop_.Now());
  });
  loop_.After(nanoseconds{0}, [&] { seen.push_back(loop_.Now()); });
  loop_.Turn(nanoseconds{0});
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
  loop_.Turn(nanoseconds{0});
  EXPECT_EQ(loop_.Now(), seconds{3});
}

// A timer that is far is not slept for in one go: what held the turn may have taken most of it.
TEST_F(LoopTest, ALongTurnMakesNoFarTimerLate) {
  nanoseconds ran{};
  loop_.After(seconds{100}, [&] { ran = loop_.Now(); });
  loop_.Post([&] { clock_.Advance(seconds{70}); });
  loop_.Turn(nanoseconds{0});
  while (ran == nanoseconds{}) loop_.Turn(std::nullopt);
  EXPECT_GE(ran, seconds{100});
  EXPECT_LT(ran, seconds{121}) << "half of the wait, begun at 70";
}

TEST_F(LoopTest, AnIdleLoopWakesRarelyForAFarTimer) {
  bool ran = false;
  loop_.After(std::chrono::hours{2}, [&] { ran = true; });
  int turns = 0;
  while (!ran) {
    loop_.Turn(std::nullopt);
    ++turns;
  }
  EXPECT_LT(turns, 20);
}

TEST_F(LoopTest, TheWallClockGoesOnWithTheTurns) {
  base::Millis start = loop_.WallNow();
  for (int step = 1; step <= 25; ++step) {
    clock_.Advance(milliseconds{10});
    loop_.Turn(nanoseconds{0});
    EXPECT_EQ(loop_.WallNow() - start, milliseconds{10} * step);
  }
}

TEST_F(LoopTest, ATurnEndMayComeFirstAndGo) {
  CountingEnd a(log_, 'a'), b(log_, 'b');
  loop_.AddTurnEnd(a);
  loop_.AddTurnEndFirst(b);
  loop_.Turn(nanoseconds{0});
  EXPECT_EQ(log_, "ba");
  loop_.RemoveTurnEnd(b);
  loop_.Turn(nanoseconds{0});
  EXPECT_EQ(log_, "baa");
}

TEST_F(LoopTest, PostsOfAnotherThreadRunOnTheLoopInTheirOrder) {
  std::thread::id ran_on;
  std::vector<int> order;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) {
      loop_.Post([&, i] {
        order.push_back(i);
        ran_on = std::this_thread::get_id();
      });
    }
  });
  while (order.size() < 100) loop_.Turn(nanoseconds{0});
  other.join();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(LoopTest, WhatAPostedTaskPostsRunsInTheNextTurn) {
  loop_.Post([&] {
    Note("a");
    loop_.Post([&] { Note("b"); });
  });
  loop_.Turn(nanoseconds{0});
  EXPECT_EQ(log_, "a");
  loop_.Turn(seconds{1});
  EXPECT_EQ(log_, "ab");
  EXPECT_EQ(clock_.Now(), nanoseconds{0}) << "it waited although something was posted";
}

TEST_F(LoopTest, TurnEndsComeLastInOrderAndMayAskForMore) {
  CountingEnd first(log_, '1');
  CountingEnd second(log_, '2');
  loop_.AddTurnEnd(first);
  loop_.AddTurnEnd(second);
  first.more_to_do = 1;
  loop_.After(nanoseconds{0}, [&] { Note("t"); });
  loop_.Post([&] { Note("p"); });
  loop_.Turn(seconds{1});
  EXPECT_EQ(log_, "pt12");
  loop_.Turn(seconds{1});
  EXPECT_EQ(clock_.Now(), nanoseconds{0}) << "it waited although the turn end had more to do";
  loop_.Turn(seconds{1});
  EXPECT_EQ(clock_.Now(), seconds{1});
}

TEST_F(LoopTest, RunEndsAtStop) {
  loop_.After(milliseconds{5}, [&] {
    Note("t");
    loop_.Stop();
  });
  loop_.Run();
  EXPECT_EQ(log_, "t");
  loop_.Run();  // stopped it stays
}

TEST_F(LoopTest, TasksThatNeverRanAreDestroyedWithTheLoop) {
  auto witness = std::make_shared<int>(1);
  {
    Loop loop(network_, clock_);
    loop.Post([witness] {});
    loop.After(seconds{1}, [witness] {});
    EXPECT_EQ(witness.use_count(), 3);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace gatehouse::net
