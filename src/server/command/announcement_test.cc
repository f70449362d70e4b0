#include "server/command/announcement.h"

#include <gtest/gtest.h>

#include "gatehouse/json.h"

namespace gatehouse::server {
namespace {

ReadyFacts Facts(std::uint16_t port) {
  std::string url = "localhost:" + std::to_string(port) + "/production";
  ApiFacts api{"abc123defg",
               "chat",
               {{"production", "ws://" + url, "http://" + url}},
               {{"$connect", "chat/connect"},
                {"sendMessage", "chat/sendMessage"},
                {"sendDirect", "chat/sendDirect"},
                {"getConnectionId", "chat/getConnectionId"}}};
  StackFacts stack{"websocket-chat-demo",
                   "CREATE_COMPLETE",
                   {{"WebSocketApiEndpoint", "wss://abc123defg…"}},
                   {api},
                   {{"SendMessageHandler", "demo-SendMessageHandler-X"}},
                   {{"ConnectionsTable", "demo-ConnectionsTable-X"}}};
  ReadyFacts facts;
  facts.pid = 42;
  facts.port = port;
  facts.region = "eu-west-1";
  facts.account_id = "000000000000";
  facts.data = "/home/ann/app/.gatehouse";
  facts.started_in = "/home/ann/app";
  facts.served = "the built-in chat";
  facts.seconds = 0.01;
  facts.stacks = {stack};
  return facts;
}

TEST(Ready, TheFileIsOneObjectAsTheDesignSays) {
  std::string text = ReadyJson(Facts(4567));
  ASSERT_TRUE(json::IsObject(text)) << text;
  EXPECT_EQ(json::Member(text, "pid"), "42");
  EXPECT_EQ(json::Member(text, "port"), "4567");
  EXPECT_EQ(json::Member(text, "endpoint"), "\"http://localhost:4567\"");
  EXPECT_EQ(json::Member(text, "region"), "\"eu-west-1\"");
  EXPECT_EQ(json::Member(text, "accountId"), "\"000000000000\"");
  EXPECT_EQ(json::Member(text, "data"), "\"/home/ann/app/.gatehouse\"");
  EXPECT_EQ(json::Member(text, "startedIn"), "\"/home/ann/app\"");
  EXPECT_EQ(json::Member(text, "stacks"),
            R"([{"name":"websocket-chat-demo","status":"CREATE_COMPLETE",)"
            R"("outputs":{"WebSocketApiEndpoint":"wss://abc123defg…"},)"
            R"("apis":[{"apiId":"abc123defg","name":"chat","stages":[{"name":"production",)"
            R"("websocketUrl":"ws://localhost:4567/production",)"
            R"("managementUrl":"http://localhost:4567/production"}]}],)"
            R"("functions":{"SendMessageHandler":"demo-SendMessageHandler-X"},)"
            R"("tables":{"ConnectionsTable":"demo-ConnectionsTable-X"}}])");
}

TEST(Ready, TheBoxHasLinesToPaste) {
  std::string box = ReadyBox(Facts(4566));
  for (const char* part :
       {"  gatehouse chat --username ann\n", "  sendDirect       chat/sendDirect\n",
        "  eval \"$(gatehouse env)\"\n",
        "  aws lambda invoke --function-name demo-SendMessageHandler-X --payload ",
        "  aws cloudformation delete-stack --stack-name websocket-chat-demo\n"}) {
    EXPECT_NE(box.find(part), std::string::npos) << part << "\n" << box;
  }
  box = ReadyBox(Facts(4999));
  EXPECT_NE(box.find("gatehouse chat ws://localhost:4999/production --username bob\n"),
            std::string::npos);
  EXPECT_NE(box.find("gatehouse env --port 4999"), std::string::npos);
}

TEST(Ready, LinesToPasteRunInAnyShell) {
  ReadyFacts facts = Facts(4566);
  facts.command = "/home/ann/build/gatehouse";
  std::string box = ReadyBox(facts);
  for (const char* part : {"\n  /home/ann/build/gatehouse chat --username ann\n",
                           "\n  eval \"$(/home/ann/build/gatehouse env)\"\n"}) {
    EXPECT_NE(box.find(part), std::string::npos) << part << "\n" << box;
  }
}

TEST(Ready, TheBoxTellsWhatWasThereBefore) {
  ReadyFacts facts = Facts(4566);
  EXPECT_TRUE(ReadyBox(facts).starts_with(
      "gatehouse is ready in 10 ms: the built-in chat, data in /home/ann/app/.gatehouse\n\n"));
  facts.served = "no template";
  facts.kept = {"websocket-chat-demo", "other"};
  EXPECT_TRUE(ReadyBox(facts).starts_with(
      "gatehouse is ready in 10 ms: no template, data in /home/ann/app/.gatehouse\n"
      "the data directory has from before: websocket-chat-demo, other (--data elsewhere starts "
      "without)\n"));
  facts.data = ":memory:";
  EXPECT_NE(ReadyBox(facts).find("data in memory\n"), std::string::npos);
}

TEST(Ready, AnAppThatIsNoChatHasLinesForAnyClient) {
  ReadyFacts facts = Facts(4566);
  facts.stacks[0].apis[0].routes = {{"echo", "nodejs20.x index.handler"}};
  std::string box = ReadyBox(facts);
  EXPECT_EQ(box.find("--username"), std::string::npos) << box;
  EXPECT_NE(box.find("  gatehouse chat --raw ws://localhost:4566/production\n"), std::string::npos)
      << box;
}

TEST(Ready, AnEmptyOneSaysSo) {
  ReadyFacts facts = Facts(4566);
  facts.stacks.clear();
  EXPECT_NE(ReadyBox(facts).find("no stack yet; endpoint http://localhost:4566"),
            std::string::npos);
  EXPECT_EQ(json::Member(ReadyJson(facts), "stacks"), "[]");
}

}  // namespace
}  // namespace gatehouse::server
