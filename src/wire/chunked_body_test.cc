#include "wire/chunked_body.h"

#include <initializer_list>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "wire/http_transcript.h"

namespace gatehouse::wire {
namespace {

using std::string_literals::operator""s;

TEST(ChunkedBody, RefusesMalformedChunks) {
  const auto size = "400 malformed chunk size"s;
  const auto longer = "400 chunk longer than its size"s;
  const auto control = "400 control character in chunked body"s;
  for (const auto& [body, error] : std::initializer_list<std::pair<std::string, std::string>>{
           {"x\r\n", size},
           {"\r\n", size},
           {" 5\r\nhello\r\n", size},
           {"-5\r\nhello\r\n", size},
           {"0x5\r\nhello\r\n", size},
           {"5 \r\nhello\r\n", size},
           {"5\nhello\r\n", size},
           {";x\r\n", size},
           {"5\rhello\r\n", "400 bare CR in chunk size"},
           {"5;a\rb\r\nhello", "400 bare CR in chunk size"},
           {"5;a\nb\r\nhello", control},
           {"5;a\0\r\nhello"s, control},
           {"5\r\nhelloX", longer},
           {"5\r\nhello\rX", longer},
           {"5\r\nhello\n0\r\n\r\n", longer},
           {"10000000000000000\r\n", "400 chunk size too large"},
           {"00000000000000001\r\n", "400 chunk size too large"},
           {"0\r\n: x\r\n\r\n", "400 malformed trailer"},
           {"0\r\n A: x\r\n\r\n", "400 malformed trailer"},
           {"0\r\nA : x\r\n\r\n", "400 malformed trailer"},
           {"0\r\nGET / HTTP/1.1\r\n\r\n", "400 malformed trailer"},
           {"0\r\nA: x\n\r\n", control},
           {"0\r\nA: x\rB", "400 bare CR in trailer"},
           {"0\r\n\rX", "400 bare CR in trailer"},
       }) {
    EXPECT_EQ(Error(Chunked(body)), error) << body;
  }
}

TEST(ChunkedBody, TakesTheLargestChunkSizeWithoutOverflow) {
  HttpParser parser(kRequests);
  const std::string input = Chunked("ffffffffffffffff\r\nhello");
  const HttpStep head = parser.Parse(input);
  const HttpStep body = parser.Parse(std::string_view(input).substr(head.consumed));
  EXPECT_EQ(body.kind, HttpStep::kBody);
  EXPECT_EQ(body.body, "hello");
  EXPECT_EQ(parser.Parse({}).kind, HttpStep::kNeedMore);
}

TEST(ChunkedBody, RefusesASizeBeyondTheLimitWhenItIsRead) {
  const HttpLimits limits = {.chunked_bytes_max = 10};
  const std::string head = "POST0 / Host=h;Transfer-Encoding=chunked; ";
  const std::string too_large = "!413 Request Entity Too Large";
  EXPECT_EQ(Tell(Chunked("a\r\n0123456789\r\n0\r\n\r\n"), kRequests, limits),
            head + "[0123456789]\n");
  EXPECT_TRUE(Tell(Chunked("b"), kRequests, limits).ends_with(too_large));
  EXPECT_TRUE(Tell(Chunked("10"), kRequests, limits).ends_with(too_large));
  EXPECT_TRUE(Tell(Chunked("8\r\n01234567\r\n3"), kRequests, limits).ends_with(too_large));
  EXPECT_FALSE(Tell(Chunked("8\r\n01234567\r\n2"), kRequests, limits).ends_with(too_large));
  EXPECT_TRUE(Tell(Chunked("ffffffffffffffff"), kRequests, limits).ends_with(too_large));
}

TEST(ChunkedBody, BoundsExtensionsAndTrailersTogether) {
  const auto told = [](const std::string& body) {
    Reader reader(kRequests);
    reader.Feed(Chunked(body));
    return reader.told();
  };
  const std::string chunk = "1;" + std::string(999, 'x') + "\r\nz\r\n";  // 1,000 bytes with the CR
  std::string body;
  for (int i = 0; i < 16; ++i) body += chunk;
  const std::string fits = body + "0\r\nA:" + std::string(380, 'x') + "\r\n\r\n";
  EXPECT_TRUE(told(fits).ends_with("[zzzzzzzzzzzzzzzz]\n"));
  const std::string over = body + "0\r\nA:" + std::string(382, 'x') + "\r\n\r\n";
  EXPECT_TRUE(told(over).ends_with("!431 chunk extensions or trailers too long"));
  EXPECT_TRUE(told(body + chunk).ends_with("!431 chunk extensions or trailers too long"));
  EXPECT_TRUE(told("1" + std::string(20000, ' ')).ends_with("too long"));
}

}  // namespace
}  // namespace gatehouse::wire
