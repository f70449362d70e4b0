#include "apps/chat/client/commands.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

std::string Sent(std::string_view line) {
  Command command = ParseLine(line);
  return command.kind == Command::kSend ? command.text : "nothing: " + command.text;
}

TEST(Commands, TextIsABroadcast) {
  EXPECT_EQ(R"({"action":"sendMessage","message":"hi \"you\""})", Sent("hi \"you\""));
  EXPECT_EQ(R"({"action":"sendMessage","message":""})", Sent(""));
  EXPECT_EQ(R"({"action":"sendMessage","message":" /id"})", Sent(" /id"));
  EXPECT_EQ(R"({"action":"sendMessage","message":"/id"})", Sent("//id"));
  EXPECT_EQ(R"({"action":"sendMessage","message":"//"})", Sent("///"));
}

TEST(Commands, DirectKeepsBytes) {
  EXPECT_EQ(R"({"action":"sendDirect","connectionId":"X=","operationType":"signing",)"
            R"("message":{ "a":1.50, "a":1e400 }})",
            Sent("/direct X= signing { \"a\":1.50, \"a\":1e400 }"));
  EXPECT_EQ(R"({"action":"sendDirect","connectionId":"X=","operationType":"t","message":"a b"})",
            Sent("/direct \t X=  t \t\"a b\"  "));
  EXPECT_EQ(R"({"action":"sendDirect","connectionId":"\"","operationType":"\\","message":1})",
            Sent("/direct \" \\ 1"));
}

TEST(Commands, DirectRefuses) {
  for (const char* line :
       {"/direct", "/direct X=", "/direct X= t", "/direct X= t ", "/direct X= t hello",
        "/direct X= t {\"a\":}", "/direct X= t 1 2", "/direct X= t {} x"}) {
    EXPECT_EQ(Command::kRefused, ParseLine(line).kind) << line;
  }
}

TEST(Commands, Others) {
  EXPECT_EQ(Command::kAskId, ParseLine("/id").kind);
  EXPECT_EQ(Command::kHelp, ParseLine("/help ").kind);
  EXPECT_EQ(Command::kQuit, ParseLine("/quit").kind);
  for (const char* line : {"/", "/foo", "/ id", "/identify"}) {
    EXPECT_EQ(Command::kRefused, ParseLine(line).kind) << line;
  }
}

TEST(Commands, HelpHasALineForEach) {
  const std::string help = HelpText();
  EXPECT_TRUE(help.starts_with("TEXT                   send to everybody\n")) << help;
  EXPECT_TRUE(
      help.ends_with("/help                  this list\n"
                     "/quit                  leave (also Ctrl-D)\n"))
      << help;
  for (const char* line : {"/direct ID TYPE JSON   send a JSON value to one connection\n",
                           "/id                    ask for our connection id\n"}) {
    EXPECT_NE(help.find(std::string("\n") + line), help.npos) << help;
  }
}

// Each of the list asks its route and has a line.
TEST(Commands, AWordOfTheListAsksItsRoute) {
#define CHAT_COMMAND(word, key, says)                                    \
  EXPECT_EQ(R"({"action":")" key R"("})", ParseLine(word).text) << word; \
  EXPECT_NE(HelpText().find(says), std::string::npos) << word;
#include "apps/chat/routes.inc"
}

TEST(Commands, RefusesWhatCannotBeAFrame) {
  EXPECT_EQ(Command::kRefused, ParseLine("\xff").kind);
  EXPECT_EQ(Command::kRefused, ParseLine("/\xff").kind);
  EXPECT_EQ(Command::kRefused, ParseLine(std::string(kFrameBytesMax, 'a')).kind);
  EXPECT_EQ(Command::kSend, ParseLine(std::string(kFrameBytesMax - 40, 'a')).kind);
}

}  // namespace
}  // namespace gatehouse::chat
