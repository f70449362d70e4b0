#include "wire/http_writer.h"

#include <array>

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

constexpr base::Millis kSomeSunday{1795380332417};  // 2026-11-22 20:45:32.417

TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(HttpDate(base::Millis{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(HttpDate(kSomeSunday), "Sun, 22 Nov 2026 20:45:32 GMT");
  EXPECT_EQ(HttpDate(base::Millis{951782400000}), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(HttpDate(base::Millis{1798761599999}), "Thu, 31 Dec 2026 23:59:59 GMT");
  EXPECT_EQ(HttpDate(base::Millis{784111777000}), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110
}

TEST(ReasonPhrase, KnowsTheUsualOnes) {
  EXPECT_EQ(ReasonPhrase(100), "Continue");
  EXPECT_EQ(ReasonPhrase(101), "Switching Protocols");
  EXPECT_EQ(ReasonPhrase(200), "OK");
  EXPECT_EQ(ReasonPhrase(404), "Not Found");
  EXPECT_EQ(ReasonPhrase(410), "Gone");
  EXPECT_EQ(ReasonPhrase(426), "Upgrade Required");
  EXPECT_EQ(ReasonPhrase(505), "HTTP Version Not Supported");
  for (const int status : {0, 99, 299, 418, 599, 1000}) EXPECT_EQ(ReasonPhrase(status), "Unknown");
}

std::string Response(int status, std::span<const HttpField> fields,
                     std::optional<std::size_t> length) {
  std::string out;
  AppendResponseHead(out, status, kSomeSunday, fields, length);
  return out;
}

TEST(AppendResponseHead, WritesWhatTheParserReads) {
  const std::array fields = {HttpField{"X-One", "1"}, HttpField{"x-two", ""}};
  const std::string text = Response(410, fields, 12);
  EXPECT_EQ(text,
            "HTTP/1.1 410 Gone\r\nDate: Sun, 22 Nov 2026 20:45:32 GMT\r\nX-One: 1\r\nx-two: \r\n"
            "Content-Length: 12\r\n\r\n");
  HttpParser parser(HttpParser::kResponses);
  ASSERT_EQ(parser.Parse(text).kind, HttpStep::kHead);
  EXPECT_EQ(parser.head().status, 410);
  EXPECT_EQ(parser.head().content_length, 12u);
  EXPECT_EQ(parser.head().fields.size(), 4u);
}

TEST(AppendResponseHead, LeavesLengthOutWhenAskedTo) {
  EXPECT_EQ(Response(101, {}, std::nullopt),
            "HTTP/1.1 101 Switching Protocols\r\nDate: Sun, 22 Nov 2026 20:45:32 GMT\r\n\r\n");
}

TEST(AppendResponseHead, LeavesOutFieldsThatWouldForgeOthers) {
  using std::string_view_literals::operator""sv;
  const std::array fields = {HttpField{"A\r\nB", "1"}, HttpField{"A", "1\r\nSet-Cookie: x"},
                             HttpField{"A", "1\n"},    HttpField{"A", "\r"},
                             HttpField{"A", "a\0b"sv}, HttpField{"A\0"sv, "b"},
                             HttpField{"", "empty"},   HttpField{"A: b", "c"},
                             HttpField{"A ", "blank"}, HttpField{"Good", "kept"}};
  EXPECT_EQ(Response(200, fields, 0),
            "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 20:45:32 GMT\r\nGood: kept\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(AppendRequestHead, WritesWhatTheParserReads) {
  std::string text;
  const std::array fields = {HttpField{"Host", "localhost"}, HttpField{"Bad", "\n"}};
  AppendRequestHead(text, "POST", "/dev/%40connections/a?b=c", fields);
  EXPECT_EQ(text, "POST /dev/%40connections/a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

TEST(AppendRequestHead, LetsNoTargetForgeALine) {
  std::string text;
  AppendRequestHead(text, "GET", "/a b\r\nX: y\x7f\t", {});
  EXPECT_EQ(text, "GET /a%20b%0D%0AX:%20y%7F%09 HTTP/1.1\r\n\r\n");
}

}  // namespace
}  // namespace gatehouse::wire
