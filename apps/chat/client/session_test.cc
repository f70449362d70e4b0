#include "apps/chat/client/session.h"

#include <optional>

#include <gtest/gtest.h>

#include "apps/chat/client/commands.h"
#include "apps/chat/client/test_server.h"

namespace gatehouse::chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class SessionTest : public SimulatedTest, public Session::Observer {
 protected:
  SessionTest() {
    options_.url = *ParseChatUrl("ws://chat.test:4566/production", "ann");
    options_.ping_interval = options_.refresh_interval = minutes(0);
  }
  void Begin() {
    session_.emplace(sockets_, random_, resolver_, options_, *this);
    session_->Start();
    Settle();
  }

  void OnStatus(std::string_view text) override { status_.emplace_back(text); }
  void OnReason(std::string_view reason) override { reasons_.emplace_back(reason); }
  void OnFrame(std::string_view frame) override { frames_.emplace_back(frame); }
  bool OnLost(std::uint16_t code) override {
    lost_.push_back(code);
    return come_back_;
  }
  void OnGivenUp() override { ++given_up_; }
  void OnEnded() override { ++ended_; }

  bool Said(std::string_view text) const {
    for (const std::string& line : status_) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }

  SessionOptions options_;
  std::optional<Session> session_;
  std::vector<std::string> status_, frames_, reasons_;
  std::vector<std::uint16_t> lost_;
  bool come_back_ = true;
  int given_up_ = 0, ended_ = 0;
};

TEST_F(SessionTest, AsksForItsIdFirst) {
  Begin();
  EXPECT_EQ(Session::State::kOpen, session_->state());
  EXPECT_TRUE(server_.request.starts_with("GET /production?username=ann HTTP/1.1\r\n"));
  EXPECT_NE(std::string::npos, server_.request.find("Host: chat.test:4566\r\n"));
  EXPECT_EQ("chat.test", resolver_.last_host);
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  EXPECT_TRUE(session_->Send("hello"));
  Settle();
  EXPECT_EQ("hello", server_.TakeText());
  server_.SendText("answer");
  Settle();
  EXPECT_EQ(std::vector<std::string>{"answer"}, frames_);
}

TEST_F(SessionTest, WorksHoweverTheBytesAreCut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    network_.CutAtRandom(seed);
    Begin();
    Pass(milliseconds(10));
    ASSERT_TRUE(session_->Send(std::string(100'000, 'x')));
    server_.SendText("answer");
    while (server_.texts.size() < 2) Settle();
    EXPECT_EQ(kAskIdFrame, server_.TakeText());
    EXPECT_EQ(std::string(100'000, 'x'), server_.TakeText());
    session_->Close();
    Pass(seconds(3));
    EXPECT_EQ(Session::State::kEnded, session_->state());
    frames_.clear();
  }
}

TEST_F(SessionTest, PingsAtTheInterval) {
  options_.ping_interval = minutes(4);
  Begin();
  Pass(minutes(4) - seconds(1));
  EXPECT_EQ(0, server_.pings);
  Pass(seconds(2));
  EXPECT_EQ(1, server_.pings);
  Pass(minutes(40));
  EXPECT_EQ(11, server_.pings);
  EXPECT_EQ(1, server_.connections);
}

TEST_F(SessionTest, ASilentServerIsLeft) {
  options_.ping_interval = minutes(4);
  Begin();
  server_.answers_pings = false;
  Pass(minutes(4) + seconds(29));
  EXPECT_EQ(1, server_.connections);
  Pass(seconds(5));
  EXPECT_TRUE(Said("no longer answers"));
  EXPECT_EQ(2, server_.connections);
}

TEST_F(SessionTest, AsksAgainAfterLongWithoutData) {
  options_.refresh_interval = minutes(8);
  Begin();
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  Pass(minutes(5));
  server_.SendText("data");
  Settle();
  Pass(minutes(8) - seconds(1));
  EXPECT_TRUE(server_.texts.empty());
  Pass(seconds(2));
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  Pass(minutes(4));
  EXPECT_TRUE(session_->Send("mine"));
  Pass(minutes(7));
  EXPECT_EQ("mine", server_.TakeText());
  EXPECT_TRUE(server_.texts.empty());
  Pass(minutes(1));
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
}

TEST_F(SessionTest, ComesBackAfterALoss) {
  Begin();
  server_.SendClose(1001, "Going away");
  Settle();
  EXPECT_EQ(std::vector<std::uint16_t>{1001}, lost_);
  EXPECT_TRUE(Said("connection closed: 1001 Going away"));
  EXPECT_EQ(Session::State::kPausing, session_->state());
  EXPECT_FALSE(session_->Send("too early"));
  Pass(milliseconds(760));
  EXPECT_EQ(2, server_.connections);
  server_.Drop(true);
  Settle();
  EXPECT_EQ(1006, lost_.back());
  EXPECT_TRUE(Said("connection lost"));
}

TEST_F(SessionTest, PausesGrowUntilAConnectionLasted) {
  Begin();
  auto come_back = [this] {
    server_.SendClose(1001, "");
    Settle();
    auto from = clock_.Now();
    int connections = server_.connections;
    while (server_.connections == connections) Pass(milliseconds(50));
    return clock_.Now() - from;
  };
  for (int i = 0; i < 6; ++i) come_back();
  EXPECT_GE(come_back(), seconds(14));
  Pass(seconds(11));
  EXPECT_LE(come_back(), milliseconds(850));
}

TEST_F(SessionTest, TriesForeverUnlessBounded) {
  server_.StopListening();
  Begin();
  Pass(minutes(20));
  EXPECT_GT(resolver_.asked, 25);
  EXPECT_LT(resolver_.asked, 90);
  server_.Listen();
  Pass(seconds(46));
  EXPECT_EQ(Session::State::kOpen, session_->state());
  EXPECT_EQ(0, given_up_);
}

TEST_F(SessionTest, GivesUpAfterAttemptsMax) {
  options_.attempts_max = 3;
  server_.StopListening();
  Begin();
  Pass(minutes(1));
  EXPECT_EQ(3, resolver_.asked);
  EXPECT_EQ(1, given_up_);
  EXPECT_TRUE(Said("no connection: "));
}

TEST_F(SessionTest, ASuccessForgetsFailedAttempts) {
  options_.attempts_max = 2;
  Begin();
  for (int i = 0; i < 3; ++i) {
    server_.StopListening();
    server_.Drop(false);
    Pass(milliseconds(800));
    EXPECT_EQ(0, given_up_);
    server_.Listen();
    Pass(seconds(46));
    ASSERT_EQ(Session::State::kOpen, session_->state());
  }
}

TEST_F(SessionTest, WhoIsRefusedAtFirstHearsWhyAndLeaves) {
  server_.refusal =
      "HTTP/1.1 403 Forbidden\r\nx-gatehouse-reason: no stage at /x (there are: /production)\r\n"
      "Content-Length: 0\r\n\r\n";
  Begin();
  EXPECT_TRUE(Said("403 Forbidden: no stage at /x (there are: /production)"));
  EXPECT_EQ(1, given_up_);
  Pass(minutes(1));
  EXPECT_EQ(1, server_.connections);
}

TEST_F(SessionTest, AReasonIsBounded) {
  server_.refusal = "HTTP/1.1 403 Forbidden\r\nx-gatehouse-reason: " + std::string(5000, 'x') +
                    "\r\nContent-Length: 0\r\n\r\n";
  Begin();
  EXPECT_LT(status_.back().size(), 1100u);
}

TEST_F(SessionTest, LeavesWhenWhatItWasConnectedToIsGoneForGood) {
  Begin();
  server_.refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  server_.SendClose(1001, "Going away");
  Pass(milliseconds(5200));  // 0.5, 1 and 2 s, each half as long again at most
  EXPECT_GE(server_.connections, 4);
  EXPECT_EQ(0, given_up_);
  Pass(seconds(20));
  EXPECT_EQ(6, server_.connections);
  EXPECT_EQ(1, given_up_);
}

TEST_F(SessionTest, ARestartIsSurvivedThoughItsStagesComeLate) {
  Begin();
  server_.StopListening();
  server_.SendClose(1001, "Going away");
  Pass(seconds(2));
  server_.refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  server_.Listen();
  int before = server_.connections;
  while (server_.connections < before + 3) Pass(milliseconds(50));
  server_.refusal.clear();
  Pass(seconds(46));
  EXPECT_EQ(Session::State::kOpen, session_->state());
  EXPECT_EQ(0, given_up_);
}

TEST_F(SessionTest, PongsBeforeAFrameSayWhyItComes) {
  Begin();
  server_.SendPong("no route for ");
  server_.SendPong("action \"x\"");
  server_.SendText("frame");
  server_.SendText("other");
  Settle();
  EXPECT_EQ((std::vector<std::string>{"frame", "other"}), frames_);
  EXPECT_EQ(std::vector<std::string>{"no route for action \"x\""}, reasons_);
  for (int i = 0; i < 100; ++i) server_.SendPong(std::string(125, 'x'));
  server_.SendText("frame");
  Settle();
  EXPECT_EQ(1000u, reasons_.back().size());
}

TEST_F(SessionTest, SendsNothingUnaskedIfNotOfTheChat) {
  options_.asks_id = false;
  options_.refresh_interval = minutes(8);
  Begin();
  Pass(minutes(30));
  EXPECT_EQ("nothing", server_.TakeText());
}

TEST_F(SessionTest, ARefusalEndsABoundedSession) {
  options_.attempts_max = 5;
  server_.refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
  Begin();
  EXPECT_EQ(1, given_up_);
  EXPECT_EQ(1, server_.connections);
}

TEST_F(SessionTest, AServerErrorIsTriedAgain) {
  server_.refusal = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
  Begin();
  EXPECT_TRUE(Said("502"));
  server_.refusal.clear();
  Pass(milliseconds(760));
  EXPECT_EQ(Session::State::kOpen, session_->state());
}

TEST_F(SessionTest, TriesEveryAddress) {
  resolver_.addresses = {{"::1", 1}, {"10.0.0.1", 2}, {"127.0.0.1", 0}};
  Begin();
  EXPECT_EQ(Session::State::kOpen, session_->state());
  EXPECT_EQ(1, resolver_.asked);
}

TEST_F(SessionTest, ANameWithoutAddress) {
  resolver_.addresses.clear();
  Begin();
  EXPECT_TRUE(Said("no address"));
  resolver_.addresses = {{"127.0.0.1", 0}};
  Pass(milliseconds(760));
  EXPECT_EQ(Session::State::kOpen, session_->state());
}

TEST_F(SessionTest, ClosesWith1000) {
  Begin();
  session_->Close();
  session_->Close();
  Settle();
  EXPECT_EQ(std::vector<std::uint16_t>{1000}, server_.closes);
  EXPECT_EQ(1, ended_);
  EXPECT_TRUE(lost_.empty());
  Pass(minutes(1));
  EXPECT_EQ(1, server_.connections);
}

TEST_F(SessionTest, DoesNotWaitLongForTheCloseFrame) {
  Begin();
  server_.answers_close = false;
  session_->Close();
  Pass(milliseconds(1900));
  EXPECT_EQ(0, ended_);
  Pass(milliseconds(200));
  EXPECT_EQ(1, ended_);
}

TEST_F(SessionTest, ClosesInAnyState) {
  for (int turns = 0; turns < 4; ++turns) {
    ended_ = 0;
    server_.deaf = true;
    session_.emplace(sockets_, random_, resolver_, options_, *this);
    session_->Start();
    for (int i = 0; i < turns; ++i) loop_.Turn(std::chrono::nanoseconds(0));
    session_->Close();
    Settle();
    EXPECT_EQ(1, ended_) << turns;
  }
  server_.StopListening();
  Begin();
  ASSERT_EQ(Session::State::kPausing, session_->state());
  session_->Close();
  Pass(minutes(1));
  EXPECT_EQ(2, ended_);
}

TEST_F(SessionTest, DoesNotComeBackIfNotWanted) {
  come_back_ = false;
  Begin();
  server_.SendClose(1000, "");
  Pass(minutes(1));
  EXPECT_EQ(1, ended_);
  EXPECT_EQ(1, server_.connections);
}

TEST_F(SessionTest, TakesAFrameOnlyWhenTheEarlierOnesAreWithTheKernel) {
  Begin();
  network_.SetWindow(server_.socket(), 1000);
  server_.deaf = true;
  EXPECT_TRUE(session_->Send(std::string(5000, 'a')));
  EXPECT_FALSE(session_->Send("second"));
  Settle();
  EXPECT_FALSE(session_->CanSend());
  EXPECT_FALSE(session_->Send("second"));
  server_.deaf = false;
  Settle();
  EXPECT_TRUE(session_->Send("second"));
}

}  // namespace
}  // namespace gatehouse::chat
