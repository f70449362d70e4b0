#include "server/ready.h"

#include <gtest/gtest.h>

#include "gatehouse/json.h"
#include "server/chat.h"

namespace gatehouse::server {
namespace {

TEST(Ready, TheFileIsOneObjectAsTheDesignSays) {
  AppDefinition app = ChatApp({}, Identity({1, 2}));
  ReadyFacts facts{42, 4567, "eu-west-1", "000000000000", ".gatehouse", 0.01};
  std::string text = ReadyJson(app, facts);
  ASSERT_TRUE(json::IsObject(text));
  EXPECT_EQ(json::Member(text, "pid"), "42");
  EXPECT_EQ(json::Member(text, "port"), "4567");
  EXPECT_EQ(json::Member(text, "endpoint"), "\"http://localhost:4567\"");
  EXPECT_EQ(json::Member(text, "region"), "\"eu-west-1\"");
  EXPECT_EQ(json::Member(text, "accountId"), "\"000000000000\"");
  for (const char* part :
       {R"("name":"websocket-chat-demo")", R"("websocketUrl":"ws://localhost:4567/production")",
        R"("managementUrl":"http://localhost:4567/production")", R"("SendMessageHandler":")",
        R"("ConnectionsTable":")", R"("status":"CREATE_COMPLETE")"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(Ready, TheBoxHasLinesToPaste) {
  AppDefinition app = ChatApp({}, Identity({1, 2}));
  std::string box = ReadyBox(app, {1, 4566, "r", "a", ".gatehouse", 0.01});
  EXPECT_NE(box.find("  gatehouse chat --username ann\n"), std::string::npos) << box;
  EXPECT_NE(box.find("sendDirect       chat/sendDirect\n"), std::string::npos) << box;
  box = ReadyBox(app, {1, 4999, "r", "a", ".gatehouse", 0.01});
  EXPECT_NE(box.find("gatehouse chat ws://localhost:4999/production --username bob\n"),
            std::string::npos);
}

}  // namespace
}  // namespace gatehouse::server
