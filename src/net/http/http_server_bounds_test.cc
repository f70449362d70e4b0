// What the HTTP server does when there is too much of everything: sockets, heads, bodies.
#include <algorithm>

#include <gtest/gtest.h>

#include "net/http/http_server.h"
#include "net/http/test_http.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

struct CrowdedWorld : TestWorld {
  CrowdedWorld() : TestWorld({.sockets_max = 2, .crowd_max = 3}) {
    EXPECT_TRUE(listener.Listen({"127.0.0.1", kHttpPort}, false));
    handler.on_request = [this](const HttpRequest& r) {
      http.Respond(r.socket, {200, {}, {}, false});
    };
    for (int i = 0; i < 2; ++i) guests.push_back(Dial());
  }
  Peer Dial() {
    Peer peer(*this, kHttpPort);
    Settle();
    return peer;
  }

  NotingHandler handler;
  HttpServer http{sockets, handler};
  Listener listener{sockets, http, http};
  std::vector<Peer> guests;  // all that there is room for
};

// ---- Sockets ----

TEST(HttpServerCrowdTest, WhoIsTooManyIsToldAndClosed) {
  CrowdedWorld world;
  Peer late = world.Dial();
  EXPECT_EQ(late.Take(), "") << "an answer to nothing";
  std::string answer = late.Ask(kGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(late.ended());
  EXPECT_FALSE(late.reset());
  EXPECT_TRUE(world.handler.requests.empty());
  for (Peer& guest : world.guests) EXPECT_TRUE(guest.Ask(kGet).starts_with("HTTP/1.1 200 "));
}

TEST(HttpServerCrowdTest, ItsBodyIsNotAwaited) {
  CrowdedWorld world;
  Peer late = world.Dial();
  std::string answer = late.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
}

TEST(HttpServerCrowdTest, TheSilentAndTheSlowGoAfterTwoSeconds) {
  CrowdedWorld world;
  Peer silent = world.Dial();
  Peer slow = world.Dial();
  slow.Send("GET / HT");
  world.Advance(1.9);
  EXPECT_FALSE(silent.ended());
  world.Advance(0.7);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(silent.Take(), "");
  EXPECT_TRUE(slow.Take().starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(slow.ended());
}

TEST(HttpServerCrowdTest, ThereIsRoomAgainWhenSomebodyGoes) {
  CrowdedWorld world;
  world.guests[0].Vanish();
  world.Settle();
  Peer next = world.Dial();
  EXPECT_TRUE(next.Ask(kGet).starts_with("HTTP/1.1 200 "));
}

TEST(HttpServerCrowdTest, ManyAreToldOneAfterTheOther) {
  CrowdedWorld world;
  std::vector<Peer> late;
  for (int i = 0; i < 50; ++i) {
    late.emplace_back(world, kHttpPort);
    late.back().Send(kGet);
    late.back().Finish();
  }
  world.Advance(6);
  for (Peer& peer : late) {
    EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(peer.ended());
  }
  EXPECT_EQ(world.sockets.open_count(), 2u);
}

TEST(HttpServerCrowdTest, OverTlsToo) {
  std::unique_ptr<TlsServer> tls = NewTlsServer();
  CrowdedWorld world;
  world.http.UseTls(*tls);
  TlsPeer client(world, world.Dial());
  ASSERT_EQ(client.Handshake(), 0);
  EXPECT_TRUE(client.Ask(kGet).starts_with("HTTP/1.1 503 "));
}

// ---- Bytes of all requests together ----

HttpServerOptions Small() {
  HttpServerOptions options;
  options.held_bytes_max = 4 * 1024 * 1024;
  return options;
}

class HttpServerHeldTest : public testing::Test {
 protected:
  HttpServerHeldTest() { world_.handler.body_bytes_max = 8 * 1024 * 1024; }
  Peer BeginBody(std::size_t size) {
    Peer peer(world_, kHttpPort);
    peer.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size + 1) +
              "\r\n\r\n" + std::string(size, 'x'));
    world_.Settle();
    return peer;
  }
  HttpWorld world_{Small()};
};

TEST_F(HttpServerHeldTest, LargeBodiesBeyondTheBoundAre503AndSmallOnesStillPass) {
  Peer first = BeginBody(1'500'000);
  Peer second = BeginBody(1'500'000);
  EXPECT_EQ(first.Take(), "");
  Peer third = BeginBody(1'500'000);
  std::string refused = second.Take() + third.Take();
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
  Peer small = BeginBody(100'000);
  EXPECT_EQ(small.Ask("x"), "");
  ASSERT_EQ(world_.handler.Lines(), std::vector<std::string>{"POST /"});
  EXPECT_EQ(world_.handler.requests[0].body.size(), 100'001u);
}

TEST_F(HttpServerHeldTest, ServersMayShareTheBound) {
  HttpServerOptions options = Small();
  options.held_bytes = NewHeldBytes(options);
  {
    HttpWorld one(options);
    HttpWorld other(options);
    for (HttpWorld* world : {&one, &other}) {
      world->handler.body_bytes_max = 8 * 1024 * 1024;
      Peer peer(*world, kHttpPort);
      peer.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1600000\r\n\r\n" +
                std::string(1'500'000, 'x'));
      world->Settle();
      std::string refused = peer.Take();
      EXPECT_EQ(refused.starts_with("HTTP/1.1 503 "), world == &other) << refused;
    }
    EXPECT_GT(options.held_bytes->held(), 1'000'000u);
  }
  EXPECT_EQ(options.held_bytes->held(), 0u);
}

TEST_F(HttpServerHeldTest, WhatIsAnsweredOrGoneCountsNoMore) {
  for (int i = 0; i < 20; ++i) {
    Peer peer = BeginBody(1'000'000);
    switch (i % 4) {
      case 0:
        peer.Send("x");
        world_.Settle();
        world_.Answer(world_.handler.requests.back().socket, "done");
        world_.Settle();
        EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 200 ")) << i;
        break;
      case 1:
        peer.Vanish();
        break;
      case 2:
        peer.Finish();
        break;
      case 3:
        world_.Advance(31);
        EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 408 ")) << i;
        break;
    }
    world_.Settle();
  }
}

TEST_F(HttpServerHeldTest, SmallBodiesAreBoundedTogetherToo) {
  std::vector<Peer> peers;
  for (int i = 0; i < 40; ++i) peers.push_back(BeginBody(200'000));
  int refused = 0;
  for (Peer& peer : peers) refused += peer.Take().starts_with("HTTP/1.1 503 ");
  EXPECT_GE(refused, 40 - 4 * 1024 * 1024 / 200'000);
  EXPECT_LT(refused, 40);
}

TEST_F(HttpServerHeldTest, RequestsBehindOneThatWaitsCount) {
  std::string piled(kGet);
  while (piled.size() < 32 * 1024) piled += kGet;
  std::vector<Peer> peers;
  for (int i = 0; i < 400; ++i) {
    peers.emplace_back(world_, kHttpPort);
    peers.back().Send(piled);
    world_.Settle();
  }
  auto refused = static_cast<int>(
      std::count_if(peers.begin(), peers.end(), [](const Peer& peer) { return peer.reset(); }));
  EXPECT_NEAR(refused, 400 - 4 * 1024 * 1024 / (32 * 1024), 3);
  EXPECT_EQ(world_.handler.gone.size(), static_cast<std::size_t>(refused));
  for (Peer& peer : peers) {
    if (!peer.reset()) peer.Vanish();
  }
  world_.Settle();
  Peer next(world_, kHttpPort);
  next.Ask(kGet);
  EXPECT_EQ(world_.handler.requests.size(), 401u);
}

TEST_F(HttpServerHeldTest, UnfinishedHeadsCount) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(16'000, 'x');
  std::vector<Peer> peers;
  for (int i = 0; i < 400; ++i) {
    peers.emplace_back(world_, kHttpPort);
    peers.back().Send(head);
  }
  world_.Settle();
  int refused = 0;
  for (Peer& peer : peers) refused += peer.Take().starts_with("HTTP/1.1 503 ");
  EXPECT_NEAR(refused, 400 - 4 * 1024 * 1024 / 16'030, 2);
  peers[0].Send("\r\n\r\n");
  world_.Settle();
  EXPECT_EQ(world_.handler.Lines(), std::vector<std::string>{"GET /"});
}

}  // namespace
}  // namespace gatehouse::net
