// Doors under pressure; what is said at them: pool_test, processes_*_test.
#include "function/process/runtime_api.h"

#include <cerrno>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/loop/test_peer.h"

namespace gatehouse::function {
namespace {

class CountingObserver final : public RuntimeObserver {
 public:
  void OnNext() override { ++nexts; }
  void OnResponse(std::string) override {}
  void OnResponseTooLarge(std::size_t) override {}
  void OnError(std::string_view, std::string_view) override {}
  void OnInitError(std::string_view, std::string_view) override {}
  void OnStranger() override { ++strangers; }
  int nexts = 0;
  int strangers = 0;
};

// The request for an event, at a port.
std::string Next(const RuntimeApi::Door& door, std::string_view fields = {}) {
  return fmt::format(
      "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n", door.port,
      fields);
}
constexpr pid_t kProcess = 1234;

class RuntimeApiTest : public testing::Test {
 protected:
  RuntimeApi::Door OpenPort() {
    Result<RuntimeApi::Door> door = api_.OpenPort(observer_);
    EXPECT_TRUE(door);
    api_.Admit(door->id, kProcess);
    return *door;
  }

  net::TestWorld world_;
  CountingObserver observer_;
  RuntimeApi api_{world_.sockets};
};

TEST_F(RuntimeApiTest, OutOfDescriptorsADoorLooksAgainAndDoesNotSpin) {
  RuntimeApi::Door door = OpenPort();
  world_.network.FailAccepts(EMFILE);
  net::Peer peer(world_, door.port);
  peer.Send(Next(door));
  world_.Settle();  // would fail if the loop did not come to rest
  world_.Advance(1);
  EXPECT_EQ(observer_.nexts, 0);
  world_.network.FailAccepts(0);
  world_.Advance(0.2);
  EXPECT_EQ(observer_.nexts, 1);
}

TEST_F(RuntimeApiTest, ADoorMayCloseWhileItWaits) {
  RuntimeApi::Door door = OpenPort();
  world_.network.FailAccepts(EMFILE);
  net::Peer peer(world_, door.port);
  world_.Settle();
  api_.Close(door.id);
  world_.network.FailAccepts(0);
  world_.Advance(1);
  EXPECT_EQ(observer_.nexts, 0);
}

TEST_F(RuntimeApiTest, AChannelNeedsNoPortAndNoHost) {
  Result<RuntimeApi::Door> door = api_.OpenChannel(observer_);
  ASSERT_TRUE(door);
  EXPECT_EQ(door->port, 0);
  net::Peer process = net::Peer::Of(world_, door->descriptor);
  EXPECT_EQ(process.Ask("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"), "");
  ASSERT_EQ(observer_.nexts, 1);
  RuntimeEvent event;
  event.request_id = "id";
  event.payload = "[1]";
  api_.Deliver(door->id, event);
  world_.Settle();
  EXPECT_TRUE(process.Take().ends_with("\r\n\r\n[1]"));
  EXPECT_TRUE(process
                  .Ask("POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: 1\r\n\r\n2")
                  .starts_with("HTTP/1.1 202 "));
  api_.Close(door->id);
  world_.Settle();
  EXPECT_TRUE(process.reset());
}

TEST_F(RuntimeApiTest, AStrangerIsTurnedAwayAndTheProcessIsNot) {
  RuntimeApi::Door door = OpenPort();
  for (net::PeerProcess who : {net::PeerProcess::kOtherUser, net::PeerProcess::kStranger}) {
    observer_ = {};
    world_.network.SetPeerProcess(who);
    net::Peer stranger(world_, door.port);
    EXPECT_EQ(stranger.Ask(Next(door)), "");
    EXPECT_TRUE(stranger.reset());
    EXPECT_EQ(observer_.strangers, 1);
    EXPECT_EQ(observer_.nexts, 0);
  }
  world_.network.SetPeerProcess(net::PeerProcess::kOwn);
  net::Peer process(world_, door.port);
  process.Send(Next(door));
  world_.Advance(0.2);
  EXPECT_EQ(observer_.nexts, 1);
}

// Each costs a walk through /proc; those of other users do not.
TEST_F(RuntimeApiTest, StrangersOfOurUserAreLookedAtSlowly) {
  RuntimeApi::Door door = OpenPort();
  world_.network.SetPeerProcess(net::PeerProcess::kStranger);
  std::vector<net::Peer> strangers;
  for (int i = 0; i < 30; ++i) strangers.emplace_back(world_, door.port);
  world_.Advance(0.95);
  EXPECT_EQ(observer_.strangers, 10);
  world_.network.SetPeerProcess(net::PeerProcess::kOtherUser);
  world_.Advance(0.2);
  EXPECT_EQ(observer_.strangers, 30);
}

TEST_F(RuntimeApiTest, NobodyIsLetInBeforeTheProcessRuns) {
  Result<RuntimeApi::Door> door = api_.OpenPort(observer_);
  ASSERT_TRUE(door);
  net::Peer early(world_, door->port);
  early.Send(Next(*door));
  world_.Advance(1);
  EXPECT_EQ(observer_.nexts, 0);
  api_.Admit(door->id, kProcess);
  world_.Settle();
  EXPECT_EQ(observer_.nexts, 1);
}

TEST_F(RuntimeApiTest, WhatABrowserCouldSendIsRefused) {
  RuntimeApi::Door door = OpenPort();
  std::string port = std::to_string(door.port);
  for (const std::string& host : {std::string("127.0.0.1"), "localhost:" + port, "[::1]:" + port,
                                  "127.0.0.1:" + port + "0", "evil.example:" + port}) {
    net::Peer peer(world_, door.port);
    EXPECT_TRUE(
        peer.Ask("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
            .starts_with("HTTP/1.1 403 "))
        << host;
  }
  for (const char* field :
       {"Origin: null", "origin: http://127.0.0.1", "Sec-Fetch-Site: none", "sec-fetch-mode: cors",
        "Sec-Fetch-Dest: image", "Sec-Fetch-User: ?1"}) {
    net::Peer peer(world_, door.port);
    EXPECT_TRUE(peer.Ask(Next(door, std::string(field) + "\r\n")).starts_with("HTTP/1.1 403 "))
        << field;
  }
  EXPECT_EQ(observer_.nexts, 0);
}

// Guests have taken all places, but an environment of ours must still reach its door.
TEST(RuntimeApiFullTest, ProcessesOfOursHavePlacesOfTheirOwn) {
  net::TestWorld world({.sockets_max = 0, .crowd_max = 0, .own_max = 1});
  CountingObserver observer;
  RuntimeApi api(world.sockets);
  auto door = api.OpenPort(observer);
  ASSERT_TRUE(door);
  api.Admit(door->id, kProcess);
  net::Peer peer(world, door->port);
  EXPECT_EQ(peer.Ask(Next(*door)), "");
  EXPECT_EQ(observer.nexts, 1);
  EXPECT_FALSE(api.OpenChannel(observer)) << "there is no place left";
}

}  // namespace
}  // namespace gatehouse::function
