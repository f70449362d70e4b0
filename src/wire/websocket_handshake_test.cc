#include "wire/websocket_handshake.h"

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

std::string Request(std::string_view change = {}, std::string_view to = {}) {
  std::string text =
      "GET /dev HTTP/1.1\r\n"
      "Host: localhost\r\n"
      "Upgrade: websocket\r\n"
      "Connection: keep-alive, Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  if (!change.empty()) text.replace(text.find(change), change.size(), to);
  return text;
}

class Parsed {
 public:
  Parsed(std::string_view text, HttpParser::Role role) : parser_(role) {
    const HttpStep step = parser_.Parse(text);
    EXPECT_EQ(step.kind, HttpStep::kHead) << step.reason;
  }
  const HttpHead& head() const { return parser_.head(); }

 private:
  HttpParser parser_;
};

UpgradeCheck Check(const std::string& text) {
  const Parsed parsed(text, HttpParser::kRequests);
  UpgradeCheck check = CheckUpgrade(parsed.head());
  check.key = {};  // dies with the parser
  return check;
}

bool IsUpgrade(const std::string& text) {
  return IsWebSocketUpgrade(Parsed(text, HttpParser::kRequests).head());
}

// RFC 6455 §1.3.
TEST(AcceptKey, IsTheExampleOfTheRfc) {
  EXPECT_EQ(AcceptKey(kKey), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(IsWebSocketUpgrade, NeedsMethodUpgradeAndConnection) {
  EXPECT_TRUE(IsUpgrade(Request()));
  EXPECT_TRUE(IsUpgrade(Request("Upgrade: websocket", "upgrade: h2c, WebSocket")));
  EXPECT_FALSE(IsUpgrade(Request("GET", "POST")));
  EXPECT_FALSE(IsUpgrade(Request("Upgrade: websocket", "Upgrade: h2c")));
  EXPECT_FALSE(IsUpgrade(Request("Upgrade: websocket\r\n", "")));
  EXPECT_FALSE(IsUpgrade(Request("keep-alive, Upgrade", "keep-alive")));
}

TEST(CheckUpgrade, AcceptsAWellFormedRequest) {
  const std::string text = Request();
  const Parsed parsed(text, HttpParser::kRequests);
  const UpgradeCheck check = CheckUpgrade(parsed.head());
  EXPECT_TRUE(check.ok) << check.reason;
  EXPECT_EQ(check.key, kKey);
  EXPECT_TRUE(Check(Request("Host", "Content-Length: 0\r\nHost")).ok);
}

TEST(CheckUpgrade, RefusesWith400) {
  for (const std::string& text : {
           Request("HTTP/1.1", "HTTP/1.0"),
           Request("Sec-WebSocket-Version: 13\r\n", ""),
           Request("Sec-WebSocket-Version: 13",
                   "Sec-WebSocket-Version: 13\r\nsec-websocket-version: 13"),
           Request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
           Request("Sec-WebSocket-Key:",
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key:"),
           Request(kKey, ""),
           Request(kKey, "dGhlIHNhbXBsZSBub25jZQ"),
           Request(kKey, "dGhlIHNhbXBsZSBub25j"),
           Request(kKey, "dGhlIHNhbXBsZSBub25jZSE="),
           Request(kKey,
                   "dGhlIHNhbXBsZSBub25jZQ=="
                   "dGhlIHNhbXBsZSBub25jZQ=="),
           Request(kKey, "!!!!!!!!!!!!!!!!!!!!!!=="),
           Request("Host", "Content-Length: 3\r\nHost"),
           Request("Host", "Transfer-Encoding: chunked\r\nHost"),
       }) {
    const UpgradeCheck check = Check(text);
    EXPECT_FALSE(check.ok) << text;
    EXPECT_EQ(check.status, 400) << text;
    EXPECT_FALSE(check.reason.empty());
  }
}

TEST(CheckUpgrade, RefusesOtherVersionsWith426) {
  for (const char* version : {"8", "12", "14", "013", "13, 8", "", "x"}) {
    const UpgradeCheck check = Check(Request("Version: 13", std::string("Version: ") + version));
    EXPECT_FALSE(check.ok) << version;
    EXPECT_EQ(check.status, 426) << version;
  }
}

TEST(CheckUpgradeResponse, ComparesTheAnswerWithTheKey) {
  const std::string good =
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  const auto fault = [&](std::string_view change, std::string_view to) {
    std::string text = good;
    text.replace(text.find(change), change.size(), to);
    const Parsed parsed(text, HttpParser::kResponses);
    return CheckUpgradeResponse(parsed.head(), kKey).value_or("");
  };
  EXPECT_EQ(fault("101", "101"), "");
  EXPECT_EQ(fault("101 Switching Protocols", "403 Forbidden"), "answer 403 Forbidden");
  EXPECT_EQ(fault("Connection: Upgrade", "Connection: close"), "101 without Connection: upgrade");
  EXPECT_EQ(fault("upgrade: WebSocket", "upgrade: h2c"), "101 without Upgrade: websocket");
  EXPECT_EQ(fault("Sec-WebSocket-Accept", "X"), "101 without one Sec-WebSocket-Accept");
  EXPECT_EQ(fault("s3pP", "S3pP"), "Sec-WebSocket-Accept belongs to another key");
  EXPECT_EQ(fault("upgrade:", "Sec-WebSocket-Accept: x\r\nupgrade:"),
            "101 without one Sec-WebSocket-Accept");
  EXPECT_EQ(fault("upgrade:", "Sec-WebSocket-Extensions: permessage-deflate\r\nupgrade:"),
            "101 with an extension that nobody offered");
}

}  // namespace
}  // namespace gatehouse::wire
