#include "net/http/http_server.h"

#include <gtest/gtest.h>

#include "net/http/test_http.h"
#include "net/socket/test_protocol.h"

namespace gatehouse::net {
namespace {

using Lines = std::vector<std::string>;

class HttpServerTest : public testing::Test {
 protected:
  NotingHandler& handler() { return world_.handler; }
  std::string Ask(Peer& peer, std::string_view bytes) { return Undated(peer.Ask(bytes)); }

  HttpWorld world_;
};

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, AnswersWithDateAndLength) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(peer.Ask(kGet),
            "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 10:10:10 GMT\r\nContent-Length: 6\r\n\r\n"
            "GET /a");
  EXPECT_EQ(Ask(peer, kGet), Ok("GET /a")) << "the connection was not kept";
  EXPECT_FALSE(peer.ended());
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
  EXPECT_EQ(world_.sockets.state(0), nullptr) << "an idle socket keeps an exchange";
}

TEST_F(HttpServerTest, ARequestMayComeByteByByte) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  std::string_view request = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  std::string got;
  for (char c : request) got += peer.Ask({&c, 1});
  EXPECT_EQ(Undated(got), Ok("POST /b"));
  EXPECT_EQ(handler().requests.at(0).body, "abc");
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrderOneAtATime) {
  Peer peer(world_, kHttpPort);
  peer.Send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  world_.Settle();
  EXPECT_EQ(handler().Lines(), Lines{"GET /1"}) << "the second began before the first was answered";
  world_.Answer(handler().requests[0].socket, "one");
  world_.Settle();
  EXPECT_EQ(Undated(peer.Take()), Ok("one"));
  EXPECT_EQ(handler().Lines(), (Lines{"GET /1", "POST /2"}));
  world_.Answer(handler().requests[1].socket, "two");
  world_.Settle();
  world_.Answer(handler().requests[2].socket, "three");
  world_.Settle();
  EXPECT_EQ(Undated(peer.Take()), Ok("two") + Ok("three"));
}

TEST_F(HttpServerTest, PipelinedRequestsAnsweredAtOnceLeaveInOneWrite) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  world_.Settle();
  std::size_t before = world_.network.writes();
  std::string requests, answers;
  for (int i = 0; i < 20; ++i) {
    requests += kGet;
    answers += Ok("GET /a");
  }
  EXPECT_EQ(Ask(peer, requests), answers);
  EXPECT_EQ(world_.network.writes() - before, 2u);  // the peer's and the server's
}

TEST_F(HttpServerTest, WhileAnAnswerIsAwaitedInputIsBounded) {
  Peer peer(world_, kHttpPort);
  peer.Send(kGet);
  world_.Settle();
  peer.Send(std::string(200'000, 'x'));
  world_.Settle();
  EXPECT_LE(world_.sockets.memory_bytes(0), Sockets::kReceiveBytes + 1000);
}

TEST_F(HttpServerTest, AClientThatReadsNoAnswersIsNotReadAnyMore) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  world_.network.SetWindow(peer.socket(), 1000);
  handler().on_request = [&](const HttpRequest& r) {
    world_.Answer(r.socket, std::string(50'000, 'x'));
  };
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += kGet;
  peer.Send(requests);
  world_.Settle();
  EXPECT_LT(handler().requests.size(), 10u);
  EXPECT_LT(world_.sockets.queued_bytes(0), 400'000u);
  world_.network.SetWindow(peer.socket(), 1 << 20);
  std::string got;
  for (int i = 0; i < 100; ++i) {
    world_.Settle();
    got += peer.Take();
  }
  EXPECT_EQ(handler().requests.size(), 100u);
  EXPECT_GT(got.size(), 5'000'000u);
}

TEST_F(HttpServerTest, AnAnswerLargerThanTheQueueBoundArrives) {
  Peer peer(world_, kHttpPort);
  std::string large(3'000'000, 'x');
  handler().on_request = [&](const HttpRequest& r) { world_.Answer(r.socket, large); };
  std::string got;
  peer.Send(std::string(kGet) + std::string(kGet));
  for (int i = 0; i < 100; ++i) {
    world_.Settle();
    got += peer.Take();
  }
  EXPECT_EQ(Undated(got), Ok(large) + Ok(large));
  EXPECT_FALSE(peer.reset());
  EXPECT_EQ(handler().requests.size(), 2u);
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  Ask(peer,
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(handler().requests.at(0).body, "abcdefg");
  EXPECT_EQ(Ask(peer, kGet), Ok("GET /a"));
}

TEST_F(HttpServerTest, SaysContinueToThoseWhoWait) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(
      Ask(peer, "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
      "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(Ask(peer, "abc"), Ok("POST /d"));
}

TEST_F(HttpServerTest, ABodyTooLargeIsReadForgottenAndAnswered) {
  for (bool chunked : {false, true}) {
    Peer peer(world_, kHttpPort);
    handler().requests.clear();
    handler().on_request = [&](const HttpRequest& r) { world_.Answer(r.socket, "", 413); };
    peer.Send("POST /e HTTP/1.1\r\nHost: x\r\n");
    peer.Send(chunked ? "Transfer-Encoding: chunked\r\n\r\n7D0\r\n"
                      : "Content-Length: 2000\r\n\r\n");
    peer.Send(std::string(1500, 'x'));
    world_.Settle();
    EXPECT_EQ(peer.Take(), "") << "answered before the body's end";
    peer.Send(std::string(500, 'x'));
    if (chunked) peer.Send("\r\n0\r\n\r\n");
    world_.Settle();
    EXPECT_EQ(Undated(peer.Take()), "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    ASSERT_EQ(handler().requests.size(), 1u);
    EXPECT_TRUE(handler().requests[0].body_too_large);
    EXPECT_EQ(handler().requests[0].body, "");
    EXPECT_FALSE(peer.ended());
  }
}

TEST_F(HttpServerTest, ABodyOfExactlyTheLimitIsNotTooLarge) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  Ask(peer, "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_FALSE(handler().requests.at(0).body_too_large);
  EXPECT_EQ(handler().requests.at(0).body.size(), 1000u);
  Ask(peer, "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
  EXPECT_TRUE(handler().requests.at(1).body_too_large);
}

TEST_F(HttpServerTest, ABodyBeyondAllReasonIsRefusedAtItsHead) {
  Peer peer(world_, kHttpPort);
  std::string got = Ask(peer, "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 413 ")) << got;
  EXPECT_NE(got.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(handler().requests.empty());
  peer.Send(std::string(100'000, 'x'));  // is read and dropped, so that the answer is not reset
  world_.Settle();
  EXPECT_TRUE(peer.ended());
  EXPECT_FALSE(peer.reset());
}

TEST_F(HttpServerTest, AnEndlessChunkedBodyIsCutOff) {
  HttpServerOptions options;
  options.discard_bytes_max = 10'000;
  HttpWorld world(options);
  Peer peer(world, kHttpPort);
  peer.Send("POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) peer.Send("1000\r\n" + std::string(4096, 'x') + "\r\n");
  world.Settle();
  EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(world.handler.requests.empty());
}

TEST_F(HttpServerTest, AChunkBeyondAllReasonIsRefusedAtItsSize) {
  for (std::string_view size : {"1000001\r\n", "ffffffffffffffff\r\n", "1000001;x=y\r\n"}) {
    Peer peer(world_, kHttpPort);
    std::string got =
        Ask(peer, "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      ("3\r\nabc\r\n" + std::string(size)));
    EXPECT_TRUE(got.starts_with("HTTP/1.1 413 ")) << size << got;
    EXPECT_TRUE(peer.ended());
    EXPECT_TRUE(handler().requests.empty());
  }
}

TEST_F(HttpServerTest, AnEmptyLineBehindARequestBeginsNoneOfItsOwn) {
  world_.EchoLines();
  for (std::string_view cut : {"\r\n", "\r"}) {
    Peer peer(world_, kHttpPort);
    EXPECT_EQ(Ask(peer, kGet), Ok("GET /a"));
    peer.Send(cut);
    world_.Advance(30);  // longer than a head may take, shorter than a socket may idle
    EXPECT_EQ(peer.Take(), "") << "an answer to nothing";
    EXPECT_FALSE(peer.ended());
    EXPECT_EQ(Ask(peer, (cut == "\r" ? "\n" : "") + std::string(kGet)), Ok("GET /a"));
  }
}

TEST_F(HttpServerTest, OneEmptyLineIsForgivenNotARowOfThem) {
  world_.EchoLines();
  const std::vector<std::vector<std::string_view>> rows = {{"\r\n", "\r\n"},
                                                           {"\r\n", "\r", "\n"},
                                                           {"\r", "\n", "\r\nGET /a HTTP/1.1\r\n"},
                                                           {"\r\n\r\n"}};
  for (bool first : {true, false}) {
    for (const auto& pieces : rows) {
      Peer peer(world_, kHttpPort);
      if (!first) {
        EXPECT_EQ(Ask(peer, kGet), Ok("GET /a"));
      }
      std::string got;
      for (std::string_view piece : pieces) {
        EXPECT_EQ(got, "");
        got = Ask(peer, std::string(piece));
      }
      EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ")) << got;
      EXPECT_TRUE(peer.ended());
    }
  }
  EXPECT_EQ(handler().requests.size(), rows.size());
}

TEST_F(HttpServerTest, MalformedRequestsAreAnsweredAndTheSocketCloses) {
  struct Case {
    std::string_view request;
    std::string_view answer;
  };
  for (const Case& c : {Case{"GET\r\n\r\n", "HTTP/1.1 400 "},
                        Case{"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "HTTP/1.1 505 "},
                        Case{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
                        Case{"\x16\x03\x01\x02\n", "HTTP/1.1 400 "}}) {
    Peer peer(world_, kHttpPort);
    std::string got = peer.Ask(c.request);
    EXPECT_TRUE(got.starts_with(c.answer)) << got;
    EXPECT_TRUE(peer.ended());
  }
  Peer peer(world_, kHttpPort);
  EXPECT_TRUE(
      peer.Ask("GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x')).starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(handler().requests.empty());
}

TEST_F(HttpServerTest, Http10ClosesUnlessAskedToKeep) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(Ask(peer, "GET /f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 6\r\n\r\nGET /f");
  EXPECT_EQ(Ask(peer, "GET /g HTTP/1.0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nGET /g");
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerTest, ConnectionCloseIsObeyed) {
  world_.EchoLines();
  Peer peer(world_, kHttpPort);
  Ask(peer, "GET /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + std::string(kGet));
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(handler().Lines(), Lines{"GET /h"}) << "served what came after the last request";
}

TEST_F(HttpServerTest, AnswersToHeadAnd204HaveNoBody) {
  Peer peer(world_, kHttpPort);
  handler().on_request = [&](const HttpRequest& r) { world_.Answer(r.socket, "12345"); };
  EXPECT_EQ(Ask(peer, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  handler().on_request = [&](const HttpRequest& r) { world_.Answer(r.socket, "", 204); };
  EXPECT_EQ(Ask(peer, kGet), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(HttpServerTest, FieldsThatWouldForgeOthersAreLeftOut) {
  Peer peer(world_, kHttpPort);
  handler().on_request = [&](const HttpRequest& r) {
    const wire::HttpField fields[] = {{"A", "b\r\nSet-Cookie: x"}, {"C d", "e"}, {"F", "g"}};
    world_.http.Respond(r.socket, {200, fields, "", false});
  };
  EXPECT_EQ(Ask(peer, kGet), "HTTP/1.1 200 OK\r\nF: g\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(HttpServerTest, AHalfClosedClientStillGetsItsAnswer) {
  Peer peer(world_, kHttpPort);
  peer.Send(kGet);
  peer.Finish();
  world_.Settle();
  ASSERT_EQ(handler().requests.size(), 1u);
  EXPECT_TRUE(handler().gone.empty());
  world_.Answer(handler().requests[0].socket, "late");
  world_.Settle();
  EXPECT_EQ(Undated(peer.Take()),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlate");
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(HttpServerTest, AHalfClosedClientGetsTheAnswersToAllItsPipelinedRequests) {
  Peer peer(world_, kHttpPort);
  peer.Send(std::string(kGet) + std::string(kGet));
  peer.Finish();
  world_.Settle();
  world_.Answer(handler().requests.at(0).socket, "1");
  world_.Settle();
  ASSERT_EQ(handler().requests.size(), 2u);
  world_.Answer(handler().requests[1].socket, "2");
  world_.Settle();
  std::string got = Undated(peer.Take());
  EXPECT_TRUE(got.starts_with(Ok("1"))) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n2")) << got;
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(HttpServerTest, OnGoneIsToldOnceAndALateAnswerGoesNowhere) {
  Peer peer(world_, kHttpPort);
  peer.Send(kGet);
  world_.Settle();
  SocketRef socket = handler().requests.at(0).socket;
  EXPECT_TRUE(world_.http.IsWaiting(socket));
  peer.Vanish();
  world_.Settle();
  EXPECT_EQ(handler().gone, std::vector<SocketRef>{socket});
  EXPECT_FALSE(world_.http.IsWaiting(socket));
  Peer next(world_, kHttpPort);  // has the same slot
  next.Send(kGet);
  world_.Settle();
  ASSERT_EQ(handler().requests.at(1).socket.slot, socket.slot);
  world_.Answer(socket, "for the one who left");
  world_.Settle();
  EXPECT_EQ(next.Take(), "");
  EXPECT_EQ(handler().gone.size(), 1u);
}

TEST_F(HttpServerTest, AnUpgradeIsGoneWhenItsClientHalfCloses) {
  Peer peer(world_, kHttpPort);
  peer.Send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  world_.Settle();
  peer.Finish();
  world_.Settle();
  EXPECT_EQ(handler().gone.size(), 1u);
  EXPECT_FALSE(world_.http.IsWaiting(handler().requests.at(0).socket));
  world_.Answer(handler().requests[0].socket, "late");
  world_.Settle();
  EXPECT_EQ(peer.Take(), "");
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(HttpServerTest, AnsweringTwiceAnswersOnce) {
  Peer peer(world_, kHttpPort);
  handler().on_request = [&](const HttpRequest& r) {
    SocketRef socket = r.socket;
    world_.Answer(socket, "1");
    world_.Answer(socket, "2");
  };
  EXPECT_EQ(Ask(peer, kGet), Ok("1"));
}

TEST_F(HttpServerTest, UpgradeHandsOverTheSocketWithWhatIsLeft) {
  for (bool later : {false, true}) {
    SCOPED_TRACE(later);
    Recorder next(world_.sockets);
    Peer peer(world_, kHttpPort);
    handler().requests.clear();
    handler().on_request = [&](const HttpRequest& r) {
      if (!later) world_.http.Upgrade(r.socket, "HTTP/1.1 101 Now\r\n\r\n", next);
    };
    peer.Send(std::string(kGet) + "frames");
    world_.Settle();
    ASSERT_EQ(handler().requests.size(), 1u);
    if (later) {
      EXPECT_EQ(peer.Take(), "");
      world_.http.Upgrade(handler().requests[0].socket, "HTTP/1.1 101 Now\r\n\r\n", next);
      world_.Settle();
    }
    EXPECT_EQ(peer.Take(), "HTTP/1.1 101 Now\r\n\r\n");
    std::uint32_t slot = handler().requests[0].socket.slot;
    EXPECT_EQ(next.data[slot], "frames");
    peer.Ask(" more");
    EXPECT_EQ(next.data[slot], "frames more");
    EXPECT_EQ(world_.sockets.memory_bytes(slot), 0u);
    world_.Advance(100);
    EXPECT_TRUE(next.log.empty()) << "a time limit of HTTP outlived the upgrade";
  }
}

TEST_F(HttpServerTest, StopClosesIdleSocketsAndBusyOnesAfterTheirAnswer) {
  Peer idle(world_, kHttpPort);
  Peer busy(world_, kHttpPort);
  Peer reading(world_, kHttpPort);
  busy.Send(std::string(kGet) + std::string(kGet));
  reading.Send("GET /");
  world_.Settle();
  world_.http.Stop();
  world_.Settle();
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(reading.ended());
  EXPECT_FALSE(busy.ended());
  world_.Answer(handler().requests.at(0).socket, "last");
  world_.Settle();
  EXPECT_EQ(Undated(busy.Take()),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast");
  EXPECT_TRUE(busy.ended());
  EXPECT_EQ(handler().requests.size(), 1u);
}

TEST_F(HttpServerTest, TheServerMayGoWhileRequestsWait) {
  auto world = std::make_unique<HttpWorld>();
  Peer peer(*world, kHttpPort);
  peer.Send(kGet);
  Peer half(*world, kHttpPort);
  half.Send("GET /");
  world->Settle();
  world.reset();  // the address sanitizer is the judge
}

}  // namespace
}  // namespace gatehouse::net
