// One port for plain HTTP, TLS and CONNECT.
#include <gtest/gtest.h>

#include "net/http/test_http.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kConnect =
    "CONNECT abc.execute-api.us-east-1.amazonaws.com:443 HTTP/1.0\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 200 Connection established\r\n\r\n";

class HttpServerTlsTest : public testing::Test {
 protected:
  HttpServerTlsTest() {
    world_.http.UseTls(*tls_);
    world_.handler.on_request = [this](const HttpRequest& request) {
      if (request.head.method == "CONNECT") return world_.http.AcceptConnect(request.socket);
      world_.Answer(request.socket, std::string(request.tls ? "tls " : "plain ") +
                                        std::string(request.connect_host) + " " +
                                        std::string(request.body.substr(0, 20)));
    };
  }
  static std::string Post(std::string_view body) {
    return "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
  }

  std::unique_ptr<TlsServer> tls_ = NewTlsServer();
  HttpWorld world_;
};

TEST_F(HttpServerTlsTest, TheFirstByteTellsTlsFromPlain) {
  Peer plain(world_, kHttpPort);
  EXPECT_EQ(Undated(plain.Ask(kGet)), Ok("plain  "));
  TlsPeer secure(world_, Peer(world_, kHttpPort));
  ASSERT_EQ(secure.Handshake(), 0);
  EXPECT_EQ(Undated(secure.Ask(kGet)), Ok("tls  "));
  EXPECT_EQ(Undated(secure.Ask(std::string(kGet) + std::string(kGet))), Ok("tls  ") + Ok("tls  "));
  EXPECT_EQ(Undated(plain.Ask(kGet)), Ok("plain  "));
  EXPECT_EQ(world_.sockets.memory_bytes(1), 0u);
}

TEST_F(HttpServerTlsTest, HoweverTheBytesAreCut) {
  world_.handler.body_bytes_max = 200'000;
  std::string body(100'000, 'b');
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    world_.network.CutAtRandom(seed);
    TlsPeer peer(world_, Peer(world_, kHttpPort));
    ASSERT_EQ(peer.Handshake(), 0);
    EXPECT_EQ(Undated(peer.Ask(Post(body))), Ok("tls  " + std::string(20, 'b')));
  }
}

TEST_F(HttpServerTlsTest, TlsMayBeMadeByTheFirstWhoWantsIt) {
  HttpWorld world;
  TlsServer* made = nullptr;
  int asked = 0;
  world.http.UseTlsLazily([&] {
    ++asked;
    return made;
  });
  world.EchoLines();
  Peer plain(world, kHttpPort);
  plain.Ask(kGet);
  EXPECT_EQ(asked, 0);
  Peer refused(world, kHttpPort);
  refused.Send("\x16");
  world.Settle();
  EXPECT_TRUE(refused.reset());
  made = tls_.get();
  for (int i = 0; i < 3; ++i) {
    TlsPeer peer(world, Peer(world, kHttpPort));
    EXPECT_EQ(peer.Handshake(), 0);
  }
  EXPECT_EQ(asked, 2);
}

TEST_F(HttpServerTlsTest, TlsOnASocketThatSpokeHttpIsGarbage) {
  Peer peer(world_, kHttpPort);
  peer.Ask(kGet);
  EXPECT_TRUE(peer.Ask("\x16\x03\x01\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_EQ(tls_->handshakes(), 0u);
}

TEST_F(HttpServerTlsTest, ASlowHandshakeEndsAfterTenSeconds) {
  Peer peer(world_, kHttpPort);
  peer.Send("\x16");
  world_.Advance(9.9);
  EXPECT_FALSE(peer.ended());
  EXPECT_EQ(tls_->handshakes(), 1u);
  world_.Advance(1);
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(peer.Take(), "") << "an answer in the clear";
  world_.Advance(3);
  EXPECT_EQ(tls_->handshakes(), 0u);
}

TEST_F(HttpServerTlsTest, ASlowHeadBehindAHandshakeIsAnsweredWith408) {
  TlsPeer peer(world_, Peer(world_, kHttpPort));
  ASSERT_EQ(peer.Handshake(), 0);
  peer.Send("GET / HT");
  world_.Advance(11);
  EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 408"));
  EXPECT_EQ(peer.last_error(), SSL_ERROR_ZERO_RETURN);
}

TEST_F(HttpServerTlsTest, WhenTooManyHandshakesAreUnderWayFurtherOnesAreReset) {
  auto one = NewTlsServer({1});
  world_.http.UseTls(*one);
  Peer first(world_, kHttpPort), second(world_, kHttpPort);
  first.Send("\x16");
  world_.Settle();
  second.Send("\x16");
  world_.Settle();
  EXPECT_FALSE(first.ended());
  EXPECT_TRUE(second.reset());
}

TEST_F(HttpServerTlsTest, ConnectThenTlsThenHttp) {
  Peer raw(world_, kHttpPort);
  ASSERT_EQ(raw.Ask(kConnect), kAccepted);
  TlsPeer peer(world_, raw);
  ASSERT_EQ(peer.Handshake(), 0);
  std::string expected = Ok("tls abc.execute-api.us-east-1.amazonaws.com:443 ");
  EXPECT_EQ(Undated(peer.Ask(kGet)), expected);
  EXPECT_EQ(Undated(peer.Ask(kGet)), expected) << "the second request forgot it";
}

TEST_F(HttpServerTlsTest, ConnectThenPlainHttp) {
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(peer.Ask("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"), kAccepted);
  EXPECT_EQ(Undated(peer.Ask(kGet)), Ok("plain h:80 "));
}

TEST_F(HttpServerTlsTest, ConnectWithTheHandshakeRightBehindIt) {
  const auto answer_at_once = world_.handler.on_request;
  for (bool later : {false, true}) {
    SocketRef waiting;
    world_.handler.on_request = [&](const HttpRequest& r) {
      if (later && r.head.method == "CONNECT") {
        waiting = r.socket;
      } else {
        answer_at_once(r);
      }
    };
    Peer raw(world_, kHttpPort);
    TlsPeer peer(world_, raw);
    SSL_do_handshake(peer.ssl());
    raw.Send(std::string(kConnect) + peer.TakeOutgoing());
    world_.Settle();
    if (later) world_.http.AcceptConnect(waiting);
    world_.Settle();
    std::string answer = raw.Take();
    ASSERT_TRUE(answer.starts_with(kAccepted));
    std::string flight = answer.substr(kAccepted.size());
    BIO_write(SSL_get_rbio(peer.ssl()), flight.data(), static_cast<int>(flight.size()));
    ASSERT_EQ(peer.Handshake(), 0);
    EXPECT_TRUE(Undated(peer.Ask(kGet)).starts_with("HTTP/1.1 200 OK"));
  }
}

TEST_F(HttpServerTlsTest, TheNextClientOfASlotDidNotComeByConnect) {
  Peer first(world_, kHttpPort);
  first.Ask(kConnect);
  first.Close();
  world_.Settle();
  Peer second(world_, kHttpPort);
  EXPECT_EQ(Undated(second.Ask(kGet)), Ok("plain  "));
}

TEST_F(HttpServerTlsTest, AnAcceptedConnectHasTenSecondsForItsFirstRequest) {
  Peer peer(world_, kHttpPort);
  peer.Ask(kConnect);
  world_.Advance(9);
  EXPECT_FALSE(peer.ended());
  world_.Advance(2);
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerTlsTest, ConnectInsideTlsIsRefusedWithASentence) {
  TlsPeer peer(world_, Peer(world_, kHttpPort));
  ASSERT_EQ(peer.Handshake(), 0);
  std::string answer = peer.Ask(kConnect);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 501")) << answer;
  EXPECT_NE(answer.find("http://"), std::string::npos);
}

// ---- Refusing before the body ----

class EarlyHandler final : public HttpHandler {
 public:
  void OnHead(const HttpRequest& request) override {
    if (!request.head.Find("Origin")) return;
    ++refused;
    http->Respond(request.socket, {403, {}, "no", false});
  }
  std::size_t BodyBytesMax(const wire::HttpHead&) override { return 1000; }
  void OnRequest(const HttpRequest& request) override {
    ++requests;
    http->Respond(request.socket, {200, {}, "yes", false});
  }
  void OnGone(SocketRef) override { ++gone; }

  HttpServer* http = nullptr;
  int refused = 0, requests = 0, gone = 0;
};

class HttpServerEarlyTest : public testing::Test {
 protected:
  HttpServerEarlyTest() {
    handler_.http = &http_;
    EXPECT_TRUE(listener_.Listen({"127.0.0.1", kHttpPort}, false));
  }
  TestWorld world_;
  EarlyHandler handler_;
  HttpServer http_{world_.sockets, handler_};
  Listener listener_{world_.sockets, http_, http_};
};

TEST_F(HttpServerEarlyTest, ARequestIsRefusedBeforeItsBody) {
  Peer peer(world_, kHttpPort);
  std::string answer =
      peer.Ask("POST / HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\nContent-Length: 500\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_EQ(handler_.requests, 0);
  peer.Send(std::string(500, 'x'));
  world_.Settle();
  EXPECT_FALSE(peer.reset()) << "the client, still writing, loses the answer";
  EXPECT_EQ(handler_.gone, 0);
}

TEST_F(HttpServerEarlyTest, NoContinueIsSentToOneThatIsRefused) {
  Peer peer(world_, kHttpPort);
  EXPECT_TRUE(peer.Ask("POST / HTTP/1.1\r\nHost: x\r\nOrigin: o\r\nExpect: 100-continue\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n")
                  .starts_with("HTTP/1.1 403"));
}

TEST_F(HttpServerEarlyTest, WithoutABodyTheSocketLivesOn) {
  Peer peer(world_, kHttpPort);
  std::string refused = "GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\n\r\n";
  EXPECT_TRUE(peer.Ask(refused).starts_with("HTTP/1.1 403"));
  EXPECT_EQ(world_.sockets.state(0), nullptr);
  std::string answers = peer.Ask(refused + std::string(kGet) + refused);
  EXPECT_EQ(handler_.refused, 3);
  EXPECT_EQ(handler_.requests, 1);
  EXPECT_FALSE(peer.ended());
  EXPECT_EQ(world_.sockets.state(0), nullptr);
}

}  // namespace
}  // namespace gatehouse::net
