#include "apps/chat/client/chat_url.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

TEST(ChatUrl, HasDefaults) {
  auto url = ParseChatUrl("ws://localhost", "");
  ASSERT_TRUE(url);
  EXPECT_EQ("localhost", url->host);
  EXPECT_EQ(80, url->port);
  EXPECT_EQ("localhost", url->host_header);
  EXPECT_EQ("/", url->target);
}

TEST(ChatUrl, ReadsAllParts) {
  auto url = ParseChatUrl("WS://Example.com:4566/production/?a=b%20c", "");
  ASSERT_TRUE(url);
  EXPECT_EQ("Example.com", url->host);
  EXPECT_EQ(4566, url->port);
  EXPECT_EQ("Example.com:4566", url->host_header);
  EXPECT_EQ("/production/?a=b%20c", url->target);
  EXPECT_EQ("ws://Example.com:4566/production/?a=b%20c", url->shown);
}

TEST(ChatUrl, ReadsAddresses) {
  auto url = ParseChatUrl("ws://[::1]:4566/p", "");
  ASSERT_TRUE(url);
  EXPECT_EQ("::1", url->host);
  EXPECT_EQ("[::1]:4566", url->host_header);
  auto v4 = ParseChatUrl("ws://127.0.0.1:80?x", "");
  ASSERT_TRUE(v4);
  EXPECT_EQ("127.0.0.1", v4->host_header);
  EXPECT_EQ("/?x", v4->target);
}

TEST(ChatUrl, AppendsUsername) {
  EXPECT_EQ("/p?username=ann", ParseChatUrl("ws://h/p", "ann")->target);
  EXPECT_EQ("/p?a=1&username=%C3%A9%20%26%3D", ParseChatUrl("ws://h/p?a=1", "é &=")->target);
  EXPECT_EQ("ws://h/p", ParseChatUrl("ws://h/p", "ann")->shown);
}

TEST(ChatUrl, RefusesWhatItCannotUse) {
  for (const char* url : {"",          "localhost",  "ws:/h",           "http://h/",
                          "ws://",     "ws:///p",    "ws://h:0/",       "ws://h:65536",
                          "ws://h:x",  "ws://h:",    "ws://:80",        "ws://::1/",
                          "ws://[::1", "ws://[]/",   "ws://[::1]x/",    "ws://u@h/",
                          "ws://h/#f", "ws://h/a b", "ws://h/\r\nX: y", "ws://h/é",
                          "ws://h x/"}) {
    auto result = ParseChatUrl(url, "");
    ASSERT_FALSE(result) << url;
    EXPECT_EQ(ErrorCode::kInvalidArgument, result.error().code) << url;
  }
  EXPECT_FALSE(ParseChatUrl("ws://h/", "\xff"));
  EXPECT_FALSE(ParseChatUrl("ws://h/", std::string(kUsernameBytesMax + 1, 'a')));
  EXPECT_FALSE(ParseChatUrl("ws://h/" + std::string(kUrlBytesMax, 'a'), ""));
}

TEST(ChatUrl, ReadsSecureOnes) {
  auto url = ParseChatUrl("wss://abc.execute-api.us-east-1.amazonaws.com/p", "");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(443, url->port);
  EXPECT_EQ("abc.execute-api.us-east-1.amazonaws.com", url->host_header);
  EXPECT_EQ("wss://abc.execute-api.us-east-1.amazonaws.com/p", url->shown);
  EXPECT_EQ("localhost:4566", ParseChatUrl("WSS://localhost:4566/p", "")->host_header);
  EXPECT_EQ("h:80", ParseChatUrl("wss://h:80/", "")->host_header);
  EXPECT_EQ("h:443", ParseChatUrl("ws://h:443/", "")->host_header);
  EXPECT_FALSE(ParseChatUrl("ws://h/", "")->secure);
}

}  // namespace
}  // namespace gatehouse::chat
