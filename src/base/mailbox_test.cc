#include "base/mailbox.h"

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/function.h"

namespace gatehouse::base {
namespace {

// A loop's queue, turned by the test; stopped, it drops what it is given.
class Queue final : public Executor {
 public:
  void Post(UniqueFunction<void()> task) override {
    if (!stopped_) tasks_.push_back(std::move(task));
  }
  void Run() {
    while (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  void Stop() {
    stopped_ = true;
    tasks_.clear();
  }

 private:
  std::deque<UniqueFunction<void()>> tasks_;
  bool stopped_ = false;
};

using Lines = std::vector<std::string>;

class MailboxTest : public testing::Test {
 protected:
  // False: there is no room. Said lines: "asked NAME", "answered NAME".
  bool Ask(const std::string& name, std::size_t bytes = 0) {
    Mailbox::Place place = mailbox_->Reserve(bytes);
    if (!place) return false;
    mailbox_->Ask(
        std::move(place), asker_,
        [this, name] {
          lines_.push_back("asked " + name);
          return name;
        },
        [this](const std::string& said) { lines_.push_back("answered " + said); });
    return true;
  }

  Queue owner_, asker_;
  std::unique_ptr<Mailbox> mailbox_ =
      std::make_unique<Mailbox>(owner_, MailboxLimits{.questions_max = 3, .bytes_max = 100});
  Lines lines_;
};

TEST_F(MailboxTest, EachSideRunsOnItsOwnLoopInTheOrderAsked) {
  EXPECT_TRUE(Ask("a"));
  EXPECT_TRUE(Ask("b"));
  EXPECT_EQ(lines_, Lines{});
  owner_.Run();
  EXPECT_EQ(lines_, (Lines{"asked a", "asked b"}));
  asker_.Run();
  EXPECT_EQ(lines_, (Lines{"asked a", "asked b", "answered a", "answered b"}));
}

TEST_F(MailboxTest, AFullOneIsToldAtOnceAndHasRoomAgainOnceAnswered) {
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(Ask(name));
  EXPECT_FALSE(Ask("d"));
  EXPECT_EQ(mailbox_->questions(), 3u) << "who was refused takes no room";
  owner_.Run();
  EXPECT_EQ(mailbox_->questions(), 0u) << "the answers are the asker's affair";
  EXPECT_TRUE(Ask("e"));
}

TEST_F(MailboxTest, WhatIsCarriedIsBoundedToo) {
  EXPECT_TRUE(Ask("a", 100));
  EXPECT_FALSE(Ask("b", 1));
  EXPECT_TRUE(Ask("c", 0));
  EXPECT_EQ(mailbox_->bytes(), 100u);
  owner_.Run();
  EXPECT_EQ(mailbox_->bytes(), 0u);
  EXPECT_FALSE(Ask("d", 101)) << "larger than there is room for at all";
}

TEST_F(MailboxTest, APlaceThatIsNotUsedIsGivenBack) {
  {
    Mailbox::Place place = mailbox_->Reserve(7);
    EXPECT_TRUE(place);
    EXPECT_EQ(mailbox_->questions(), 1u);
    EXPECT_EQ(mailbox_->bytes(), 7u);
  }
  EXPECT_EQ(mailbox_->questions(), 0u);
  EXPECT_EQ(mailbox_->bytes(), 0u);
}

TEST_F(MailboxTest, WhatIsExemptGetsInAndTakesNoRoom) {
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(Ask(name));
  mailbox_->Ask(
      Mailbox::Exempt(), asker_, [] { return 42; },
      [this](int said) { lines_.push_back(std::to_string(said)); });
  EXPECT_EQ(mailbox_->questions(), 3u);
  owner_.Run();
  asker_.Run();
  EXPECT_EQ(lines_.back(), "42");
  EXPECT_EQ(mailbox_->questions(), 0u);
}

// Replies whenever the test likes.
TEST_F(MailboxTest, ASlowAnswerHoldsItsPlace) {
  UniqueFunction<void(std::string)> reply;
  mailbox_->AskSlowly(
      mailbox_->Reserve(10), asker_, [&](auto given) { reply = std::move(given); },
      [this](const std::string& said) { lines_.push_back(said); });
  owner_.Run();
  asker_.Run();
  EXPECT_EQ(mailbox_->questions(), 1u);
  reply("at last");
  EXPECT_EQ(mailbox_->questions(), 0u);
  EXPECT_EQ(lines_, Lines{}) << "told on the wrong thread";
  asker_.Run();
  EXPECT_EQ(lines_, Lines{"at last"});
}

TEST_F(MailboxTest, AReplyThatIsDroppedFreesItsPlace) {
  mailbox_->AskSlowly(
      mailbox_->Reserve(10), asker_, [](auto&& given) { auto dropped = std::move(given); },
      [this](int) { lines_.push_back("answered"); });
  owner_.Run();
  asker_.Run();
  EXPECT_EQ(mailbox_->questions(), 0u);
  EXPECT_EQ(lines_, Lines{});
}

TEST_F(MailboxTest, AtStopNothingRunsAndThePlacesAreFree) {
  auto kept = std::make_shared<int>(1);
  mailbox_->Ask(
      mailbox_->Reserve(10), asker_, [kept] { return *kept; },
      [this, kept](int) { lines_.push_back("answered"); });
  EXPECT_EQ(kept.use_count(), 3);
  owner_.Stop();
  EXPECT_EQ(kept.use_count(), 1) << "both sides are destroyed";
  EXPECT_EQ(mailbox_->questions(), 0u);
  EXPECT_TRUE(Ask("after"));
  EXPECT_EQ(mailbox_->questions(), 0u);
  asker_.Run();
  EXPECT_EQ(lines_, Lines{});
}

TEST_F(MailboxTest, AnAskerThatHasStoppedHearsNothing) {
  EXPECT_TRUE(Ask("a"));
  asker_.Stop();
  owner_.Run();
  EXPECT_EQ(lines_, Lines{"asked a"});
  EXPECT_EQ(mailbox_->questions(), 0u);
}

TEST_F(MailboxTest, ItMayGoWhileQuestionsAreOnTheirWay) {
  UniqueFunction<void(int)> reply;
  mailbox_->AskSlowly(
      mailbox_->Reserve(10), asker_, [&](auto given) { reply = std::move(given); },
      [this](int said) { lines_.push_back(std::to_string(said)); });
  EXPECT_TRUE(Ask("a"));
  mailbox_.reset();
  owner_.Run();
  reply(1);
  asker_.Run();
  EXPECT_EQ(lines_, (Lines{"asked a", "answered a", "1"}));
}

TEST_F(MailboxTest, ManyThreadsShareItsRoom) {
  Mailbox mailbox(owner_, {.questions_max = 100, .bytes_max = 1'000'000});
  std::vector<std::thread> threads;
  std::vector<std::vector<Mailbox::Place>> places(4);
  for (auto& own : places) {
    threads.emplace_back([&mailbox, &own] {
      for (int i = 0; i < 1000; ++i) {
        own.push_back(mailbox.Reserve(1));
        if (i % 2 == 0) own.pop_back();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t granted = 0;
  for (auto& own : places) {
    for (const Mailbox::Place& place : own) granted += place ? 1 : 0;
  }
  EXPECT_LE(granted, 100u);
  EXPECT_EQ(mailbox.questions(), granted);
  EXPECT_EQ(mailbox.bytes(), granted);
  places.clear();
  EXPECT_EQ(mailbox.questions(), 0u);
}

}  // namespace
}  // namespace gatehouse::base
