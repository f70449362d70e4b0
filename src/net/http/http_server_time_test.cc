// The HTTP server's time limits.
#include <gtest/gtest.h>

#include "net/http/http_server.h"
#include "net/http/test_http.h"

namespace gatehouse::net {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(HttpServerTimeTest, AHeadMustBeThereTenSecondsAfterTheConnection) {
  HttpWorld world;
  Peer silent(world, kHttpPort);
  Peer dripping(world, kHttpPort);
  Peer late(world, kHttpPort);
  world.Settle();
  std::string drip = "GET / HTTP/1.1\r\nHost: xxxxxxxxxxxxxxxxxxxxx";
  for (std::size_t i = 0; i < 9; ++i) {
    dripping.Send(drip.substr(i, 1));
    world.Advance(1);
  }
  late.Send("GET /");  // so late a beginning does not win time
  world.Advance(0.9);
  EXPECT_FALSE(silent.ended());
  EXPECT_FALSE(dripping.ended());
  world.Advance(1);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(silent.Take(), "") << "nobody asked anything";
  EXPECT_TRUE(dripping.Take().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(dripping.ended());
  EXPECT_TRUE(late.Take().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(world.handler.requests.empty());
}

TEST(HttpServerTimeTest, AHeadAfterAnAnswerHasTenSecondsFromItsFirstByte) {
  HttpWorld world;
  world.EchoLines();
  Peer peer(world, kHttpPort);
  peer.Ask(kGet);
  world.Advance(50);
  EXPECT_EQ(peer.Ask("GET /b HTTP/1.1\r\n"), "");
  world.Advance(9.9);
  EXPECT_FALSE(peer.ended());
  world.Advance(1);
  EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(peer.ended());
}

TEST(HttpServerTimeTest, ABodyMustBeThereWithinThirtySecondsOfItsHead) {
  HttpWorld world;
  Peer peer(world, kHttpPort);
  peer.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 29; ++i) {
    world.Advance(1);
    peer.Send("x");
  }
  world.Advance(0.9);
  EXPECT_FALSE(peer.ended());
  world.Advance(1);
  EXPECT_TRUE(peer.Take().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(world.handler.requests.empty());
}

TEST(HttpServerTimeTest, AnIdleConnectionIsKeptForAMinute) {
  HttpWorld world;
  world.EchoLines();
  Peer peer(world, kHttpPort);
  peer.Ask(kGet);
  world.Advance(59.9);
  EXPECT_FALSE(peer.ended());
  world.Advance(1);
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(peer.Take(), "") << "nobody asked anything";
}

TEST(HttpServerTimeTest, AHandlerMayTakeItsTime) {
  HttpWorld world;
  Peer peer(world, kHttpPort);
  peer.Ask(kGet);
  world.Advance(300);
  world.Answer(world.handler.requests.at(0).socket, "at last");
  world.Settle();
  EXPECT_EQ(Undated(peer.Take()), Ok("at last"));
}

}  // namespace
}  // namespace gatehouse::net
