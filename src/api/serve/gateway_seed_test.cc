// A gateway under random clients, cuts and answers; a failure names its seed.
#include <set>

#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

struct Client {
  net::Peer peer;
  std::string id;
  std::vector<std::string> sent;  // "say" messages
};

class SeedTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  SeedTest() {
    world_.network.CutAtRandom(GetParam());
    for (const char* function : {"connect", "say", "ask", "disconnect"}) {
      world_.invoker.later[function] = Chance(2);
    }
  }
  bool Chance(std::uint64_t of) { return random_.Next() % of == 0; }

  void Dial() {
    Client client{world_.Dial(), {}, {}};
    std::size_t before = world_.invoker.calls.size();
    client.peer.Send(GatewayWorld::Handshake());
    world_.Settle();
    for (std::size_t i = before; i < world_.invoker.calls.size(); ++i) {
      auto& call = world_.invoker.calls[i];
      if (call.function == "connect") client.id = call.connection_id;
    }
    ASSERT_NE(client.id, "");
    ids_.insert(client.id);
    clients_.push_back(std::move(client));
  }
  void Act(Client& client) {
    switch (random_.Next() % 8) {
      case 0:
        client.peer.Vanish();
        break;
      case 1:
        client.peer.Close();
        break;
      case 2:
        client.peer.Send(net::ClientClose(1000));
        world_.Settle();
        client.peer.Close();
        break;
      case 3:
        client.peer.Send(net::ClientText(R"({"action":"ask"})"));
        return;
      default:
        std::string text = R"({"action":"say","n":)" + std::to_string(client.sent.size()) + "}";
        client.peer.Send(net::ClientText(text));
        client.sent.push_back(text);
        return;
    }
    gone_.push_back(std::move(client));
    std::swap(client, clients_.back());
    clients_.pop_back();
  }
  void AnswerOne() {
    auto& call = world_.invoker.calls[random_.Next() % world_.invoker.calls.size()];
    if (call.done) world_.invoker.Answer(call, "x", Chance(5) ? 403 : 200);
  }
  void AnswerAll() {
    for (std::size_t i = 0; i < world_.invoker.calls.size(); ++i) {  // answers may begin new ones
      if (world_.invoker.calls[i].done) world_.invoker.Answer(world_.invoker.calls[i], "x");
      world_.Settle();
    }
  }

  base::SeededRandom random_{GetParam()};
  GatewayWorld world_;
  std::vector<Client> clients_, gone_;
  std::set<std::string> ids_;
};

TEST_P(SeedTest, EveryConnectionHasOneLife) {
  for (int step = 0; step < 300; ++step) {
    if (clients_.size() < 3 || Chance(5)) Dial();
    if (Chance(3)) AnswerOne();
    if (Chance(10)) {
      static_cast<void>(
          world_.gateway->posts().Broadcast(*world_.place, std::string(500, 'b'), {}));
    }
    if (Chance(40)) world_.Advance(15);
    Act(clients_[random_.Next() % clients_.size()]);
    if (Chance(2)) world_.Settle();
  }
  world_.Settle();
  AnswerAll();
  for (Client& client : clients_) client.peer.Vanish();
  world_.Settle();
  AnswerAll();
  world_.Advance(70);

  EXPECT_TRUE(world_.gateway->IsQuiet());
  EXPECT_EQ(world_.sockets.open_count(), 0u);
  EXPECT_EQ(ids_.size(), clients_.size() + gone_.size()) << "an id was given twice";
  std::map<std::string, std::vector<std::string>> said;
  std::map<std::string, std::string> lives;  // "c", "cm", "cmd" …
  for (const auto& call : world_.invoker.calls) {
    std::string& life = lives[call.connection_id];
    char kind = call.function == "connect" ? 'c' : call.function == "disconnect" ? 'd' : 'm';
    if (kind != 'm' || life.back() != 'm') life += kind;
    if (call.function == "say") said[call.connection_id].push_back(call.body);
  }
  for (const auto& [id, life] : lives) {
    EXPECT_TRUE(life == "c" || life == "cd" || life == "cmd") << life;
  }
  for (const Client& client : gone_) {
    const std::vector<std::string>& seen = said[client.id];
    ASSERT_LE(seen.size(), client.sent.size());
    EXPECT_TRUE(std::equal(seen.begin(), seen.end(), client.sent.begin())) << "out of order";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeedTest, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace gatehouse::api
