// Doors under pressure; what is said at them: pool_test, processes_*_test.
#include "function/runtime_api.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "net/test_peer.h"

namespace gatehouse::function {
namespace {

class CountingObserver final : public RuntimeObserver {
 public:
  void OnNext() override { ++nexts; }
  void OnResponse(std::string) override {}
  void OnResponseTooLarge(std::size_t) override {}
  void OnError(std::string_view, std::string_view) override {}
  void OnInitError(std::string_view, std::string_view) override {}
  int nexts = 0;
};

constexpr std::string_view kNext =
    "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";

class RuntimeApiTest : public testing::Test {
 protected:
  net::TestWorld world_;
  CountingObserver observer_;
  RuntimeApi api_{world_.sockets};
};

TEST_F(RuntimeApiTest, OutOfDescriptorsADoorLooksAgainAndDoesNotSpin) {
  auto door = api_.Open(observer_);
  ASSERT_TRUE(door);
  world_.network.FailAccepts(EMFILE);
  net::Peer peer(world_, door->port);
  peer.Send(kNext);
  world_.Settle();  // would fail if the loop did not come to rest
  world_.Advance(1);
  EXPECT_EQ(observer_.nexts, 0);
  world_.network.FailAccepts(0);
  world_.Advance(0.2);
  EXPECT_EQ(observer_.nexts, 1);
}

TEST_F(RuntimeApiTest, ADoorMayCloseWhileItWaits) {
  auto door = api_.Open(observer_);
  ASSERT_TRUE(door);
  world_.network.FailAccepts(EMFILE);
  net::Peer peer(world_, door->port);
  world_.Settle();
  api_.Close(door->id);
  world_.network.FailAccepts(0);
  world_.Advance(1);
  EXPECT_EQ(observer_.nexts, 0);
}

// Guests have taken all places, but an environment of ours must still reach its door.
TEST(RuntimeApiFullTest, ProcessesOfOursHavePlacesOfTheirOwn) {
  net::TestWorld world({.sockets_max = 0, .crowd_max = 0, .own_max = 1});
  CountingObserver observer;
  RuntimeApi api(world.sockets);
  auto door = api.Open(observer);
  ASSERT_TRUE(door);
  net::Peer peer(world, door->port);
  EXPECT_EQ(peer.Ask(kNext), "");
  EXPECT_EQ(observer.nexts, 1);
}

}  // namespace
}  // namespace gatehouse::function
