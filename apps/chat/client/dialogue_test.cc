#include "apps/chat/client/dialogue.h"

#include <optional>

#include <gtest/gtest.h>

#include "apps/chat/client/commands.h"
#include "apps/chat/client/test_server.h"

namespace gatehouse::chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class DialogueTest : public SimulatedTest {
 protected:
  DialogueTest() {
    session_.url = *ParseChatUrl("ws://chat.test:4566/p", "");
    session_.ping_interval = session_.refresh_interval = minutes(0);
    session_.attempts_max = 3;
  }
  void Begin() {
    dialogue_.emplace(sockets_, random_, resolver_, input_, output_, session_, options_,
                      [this](int code) { exit_code_ = code; });
    dialogue_->Start();
    Settle();
  }
  void BeginOpen() {
    Begin();
    ASSERT_EQ(kAskIdFrame, server_.TakeText());
    TakeOutput();
  }
  void Line(std::string text) {
    InputLine line{std::move(text)};
    ASSERT_TRUE(input_.Push(line, milliseconds(0)));
    Settle();
  }
  // Everything written since: stdout, or stderr.
  std::string TakeOutput(Stream stream = Stream::kOut) {
    while (auto output = output_.Take()) {
      (output->stream == Stream::kOut ? out_ : err_) += output->text;
    }
    return std::exchange(stream == Stream::kOut ? out_ : err_, {});
  }

  SessionOptions session_;
  DialogueOptions options_;
  LineQueue input_{loop_};
  OutputQueue output_{loop_};
  std::optional<Dialogue> dialogue_;
  std::optional<int> exit_code_;
  std::string out_, err_;
};

TEST_F(DialogueTest, OneLineInOneMessageOut) {
  BeginOpen();
  Line("hello");
  Line("");
  Line("/direct X= t 1.50");
  EXPECT_EQ(R"({"action":"sendMessage","message":"hello"})", server_.TakeText());
  EXPECT_EQ(R"({"action":"sendMessage","message":""})", server_.TakeText());
  EXPECT_EQ(R"({"action":"sendDirect","connectionId":"X=","operationType":"t","message":1.50})",
            server_.TakeText());
  server_.SendText("a\nb");
  Settle();
  EXPECT_EQ("📨 Message from server: a\\nb\n", TakeOutput());
}

TEST_F(DialogueTest, LeavesWhenItIsQuietAfterTheEnd) {
  BeginOpen();
  Line("hello");
  input_.End();
  Pass(milliseconds(900));
  server_.SendText("answer");
  Settle();
  Pass(milliseconds(900));
  EXPECT_FALSE(exit_code_);
  Pass(milliseconds(200));
  EXPECT_EQ(0, exit_code_);
  EXPECT_EQ(std::vector<std::uint16_t>{1000}, server_.closes);
}

TEST_F(DialogueTest, LeavesABusyRoomAtLast) {
  BeginOpen();
  input_.End();
  for (int i = 0; i < 19; ++i) {
    server_.SendText("chatter");
    Pass(milliseconds(500));
    ASSERT_FALSE(exit_code_);
  }
  Pass(milliseconds(600));
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, ANegativeLingerStays) {
  options_.linger = seconds(-1);
  BeginOpen();
  input_.End();
  Pass(minutes(60));
  EXPECT_FALSE(exit_code_);
  server_.SendClose(1001, "");
  Pass(seconds(2));
  EXPECT_EQ(2, server_.connections);
}

TEST_F(DialogueTest, LinesWaitForTheConnection) {
  server_.StopListening();
  Begin();
  Line("one");
  Line("two");
  input_.End();
  server_.Listen();
  Pass(seconds(2));
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  EXPECT_EQ(R"({"action":"sendMessage","message":"one"})", server_.TakeText());
  EXPECT_EQ(R"({"action":"sendMessage","message":"two"})", server_.TakeText());
  EXPECT_EQ("nothing", server_.TakeText());
}

TEST_F(DialogueTest, ALineSurvivesAReconnect) {
  BeginOpen();
  server_.SendClose(1001, "");
  Settle();
  Line("kept");
  Pass(seconds(1));
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  EXPECT_EQ(R"({"action":"sendMessage","message":"kept"})", server_.TakeText());
}

TEST_F(DialogueTest, ExitCodesOfLosses) {
  server_.StopListening();
  Begin();
  Pass(seconds(5));
  EXPECT_EQ(1, exit_code_);
}

TEST_F(DialogueTest, ALossWhileLingering) {
  BeginOpen();
  input_.End();
  Settle();
  server_.SendClose(1009, "message too big");
  Settle();
  EXPECT_EQ(1, exit_code_);
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("1009 message too big"));
}

TEST_F(DialogueTest, AGoodByeWhileLingering) {
  BeginOpen();
  input_.End();
  Settle();
  server_.SendClose(1000, "");
  Settle();
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, RefusedLinesShowInTheExitCode) {
  BeginOpen();
  Line("/direct X= t nojson");
  InputLine line{"", true};
  input_.Push(line, milliseconds(0));
  Line("good");
  EXPECT_EQ(R"({"action":"sendMessage","message":"good"})", server_.TakeText());
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("must be JSON"));
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(2, exit_code_);
}

TEST_F(DialogueTest, TheIdIsToldOnceUnlessAskedFor) {
  BeginOpen();
  TakeOutput(Stream::kErr);
  auto tell = [this](std::string_view frame) {
    server_.SendText(frame);
    Settle();
    return TakeOutput(Stream::kErr);
  };
  EXPECT_EQ("connection id: A=\n", tell(R"({"connectionId":"A="})"));
  EXPECT_EQ("", tell(R"({"connectionId":"A="})"));
  Line("/id");
  EXPECT_EQ(kAskIdFrame, server_.TakeText());
  EXPECT_EQ("connection id: A=\n", tell(R"({"connectionId":"A="})"));
  EXPECT_EQ("connection id: B=\n", tell(R"({"connectionId":"B="})"));
  EXPECT_EQ("", TakeOutput());
}

TEST_F(DialogueTest, JsonPrintsEveryFrame) {
  options_.json = true;
  BeginOpen();
  server_.SendText(R"({"connectionId":"A="})");
  server_.SendText("{\n\"a\": 1.50 }");
  server_.SendText("no json\x1b");
  Settle();
  EXPECT_EQ("{\"connectionId\":\"A=\"}\n{ \"a\": 1.50 }\nno json\x1b\n", TakeOutput());
}

TEST_F(DialogueTest, AFullOutputHoldsTheServer) {
  BeginOpen();
  std::string big(100'000, 'x');
  for (int sent = 0; sent < 13; ++sent) {  // two of them wait in the network
    server_.SendText(big);
    Settle();
  }
  EXPECT_TRUE(output_.IsFull());
  std::size_t waiting = TakeOutput().size();
  EXPECT_GT(waiting, OutputQueue::kFullBytes);
  EXPECT_LT(waiting, OutputQueue::kFullBytes + 2 * big.size());
  Settle();
  EXPECT_GT(TakeOutput().size(), big.size());  // the rest came when there was room
}

TEST_F(DialogueTest, InteractiveInput) {
  options_.interactive = true;
  session_.attempts_max = 0;
  BeginOpen();
  TakeOutput(Stream::kErr);
  Line("");
  Line("/help");
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("/direct ID TYPE JSON"));
  Line("/what");
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("no command /what"));
  EXPECT_TRUE(server_.texts.empty());
  server_.SendClose(1001, "");
  Settle();
  Line("later");
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("will be sent when we are"));
  Pass(seconds(1));
  server_.TakeText();
  EXPECT_EQ(R"({"action":"sendMessage","message":"later"})", server_.TakeText());
  Line("/quit");
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, InteractiveEndOfInputLeaves) {
  options_.interactive = true;
  BeginOpen();
  input_.End();
  Settle();
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, TheSecondQuitIsAtOnce) {
  BeginOpen();
  server_.answers_close = false;
  dialogue_->Quit(130);
  Settle();
  EXPECT_EQ(std::vector<std::uint16_t>{1000}, server_.closes);
  EXPECT_FALSE(exit_code_);
  dialogue_->Quit(130);
  EXPECT_EQ(130, exit_code_);
}

constexpr std::string_view kForbiddenFrame =
    R"({"message": "Forbidden", "connectionId":"A=", "requestId":"r"})";

TEST_F(DialogueTest, AnErrorSaysWhyAndShowsInTheExitCode) {
  BeginOpen();
  server_.SendText(R"({"connectionId":"A="})");
  server_.SendPong("no route for action \"x\" (routes: say)\x1b");
  server_.SendText(kForbiddenFrame);
  server_.SendText(R"({"type":"message","payload":{"user":"bob","message":"hi"}})");
  Settle();
  EXPECT_EQ(
      "⚠️ Forbidden: no route for action \"x\" (routes: say)\\x1b\n"
      "📨 Message from bob: hi\n",
      TakeOutput());
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(1, exit_code_);
}

TEST_F(DialogueTest, FailuresOfTheChatShowInTheExitCodeToo) {
  BeginOpen();
  server_.SendText(R"({"connectionId":"A="})");
  server_.SendText(R"({"error":"no such connection","action":"sendDirect","connectionId":"X="})");
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(1, exit_code_);
}

TEST_F(DialogueTest, AnAppWithoutOurRouteIsNoFailureAndGetsAHint) {
  BeginOpen();
  TakeOutput(Stream::kErr);
  server_.SendText(kForbiddenFrame);  // the answer to our asking
  Settle();
  EXPECT_EQ("if this app is not the chat: --raw sends each line as it is\n",
            TakeOutput(Stream::kErr));
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, InteractiveErrorsAreSeenByThePerson) {
  options_.interactive = true;
  BeginOpen();
  server_.SendText(kForbiddenFrame);
  server_.SendText(kForbiddenFrame);
  Settle();
  Line("/quit");
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, WhoLeavesWithoutAConnectionHasFailed) {
  options_.interactive = true;
  session_.attempts_max = 0;
  server_.StopListening();
  Begin();
  Line("/quit");
  EXPECT_EQ(1, exit_code_);
}

TEST_F(DialogueTest, RawLinesAreFramesAndFramesAreLines) {
  options_.raw = true;
  session_.asks_id = false;
  Begin();
  TakeOutput(Stream::kErr);
  for (const char* line : {"{\"action\":\"x\"}", "/quit", "", "text"}) Line(line);
  for (const char* frame : {"{\"action\":\"x\"}", "/quit", "", "text"}) {
    EXPECT_EQ(frame, server_.TakeText());
  }
  server_.SendText(R"({"connectionId":"A="})");
  server_.SendText(R"({"error":"the app's own"})");
  Settle();
  EXPECT_EQ("{\"connectionId\":\"A=\"}\n{\"error\":\"the app's own\"}\n", TakeOutput());
  EXPECT_EQ("", TakeOutput(Stream::kErr));
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(0, exit_code_);
}

TEST_F(DialogueTest, RawErrorsOfTheGatewayAreFailures) {
  options_.raw = true;
  session_.asks_id = false;
  Begin();
  TakeOutput(Stream::kErr);
  server_.SendPong("no route");
  server_.SendText(kForbiddenFrame);
  Settle();
  EXPECT_EQ(std::string(kForbiddenFrame) + "\n", TakeOutput());
  EXPECT_EQ("no route\n", TakeOutput(Stream::kErr));
  Line("\xff");
  input_.End();
  Pass(seconds(2));
  EXPECT_EQ(2, exit_code_);
}

TEST_F(DialogueTest, StatusDrivesNoTerminal) {
  BeginOpen();
  server_.SendClose(1001, "bye\x1b[2J");
  Settle();
  EXPECT_NE(std::string::npos, TakeOutput(Stream::kErr).find("bye\\x1b[2J"));
}

}  // namespace
}  // namespace gatehouse::chat
