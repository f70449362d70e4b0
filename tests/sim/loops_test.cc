// A whole gatehouse with two loops, turned by one thread: nobody can tell on which one is.
#include <set>

#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

WorldOptions TwoLoops() {
  WorldOptions options;
  options.loops = 2;
  return options;
}

class LoopsTest : public testing::Test {
 protected:
  LoopsTest() {
    for (std::size_t i = 0; i < 6; ++i) clients_.emplace_back(world_, "", "/production", i % 2);
  }
  static std::string Direct(const std::string& id, const std::string& message) {
    return R"({"action":"sendDirect","connectionId":")" + id +
           R"(","operationType":"x","message":")" + message + "\"}";
  }

  World world_{TwoLoops()};
  std::vector<Client> clients_;
};

TEST_F(LoopsTest, ABroadcastReachesEverybodyOnce) {
  for (std::size_t i : {0, 1}) {
    clients_[i].Send(R"({"action":"sendMessage","message":"hello"})");
    for (Client& client : clients_) {
      EXPECT_EQ(client.TakeMessages(),
                std::vector<std::string>{
                    R"({"type":"message","payload":{"user":"anonymous","message":"hello"}})"});
    }
  }
}

TEST_F(LoopsTest, DirectMessagesCrossBothWays) {
  std::vector<std::string> ids;
  for (Client& client : clients_) ids.push_back(client.Id());
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), clients_.size());
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    std::size_t to = (i + 1) % clients_.size();
    clients_[i].Send(Direct(ids[to], "from " + std::to_string(i)));
    std::vector<std::string> got = clients_[to].TakeMessages();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_NE(got[0].find("\"from " + std::to_string(i) + "\""), std::string::npos) << got[0];
    EXPECT_EQ(clients_[i].TakeMessages(), std::vector<std::string>{});
  }
  clients_[1].CloseSocket();
  world_.Settle();
  clients_[0].Send(Direct(ids[1], "too late"));
  EXPECT_EQ(clients_[0].TakeMessages(),
            std::vector<std::string>{
                R"({"error":"no such connection","action":"sendDirect","connectionId":")" + ids[1] +
                "\"}"});
  EXPECT_EQ(world_.Rows().size(), clients_.size() - 1);
}

TEST_F(LoopsTest, AStopRunsDisconnectOnBothLoops) {
  EXPECT_EQ(world_.Rows().size(), clients_.size());
  EXPECT_EQ(world_.node().open_count(), clients_.size());
  world_.node().BeginStop();
  EXPECT_FALSE(world_.node().IsQuiet());
  world_.Pass(seconds{1});
  for (Client& client : clients_) EXPECT_EQ(client.close_code(), 1001);
  EXPECT_TRUE(world_.node().IsQuiet());
  EXPECT_EQ(world_.Rows().size(), 0u);
  EXPECT_FALSE(world_.node().IsEnded());
  world_.node().CloseIdle();
  world_.Pass(seconds{4});
  EXPECT_TRUE(world_.node().IsEnded());
}

TEST_F(LoopsTest, AStackGoesFromBothLoops) {
  std::optional<Result<void>> deleted;
  world_.node().stacks().Delete("websocket-chat-demo",
                                [&](Result<void> result) { deleted = std::move(result); });
  world_.Pass(seconds{1});
  ASSERT_TRUE(deleted && *deleted);
  for (std::size_t loop : {0, 1}) {
    EXPECT_EQ(clients_[loop].close_code(), 1001);
    EXPECT_EQ(Client(world_, "", "/production", loop).status(), 403);
  }
}

}  // namespace
}  // namespace gatehouse::sim
