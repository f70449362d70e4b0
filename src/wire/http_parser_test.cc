#include "wire/http_parser.h"

#include <string>

#include <gtest/gtest.h>

#include "wire/http_transcript.h"

namespace gatehouse::wire {
namespace {

using std::string_literals::operator""s;

HttpHead Head(HttpParser& parser, std::string_view input) {
  const HttpStep step = parser.Parse(input);
  EXPECT_EQ(step.kind, HttpStep::kHead) << step.reason;
  return step.kind == HttpStep::kHead ? parser.head() : HttpHead{};
}

TEST(HttpParser, ReadsRequestsWithEveryKindOfBody) {
  EXPECT_EQ(Tell("GET /a?b=%20c HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Tab:\t v\t \r\n\r\n"),
            "GET0 /a?b=%20c Host=h;X-Empty=;X-Tab=v; []\n");
  EXPECT_EQ(Tell("POST / HTTP/1.1\r\nhost: h\r\nContent-Length: 5\r\n\r\nhello"),
            "POST0 / host=h;Content-Length=5; [hello]\n");
  EXPECT_EQ(Tell(Chunked("5\r\nhello\r\n6;x=\"y z\"; a\r\n world\r\n0\r\nA: b\r\nC:\r\n\r\n")),
            "POST0 / Host=h;Transfer-Encoding=chunked; [hello world]\n");
  EXPECT_EQ(Tell(Chunked("A\r\n0123456789\r\n00a \t;q\r\n0123456789\r\n000\r\n\r\n")),
            "POST0 / Host=h;Transfer-Encoding=chunked; [01234567890123456789]\n");
  EXPECT_EQ(Tell("OPTIONS * HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n"),
            "OPTIONS0 * Host=;Content-Length=0; []\n");
}

TEST(HttpParser, TheAuthorityOfAnAbsoluteTargetIsTheHost) {
  EXPECT_EQ(Tell("GET http://a.b:1/c?d=http://x HTTP/1.1\r\nHost: evil\r\nA: 1\r\n\r\n"),
            "GET0 /c?d=http://x Host=a.b:1;A=1; []\n");
  EXPECT_EQ(Tell("GET HTTPS://a HTTP/1.1\r\nhost: evil\r\n\r\n"), "GET0 / host=a; []\n");
  EXPECT_EQ(Tell("GET ws://a/ HTTP/1.0\r\n\r\n"), "GET0 / Host=a; []\n");
  EXPECT_EQ(Tell("CONNECT a:443 HTTP/1.1\r\nHost: b\r\n\r\n"), "CONNECT0 a:443 Host=b; []\n");
  for (const char* target : {"http://", "http:///x", "http://u@a/", "http://a?b", "ftp://a/", "a/b",
                             "://a/", "a:443", "http:/a"}) {
    EXPECT_EQ(Error("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"),
              "400 malformed target")
        << target;
  }
}

TEST(HttpParser, ReadsPipelinedRequestsWithoutReachingIntoTheNext) {
  const std::string post = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  const std::string told = "POST0 /p Host=h;Content-Length=3; [abc]\n";
  const std::string chunked = "POST0 / Host=h;Transfer-Encoding=chunked; [x]\n";
  EXPECT_EQ(Tell(post + Get("") + Chunked("1\r\nx\r\n0\r\n\r\n") + post),
            told + "GET0 / Host=h; []\n" + chunked + told);

  HttpParser parser(kRequests);
  std::string_view rest = post;
  const HttpStep head = parser.Parse(rest);
  EXPECT_EQ(head.consumed, post.size() - 3);
  EXPECT_EQ(parser.Parse("abcGET").consumed, 3u);
  const HttpStep end = parser.Parse("GET / HTTP/1.1");
  EXPECT_EQ(end.kind, HttpStep::kComplete);
  EXPECT_EQ(end.consumed, 0u);
}

TEST(HttpParser, ForgivesOneEmptyLineBeforeARequest) {
  EXPECT_EQ(Tell("\r\n" + Get("") + "\r\n" + Get("")), "GET0 / Host=h; []\nGET0 / Host=h; []\n");
  EXPECT_EQ(Error("\r\n\r\n" + Get("")), "400 empty start line");
  EXPECT_EQ(Error("\r\nHTTP/1.1 200 OK\r\n\r\n", kResponses), "400 empty start line");
}

TEST(HttpParser, ConsumesNothingOfAnIncompleteHead) {
  const std::string input = Get("A: b\r\n");
  HttpParser parser(kRequests);
  for (std::size_t size = 0; size < input.size(); ++size) {
    const HttpStep step = parser.Parse(std::string_view(input).substr(0, size));
    EXPECT_EQ(step.kind, HttpStep::kNeedMore);
    EXPECT_EQ(step.consumed, 0u);
  }
  EXPECT_EQ(parser.Parse(input).consumed, input.size());
}

TEST(HttpParser, OwnsTheHeadItGives) {
  HttpParser parser(kRequests);
  std::string input = Get("A: b\r\n");
  ASSERT_EQ(parser.Parse(input).kind, HttpStep::kHead);
  input.assign(input.size(), '#');
  HttpParser moved = std::move(parser);
  EXPECT_EQ(moved.head().method, "GET");
  EXPECT_EQ(moved.head().Find("a"), "b");
}

TEST(HttpParser, TellsWhatTheFieldsMean) {
  HttpParser parser(kRequests);
  const auto head = [&](std::string_view fields, std::string_view version = "1.1") {
    parser.Next();
    return Head(parser, "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" +
                            std::string(fields) + "\r\n");
  };
  EXPECT_TRUE(head("").keep_alive);
  EXPECT_FALSE(head("Connection: foo, Close\r\n").keep_alive);
  EXPECT_FALSE(head("Connection: keep-alive\r\nconnection: close\r\n").keep_alive);
  EXPECT_FALSE(head("", "1.0").keep_alive);
  EXPECT_TRUE(head("Connection: Keep-Alive\r\n", "1.0").keep_alive);
  EXPECT_EQ(head("", "1.0").version, 10);
  EXPECT_TRUE(head("Connection: keep-alive ,upgrade\r\n").upgrade);
  EXPECT_FALSE(head("Connection: upgraded\r\nUpgrade: websocket\r\n").upgrade);
  EXPECT_TRUE(head("Expect: 100-Continue\r\n").expect_continue);
  EXPECT_FALSE(head("Expect: 100-continue\r\n", "1.0").expect_continue);
  EXPECT_EQ(head("Content-Length: 18446744073709551615\r\n").content_length, ~std::uint64_t{0});
  EXPECT_TRUE(head("Transfer-Encoding: Chunked\r\n").chunked);

  const HttpHead twice = head("X: a\r\nx: b, c\r\n");
  EXPECT_EQ(twice.Find("X"), "a");
  EXPECT_FALSE(twice.Find("Y"));
  EXPECT_EQ(twice.Count("x"), 2u);
  EXPECT_TRUE(twice.HasToken("X", "C"));
  EXPECT_FALSE(twice.HasToken("X", "b, c"));
  EXPECT_EQ(twice.List("X"), "a, b, c");
  EXPECT_EQ(twice.Count("y"), 0u);
  EXPECT_EQ(twice.List("y"), "");
}

TEST(HttpParser, LetsConnectAndOldRequestsBeWithoutHost) {
  EXPECT_EQ(Tell("CONNECT example.com:443 HTTP/1.0\r\n\r\n"), "CONNECT0 example.com:443  []\n");
  EXPECT_EQ(Tell("GET / HTTP/1.0\r\n\r\n"), "GET0 /  []\n");
  EXPECT_EQ(Tell("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"), "CONNECT0 h:1 Host=h:1; []\n");
}

TEST(HttpParser, RefusesWhatTwoReadersUnderstandDifferently) {
  const auto length = "400 malformed Content-Length"s;
  const auto encoding = "400 Transfer-Encoding other than chunked"s;
  const auto both = "400 Transfer-Encoding with Content-Length"s;
  const auto broken = "400 malformed Transfer-Encoding"s;
  for (const auto& [fields, error] : std::initializer_list<std::pair<std::string, std::string>>{
           {"Content-Length: 5\r\nContent-Length: 5\r\n", "400 two Content-Lengths"},
           {"Content-Length: 5\r\nContent-Length: 6\r\n", length},
           {"Content-Length: 5, 5\r\n", length},
           {"Content-Length: 5,\r\n", length},
           {"Content-Length:\r\n", length},
           {"Content-Length: +5\r\n", length},
           {"Content-Length: -5\r\n", length},
           {"Content-Length: 0x5\r\n", length},
           {"Content-Length: 5 5\r\n", length},
           {"Content-Length: 5.0\r\n", length},
           {"Content-Length: \xd9\xa5\r\n", length},
           {"Content-Length: 18446744073709551616\r\n", length},
           {"Content-Length: 99999999999999999999999\r\n", length},
           {"Transfer-Encoding: identity\r\n", encoding},
           {"Transfer-Encoding:\r\n", encoding},
           {"Transfer-Encoding: gzip, chunked\r\n", encoding},
           {"Transfer-Encoding: chunked, identity\r\n", encoding},
           {"Transfer-Encoding: chunked,\r\n", encoding},
           {"Transfer-Encoding: chunked;q=1\r\n", encoding},
           {"Transfer-Encoding: \"chunked\"\r\n", encoding},
           {"Transfer-Encoding: xchunked\r\n", encoding},
           {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", broken},
           {"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", broken},
           {"Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n", encoding},
           {"Transfer-Encoding: \x0b"
            "chunked\r\n",
            "400 malformed field value"},
           {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", length},
           {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", broken},
           {"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", both},
           {"Host: other\r\n", "400 two Hosts"},
           {"A: b\r\n c\r\n", "400 folded field"},
           {"A:\r\n\tc\r\n", "400 folded field"},
           {" A: b\r\n", "400 folded field"},
           {"A : b\r\n", "400 malformed field name"},
           {"A\t: b\r\n", "400 malformed field name"},
           {": b\r\n", "400 malformed field name"},
           {"A\r\n", "400 malformed field name"},
           {"A(: b\r\n", "400 malformed field name"},
           {"\xc3\xa9: b\r\n", "400 malformed field name"},
           {"A: b\nC: d\r\n", "400 bare LF"},
           {"A: b\n\r\n", "400 bare LF"},
           {"A: b\rC: d\r\n", "400 bare CR"},
           {"A: b\r\r\n", "400 bare CR"},
           {"\rA: b\r\n", "400 bare CR"},
           {"A: b\0c\r\n"s, "400 malformed field value"},
           {"A\0: b\r\n"s, "400 malformed field name"},
           {"A: b\x7f\r\n", "400 malformed field value"},
           {"Connection: ;;\r\n", "400 malformed field value"},
       }) {
    EXPECT_EQ(Error(Get(fields)), error) << fields;
  }
}

TEST(HttpParser, RefusesMalformedStartLines) {
  const auto line = [](std::string text) { return Error(text + "\r\nHost: h\r\n\r\n"); };
  EXPECT_EQ(line("GET / HTTP/2.0"), "505 only HTTP/1.0 and HTTP/1.1 are spoken here");
  EXPECT_EQ(line("GET / HTTP/1.2"), "505 only HTTP/1.0 and HTTP/1.1 are spoken here");
  EXPECT_EQ(line("GET / HTTP/0.9"), "505 only HTTP/1.0 and HTTP/1.1 are spoken here");
  EXPECT_EQ(Error("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            "505 only HTTP/1.0 and HTTP/1.1 are spoken here");
  for (const char* text :
       {"GET / ", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/1.1 ", "GET / HTTP/11",
        "GET / x HTTP/1.1", "GET / HTTP/1.10", "GET /  HTTP/1.1"}) {
    EXPECT_EQ(line(text), "400 malformed start line") << text;
  }
  EXPECT_EQ(line("GET /"), "400 malformed target");
  EXPECT_EQ(line("GET  / HTTP/1.1"), "400 malformed target");
  EXPECT_EQ(line("GET /\x01 HTTP/1.1"), "400 malformed target");
  EXPECT_EQ(line("GET /\t HTTP/1.1"), "400 malformed target");
  EXPECT_EQ(line("GET /\r HTTP/1.1"), "400 malformed target");
  EXPECT_EQ(line("GET\t/ HTTP/1.1"), "400 malformed method");
  EXPECT_EQ(line("G(T / HTTP/1.1"), "400 malformed method");
  EXPECT_EQ(line(" GET / HTTP/1.1"), "400 malformed method");
  EXPECT_EQ(line("\x16\x03\x01"), "400 malformed method");  // TLS on a plain port
  EXPECT_EQ(Error("GET / HTTP/1.1\r\n\r\n"), "400 no Host");
  EXPECT_EQ(Error("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "400 Transfer-Encoding in HTTP/1.0");
  EXPECT_EQ(Error("GET / HTTP/1.1\nHost: h\r\n\r\n"), "400 bare LF");
  EXPECT_EQ(Error("\n"), "400 bare LF");
}

TEST(HttpParser, BoundsTheHead) {
  const HttpLimits limits = {.head_bytes_max = 64, .fields_max = 3};
  const std::string exact = "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(32, 'x') + "\r\n\r\n";
  ASSERT_EQ(exact.size(), 64u);
  EXPECT_TRUE(Tell(exact + "next", kRequests, limits).starts_with("GET0 /"));
  std::string longer = exact;
  longer.insert(30, "x");
  EXPECT_EQ(Tell(longer, kRequests, limits), "!431 head too long");
  EXPECT_EQ(Tell(std::string(64, 'A'), kRequests, limits), "!431 head too long");
  EXPECT_EQ(Tell(std::string(63, 'A'), kRequests, limits), "");

  const std::string three = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n";
  EXPECT_TRUE(Tell(three + "\r\n", kRequests, limits).ends_with("[]\n"));
  EXPECT_EQ(Tell(three + "E: f\r\n", kRequests, limits), "!431 too many fields");
}

TEST(HttpParser, StaysRefusedUntilNext) {
  HttpParser parser(kRequests);
  EXPECT_EQ(parser.Parse("\n").kind, HttpStep::kError);
  const HttpStep again = parser.Parse(Get(""));
  EXPECT_EQ(again.kind, HttpStep::kError);
  EXPECT_EQ(again.reason, "bare LF");
  EXPECT_EQ(parser.End().kind, HttpStep::kError);
  parser.Next();
  EXPECT_EQ(parser.Parse(Get("")).kind, HttpStep::kHead);
}

TEST(HttpParser, ReadsResponses) {
  EXPECT_EQ(Tell("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 404 \r\nContent-Length: 0"
                 "\r\n\r\n",
                 kResponses),
            "200 OK Content-Length=2; [hi]\n404  Content-Length=0; []\n");
  EXPECT_EQ(Tell("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"
                 "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
                 kResponses),
            "100 Continue  []\n204 No Content Content-Length=5; []\n"
            "304 Not Modified Transfer-Encoding=chunked; []\n");
  EXPECT_EQ(
      Tell("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", kResponses),
      "200 OK Transfer-Encoding=chunked; [x]\n");
  EXPECT_EQ(Error("HTTP/1.1 099 X\r\n\r\n", kResponses), "400 malformed status line");
  EXPECT_EQ(Error("HTTP/1.1 20 X\r\n\r\n", kResponses), "400 malformed status line");
  EXPECT_EQ(Error("HTTP/1.1 2000 X\r\n\r\n", kResponses), "400 malformed status line");
  EXPECT_EQ(Error("HTTP/2.0 200 X\r\n\r\n", kResponses),
            "505 only HTTP/1.0 and HTTP/1.1 are spoken here");
  EXPECT_EQ(Error("ICY 200 OK\r\n\r\n", kResponses), "400 malformed start line");
  EXPECT_EQ(Error("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                  kResponses),
            "400 malformed Transfer-Encoding");
}

TEST(HttpParser, ReadsAResponseWithoutLengthToTheEnd) {
  Reader reader(kResponses);
  reader.Feed("HTTP/1.1 200 OK\r\n\r\nhello");
  reader.Feed(" HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(reader.told(), "200 OK  [hello HTTP/1.1 200 OK\r\n\r\n");
  reader.End();
  EXPECT_TRUE(reader.told().ends_with("]\n"));
}

TEST(HttpParser, RefusesAnEndInsideAMessage) {
  for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}) {
    Reader reader(kResponses);
    reader.Feed(text);
    reader.End();
    EXPECT_TRUE(reader.told().ends_with("!400 message cut short")) << text;
  }
}

TEST(HttpParser, SkipsTheBodyThatAHeadResponseDoesNotHave) {
  HttpParser parser(kResponses);
  const std::string input = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  ASSERT_EQ(parser.Parse(input).kind, HttpStep::kHead);
  parser.SkipBody();
  EXPECT_EQ(parser.head().content_length, 5u);
  EXPECT_EQ(parser.Parse(input).kind, HttpStep::kComplete);
  parser.Next();
  EXPECT_EQ(parser.Parse(input).kind, HttpStep::kHead);
}

}  // namespace
}  // namespace gatehouse::wire
