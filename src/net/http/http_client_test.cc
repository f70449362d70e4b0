#include "net/http/http_client.h"

#include <gtest/gtest.h>

#include "net/dial/test_resolver.h"
#include "net/http/test_http.h"
#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    world_.http.UseTls(*tls_);
    world_.handler.body_bytes_max = 1'000'000;
    world_.handler.on_request = [this](const HttpRequest& request) {
      if (request.head.method == "CONNECT") return world_.http.AcceptConnect(request.socket);
      world_.Answer(request.socket, Told(request));
    };
    resolver_.names["localhost"] = resolver_.names["proxy"] =
        resolver_.names["evil"] = {"127.0.0.1"};
  }
  static std::string Told(const HttpRequest& request) {
    return std::string(request.head.method) + " " + std::string(request.head.target) + " " +
           std::string(*request.head.Find("Host")) + (request.tls ? " tls " : " plain ") +
           std::to_string(request.body.size());
  }
  HttpCall To(const std::string& target, bool tls = true, const std::string& method = "GET") {
    HttpCall call;
    call.method = method;
    call.host = "localhost";
    call.port = kHttpPort;
    call.tls = tls;
    call.target = target;
    return call;
  }
  // "200 body", or the error's sentence.
  std::string Send(HttpCall call, double seconds = 0) {
    std::string told = "nothing";
    client_.Send(std::move(call), [&](Result<HttpReply> reply) {
      EXPECT_EQ(told, "nothing") << "called twice";
      told = reply ? std::to_string(reply->status) + " " + reply->body : reply.error().message;
    });
    EXPECT_EQ(told, "nothing") << "called inside the call";
    if (seconds > 0) world_.Advance(seconds);
    world_.Settle();
    return told;
  }
  // Listens on port 99 and answers every request with these bytes, then ends the socket if told.
  void ServeBytes(std::string answer, bool end) {
    raw_.on_bytes = [this, answer, end](std::uint32_t slot, std::span<char> bytes) {
      world_.sockets.Send(slot, answer);
      if (end) world_.sockets.Close(slot);
      return bytes.size();
    };
    ASSERT_TRUE(raw_listener_.Listen({"127.0.0.1", 99}, false));
  }
  void ServeBytesAgain(std::string answer, bool end) {
    raw_listener_.Stop();
    world_.Advance(25);  // kept connections end
    ServeBytes(std::move(answer), end);
  }
  // The last open socket of that protocol.
  std::uint32_t SlotOf(const Protocol& protocol) {
    std::uint32_t found = 0;
    world_.sockets.ForEach(protocol, [&](std::uint32_t slot) { found = slot; });
    return found;
  }
  HttpCall ToRaw(const std::string& method = "GET") {
    HttpCall call = To("/", false, method);
    call.port = 99;
    return call;
  }

  std::unique_ptr<TlsServer> tls_ = NewTlsServer();
  std::unique_ptr<TlsClient> trusting_ = std::move(*TlsClient::Create(TheAuthority().Trust()));
  HttpWorld world_;
  FakeResolver resolver_{world_.loop};
  Recorder raw_{world_.sockets};
  Listener raw_listener_{world_.sockets, raw_, raw_};
  HttpClient client_{world_.sockets, resolver_, trusting_.get()};
};

TEST_F(HttpClientTest, AsksAndKeepsTheConnection) {
  EXPECT_EQ(Send(To("/a?b", false)), "200 GET /a?b localhost plain 0");
  EXPECT_EQ(client_.idle_count(), 1u);
  HttpCall post = To("/p", false, "POST");
  post.body = std::string(300'000, 'x');
  EXPECT_EQ(Send(post), "200 POST /p localhost plain 300000");
  EXPECT_EQ(resolver_.asked.size(), 1u) << "a second connection";
  EXPECT_EQ(Send(To("/s")), "200 GET /s localhost:80 tls 0");
  EXPECT_EQ(resolver_.asked.size(), 2u);
  EXPECT_EQ(client_.idle_count(), 2u);
  world_.Advance(25);
  EXPECT_EQ(client_.idle_count(), 0u);
}

TEST_F(HttpClientTest, HoweverTheBytesAreCut) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    world_.network.CutAtRandom(seed);
    HttpCall post = To("/p", true, "POST");
    post.body = std::string(100'000, 'x');
    EXPECT_EQ(Send(post), "200 POST /p localhost:80 tls 100000");
  }
}

TEST_F(HttpClientTest, GoesThroughAProxy) {
  HttpCall call = To("/a");
  call.proxy = *ParseProxy("http://proxy:80");
  EXPECT_EQ(Send(call), "200 GET /a localhost:80 tls 0");
  EXPECT_EQ(resolver_.asked, std::vector<std::string>{"proxy:80"});
}

TEST_F(HttpClientTest, ReadsEveryKindOfBody) {
  ServeBytes(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n",
      false);
  EXPECT_EQ(Send(ToRaw()), "200 abc");
  ServeBytesAgain("HTTP/1.1 200 OK\r\n\r\nto the end", true);
  EXPECT_EQ(Send(ToRaw("POST")), "200 to the end");
  ServeBytesAgain("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false);
  EXPECT_EQ(Send(ToRaw("HEAD")), "200 ");
  ServeBytesAgain("HTTP/1.1 204 No Content\r\n\r\n", false);
  EXPECT_EQ(Send(ToRaw()), "204 ");
}

TEST_F(HttpClientTest, WhatIsNoAnswerIsSaid) {
  ServeBytes("SSH-2.0-x\r\n\r\n", false);
  EXPECT_TRUE(Send(ToRaw()).starts_with("the answer of localhost is no HTTP: "));
  ServeBytesAgain("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", true);
  EXPECT_EQ(Send(ToRaw()), "localhost closed the connection before its answer was whole");
  ServeBytesAgain("", true);
  EXPECT_EQ(Send(ToRaw()), "localhost closed the connection before its answer was whole");
  ServeBytesAgain("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'), true);
  HttpCall small = ToRaw();
  small.body_bytes_max = 1000;
  EXPECT_EQ(Send(small), "the answer of localhost is larger than 1000 bytes");
  EXPECT_EQ(client_.busy_count(), 0u);
}

TEST_F(HttpClientTest, AnAnswerThatIsCutOffBehindTlsIsNoAnswer) {
  TlsGreeter greeter(world_.sockets, *tls_, raw_);
  Listener listener(world_.sockets, raw_, greeter);
  ASSERT_TRUE(listener.Listen({"127.0.0.1", 98}, false));
  bool clean = true;
  raw_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    world_.sockets.Send(slot, "HTTP/1.1 200 OK\r\n\r\npart");
    if (clean) world_.sockets.Close(slot);
    return bytes.size();
  };
  HttpCall call = To("/");
  call.port = 98;
  EXPECT_EQ(Send(call), "200 part");
  clean = false;
  std::string told;
  client_.Send(call, [&](Result<HttpReply> r) { told = r ? "whole" : r.error().message; });
  world_.Settle();
  world_.sockets.CloseIdle(SlotOf(raw_));  // TCP ends without close_notify
  world_.Settle();
  EXPECT_EQ(told, "localhost closed the connection before its answer was whole");
}

TEST_F(HttpClientTest, FailuresOfTheConnectionAreSentences) {
  HttpCall call = To("/");
  call.host = "nowhere";
  EXPECT_EQ(Send(call), "no address of nowhere");
  call = To("/");
  call.port = 1;
  EXPECT_EQ(Send(call), "cannot connect to localhost:1 (127.0.0.1): Connection refused");
  call = To("/");
  call.host = "evil";
  EXPECT_EQ(Send(call, 3), "the certificate is not for evil but for localhost");
}

TEST_F(HttpClientTest, OneTimeLimitHoldsForTheWholeCall) {
  world_.handler.on_request = nullptr;  // never answers
  HttpCall call = To("/");
  call.seconds = 5;
  EXPECT_EQ(Send(call, 5.5), "localhost did not answer within 5 s");
  EXPECT_EQ(client_.busy_count(), 0u);
  EXPECT_EQ(client_.idle_count(), 0u) << "its late answer could meet the next call";
}

TEST_F(HttpClientTest, AKeptConnectionThatEndedIsReplacedIfThatIsSafe) {
  ServeBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false);
  ASSERT_EQ(Send(ToRaw()), "200 ok");
  int requests = 0;
  raw_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    if (++requests % 2 == 1) {
      world_.sockets.Abort(slot);  // as we asked
    } else {
      world_.sockets.Send(slot, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
    }
    return bytes.size();
  };
  EXPECT_EQ(Send(ToRaw("GET")), "200 new");
  EXPECT_EQ(Send(ToRaw("POST")), "the connection to localhost broke") << "it may have been done";
  requests = 1;
  EXPECT_EQ(Send(ToRaw("GET")), "200 new");  // a kept connection again
  HttpCall repeatable = ToRaw("POST");
  repeatable.repeatable = true;
  EXPECT_EQ(Send(repeatable), "200 new");
}

TEST_F(HttpClientTest, AnIdleConnectionThatSpeaksIsDropped) {
  ASSERT_EQ(Send(To("/", false)), "200 GET / localhost plain 0");
  world_.sockets.Send(SlotOf(world_.http), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  world_.Settle();
  EXPECT_EQ(client_.idle_count(), 0u);
  EXPECT_EQ(Send(To("/", false)), "200 GET / localhost plain 0");
}

TEST_F(HttpClientTest, WhatFollowsAnAnswerNeverMeetsTheNextCall) {
  ServeBytes(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
      false);
  EXPECT_EQ(Send(ToRaw()), "200 ok");
  EXPECT_EQ(client_.idle_count(), 0u);
}

TEST_F(HttpClientTest, CancelledItCallsNobody) {
  for (int turns = 0; turns < 6; ++turns) {
    bool called = false;
    HttpClient::Id id = client_.Send(To("/"), [&](const Result<HttpReply>&) { called = true; });
    for (int i = 0; i < turns; ++i) world_.loop.Turn(std::chrono::nanoseconds{0});
    client_.Cancel(id);
    client_.Cancel(id);
    world_.Advance(1);
    EXPECT_FALSE(called);
    EXPECT_EQ(client_.busy_count(), 0u);
  }
}

TEST_F(HttpClientTest, CallsAtOnceAreLimited) {
  HttpClient one(world_.sockets, resolver_, nullptr, {10, 20, 64, 1});
  std::vector<std::string> told;
  for (int i = 0; i < 2; ++i) {
    one.Send(To("/", false), [&](Result<HttpReply> reply) {
      told.push_back(reply ? reply->body : reply.error().message);
    });
  }
  world_.Settle();
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told,
            (std::vector<std::string>{"GET / localhost plain 0", "too many calls are under way"}));
}

}  // namespace
}  // namespace gatehouse::net
