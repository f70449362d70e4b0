// What a broadcast costs the system: one write per connection and turn (design §5).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "apps/chat/handlers.h"
#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

constexpr std::size_t kClients = 1000;

// Everybody gets the message as it came.
Task<Answer> BroadcastBody(Event event, Context& context) {
  std::span<const std::string> nobody;
  Result<BroadcastResult> sent = co_await context.connections().Broadcast(event.body, nobody);
  Answer answer;
  answer.status_code = sent && sent->posted == kClients ? 200 : 500;
  co_return answer;
}

// The chat's handlers with sendMessage replaced.
std::vector<HandlerEntry> HandlersWithBroadcast() {
  std::vector<HandlerEntry> handlers(chat::Handlers().begin(), chat::Handlers().end());
  for (HandlerEntry& entry : handlers) {
    if (entry.name == "chat/sendMessage") entry.handler = BroadcastBody;
  }
  return handlers;
}

// Sends `burst` messages at once in a world with kClients clients; everybody must get them all.
std::size_t WritesOf(WorldOptions options, std::size_t burst, std::string_view text) {
  World world(options);
  std::vector<Client> clients;
  clients.reserve(kClients);
  for (std::size_t i = 0; i < kClients; ++i) clients.emplace_back(world, "");
  for (Client& client : clients) EXPECT_EQ(client.status(), 101);
  std::size_t before = world.network().writes();
  for (std::size_t i = 0; i < burst; ++i) {
    clients[0].SendFrame(wire::Opcode::kText, R"({"action":"sendMessage","message":"hi"})");
  }
  std::size_t own = world.network().writes() - before;  // the client's
  world.Settle();
  std::size_t writes = world.network().writes() - before - own;
  for (Client& client : clients) {
    std::vector<std::string> messages = client.TakeMessages();
    EXPECT_EQ(messages.size(), burst);
    for (const std::string& message : messages) EXPECT_NE(message.find(text), std::string::npos);
  }
  return writes;
}

TEST(BroadcastTest, ToAThousandIsAThousandWrites) {
  EXPECT_EQ(WritesOf({}, 1, R"("message":"hi")"), kClients);
}

TEST(BroadcastTest, ABurstOfEightToAThousandIsStillAThousandWrites) {
  std::vector<HandlerEntry> handlers = HandlersWithBroadcast();
  WorldOptions options;
  options.handlers = handlers;
  EXPECT_EQ(WritesOf(options, 8, R"({"action":"sendMessage","message":"hi"})"), kClients);
}

}  // namespace
}  // namespace gatehouse::sim
