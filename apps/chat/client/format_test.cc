#include "apps/chat/client/format.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

std::string Line(std::string_view frame) {
  ShownFrame shown = FormatFrame(frame);
  return shown.is_connection_id ? "id " + shown.text : shown.text;
}

TEST(Format, Broadcast) {
  EXPECT_EQ("📨 Message from ann: hi",
            Line(R"({"type":"message","payload":{"user":"ann","message":"hi"}})"));
  EXPECT_EQ("📨 Message from é: a\\nb \"c\"",
            Line(R"({"type":"message","payload":{"user":"\u00e9","message":"a\nb \"c\""}})"));
  EXPECT_EQ("📨 Message from ann: {\"a\": 1.50}",
            Line(R"({"type":"message","payload":{"user":"ann","message":{"a": 1.50}}})"));
}

TEST(Format, DirectKeepsTheValuesBytes) {
  EXPECT_EQ(R"(📨 Message from ann [signing]: {"v":1.50,"w":1e400,"v":"\u0041"})",
            Line(R"({"operationType":"signing","from":"X=","user":"ann",)"
                 R"("message":{"v":1.50,"w":1e400,"v":"\u0041"}})"));
  EXPECT_EQ("📨 Message from ann [t]: \"text\"",
            Line(R"({"operationType":"t","from":"X=","user":"ann","message":"text"})"));
  EXPECT_EQ("📨 Message from X= [t]: null",
            Line(R"({"operationType":"t","from":"X=","message":null})"));
}

TEST(Format, ConnectionId) {
  EXPECT_EQ("id JDH-3ejISQ0CFlw=", Line(R"({"connectionId":"JDH-3ejISQ0CFlw="})"));
  EXPECT_EQ("id a\\x1b[2Jb", Line(R"({"connectionId":"a\u001b[2Jb"})"));
}

TEST(Format, Errors) {
  EXPECT_EQ("⚠️ Forbidden",
            Line(R"({"message": "Forbidden", "connectionId":"X=", "requestId":"R="})"));
  EXPECT_EQ("⚠️ no such connection: X=",
            Line(R"({"error":"no such connection","action":"sendDirect","connectionId":"X="})"));
  EXPECT_EQ("⚠️ message is missing (sendMessage)",
            Line(R"({"error":"message is missing","action":"sendMessage"})"));
}

TEST(Format, EverythingElseIsTheServers) {
  for (const char* frame :
       {"hello", "", "{", "[1, 2]", "1.50", R"({"a":1})",
        R"({"type":"message","payload":{"user":"ann"}})", R"({"type":"message","payload":[]})",
        R"({"connectionId":7})", R"({"message":"Forbidden"})", R"({"error":{}})"}) {
    EXPECT_EQ(std::string("📨 Message from server: ") + frame, Line(frame));
  }
}

TEST(Format, NothingDrivesTheTerminal) {
  using std::string_literals::operator""s;
  EXPECT_EQ("📨 Message from server: a\\x1b[31m\\x00\\r\\n\\u202eb\\x9b",
            Line("a\x1b[31m\0\r\n\u202e"s + "b\u009b"));
  EXPECT_EQ("📨 Message from a\\nb [\\x07]: \"\\u202e\"",
            Line(R"({"operationType":"\u0007","from":"","user":"a\nb","message":")"
                 "\u202e\"}"));
}

TEST(Format, RawIsOneLine) {
  EXPECT_EQ(R"({ "a":  1.50,  "b": "x\ny" })",
            FormatRaw("{ \"a\":\n 1.50,\r\n\"b\": \"x\\ny\" }", false));
  EXPECT_EQ("no\\njson\x1b", FormatRaw("no\njson\x1b", false));
  EXPECT_EQ("no\\njson\\x1b", FormatRaw("no\njson\x1b", true));
  EXPECT_EQ("\"\u202e\"", FormatRaw("\"\u202e\"", false));
  EXPECT_EQ("\"\\u202e\"", FormatRaw("\"\u202e\"", true));
}

}  // namespace
}  // namespace gatehouse::chat
