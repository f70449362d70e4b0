// What takes minutes and hours on a real clock: idle, age, time-outs, stalled readers, an orderly
// stop.
#include <array>

#include <gtest/gtest.h>

#include "apps/chat/handlers.h"
#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

TEST(Time, TenMinutesWithoutMessagesCloseAConnection) {
  World world;
  Client ann(world, "");
  std::size_t turns = world.turns();
  world.Pass(minutes{10} - seconds{1});
  EXPECT_EQ(ann.close_code(), 0);
  world.Pass(seconds{3});
  EXPECT_EQ(ann.close_code(), 1001);
  EXPECT_EQ(ann.close_reason(), "Going away");
  EXPECT_TRUE(world.Rows().empty());
  EXPECT_LT(world.turns() - turns, 100u) << "an idle server should sleep";
}

TEST(Time, PingsAreAnsweredButDoNotKeepAConnection) {
  World world;
  Client ann(world, "");
  for (int i = 0; i < 3; ++i) {
    world.Pass(minutes{4});
    ann.SendFrame(wire::Opcode::kPing, "?");
  }
  world.Settle();
  EXPECT_EQ(ann.close_code(), 1001);
  EXPECT_EQ(ann.pongs(), 2u);
}

TEST(Time, MessagesInEitherDirectionKeepAConnection) {
  World world;
  Client ann(world, "username=ann"), listener(world, "");
  for (int i = 0; i < 8; ++i) {
    world.Pass(minutes{9});
    ann.Send(R"({"action":"sendMessage","message":"still here"})");
  }
  EXPECT_EQ(ann.close_code(), 0);
  EXPECT_EQ(listener.close_code(), 0);
  EXPECT_EQ(listener.TakeMessages().size(), 8u);
}

TEST(Time, TwoHoursEndAConnectionWhateverItsTraffic) {
  World world;
  Client ann(world, "");
  for (int i = 0; i < 13; ++i) {
    world.Pass(minutes{9});
    ann.Send(R"({"action":"getConnectionId"})");
  }
  EXPECT_EQ(ann.close_code(), 0);  // 1 h 57 min
  world.Pass(minutes{3} + seconds{2});
  EXPECT_EQ(ann.close_code(), 1001);
  EXPECT_TRUE(world.Rows().empty());
}

Task<Answer> Sleeps(Event, Context& context) {
  std::chrono::milliseconds long_time{35'000};
  co_await context.Sleep(long_time);
  co_return Answer{};
}

std::array<HandlerEntry, 5> ChatWith(std::string_view name, Handler handler) {
  std::array<HandlerEntry, 5> handlers;
  std::copy(chat::Handlers().begin(), chat::Handlers().end(), handlers.begin());
  for (HandlerEntry& entry : handlers) {
    if (entry.name == name) entry.handler = handler;
  }
  return handlers;
}

TEST(Time, AnIntegrationThatTakesTooLongIsToldAfter29Seconds) {
  auto handlers = ChatWith("chat/getConnectionId", Sleeps);
  WorldOptions options;
  options.handlers = handlers;
  World world(options);
  Client ann(world, "");
  ann.Send(R"({"action":"getConnectionId"})");
  world.Pass(milliseconds{28'900});
  EXPECT_TRUE(ann.TakeMessages().empty());
  world.Pass(milliseconds{200});
  std::vector<std::string> got = ann.TakeMessages();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(got[0].starts_with(R"({"message": "Endpoint request timed out", "connectionId":")"));
  world.Pass(seconds{10});
  EXPECT_TRUE(ann.TakeMessages().empty()) << "the late answer is dropped";
}

TEST(Time, ASlowConnectIsRefusedWith504) {
  auto handlers = ChatWith("chat/connect", Sleeps);
  WorldOptions options;
  options.handlers = handlers;
  World world(options);
  Client ann(world, "");
  world.Pass(seconds{30});
  EXPECT_EQ(ann.status(), 504);
}

TEST(Time, AReaderThatNeverReadsIsLimitedThenAborted) {
  World world;
  Client ann(world, "username=ann"), stalled(world, "");
  std::string stalled_id = stalled.Id();
  stalled.StopReading();
  std::string text(30'000, 'x');
  for (int i = 0; i < 60; ++i) {
    ann.Send(R"({"action":"sendMessage","message":")" + text + R"("})");
    EXPECT_EQ(ann.TakeMessages().size(), 1u) << "others are not held up";
  }
  ann.Send(R"({"action":"sendDirect","connectionId":")" + stalled_id +
           R"(","operationType":"x","message":")" + text + R"("})");
  std::vector<std::string> refused = ann.TakeMessages();
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_NE(refused[0].find("the client reads too slowly"), std::string::npos) << refused[0];
  EXPECT_EQ(world.Rows().size(), 2u);
  world.Pass(seconds{62});
  EXPECT_EQ(world.Rows().size(), 1u);
  EXPECT_TRUE(stalled.ended());
}

TEST(Time, AStopClosesConnectionsAndRunsDisconnect) {
  World world;
  Client ann(world, ""), bob(world, "");
  world.node().BeginStop();
  world.Settle();
  EXPECT_EQ(ann.close_code(), 1001);
  EXPECT_EQ(bob.close_code(), 1001);
  world.Settle();
  EXPECT_TRUE(world.node().IsQuiet());
  EXPECT_TRUE(world.Rows().empty());
  Client late(world, "");
  EXPECT_EQ(late.status(), 503) << "requests are answered, but nobody new is connected";
  world.node().CloseIdle();
  world.Settle();
  EXPECT_EQ(world.network().Dial(World::kPort), -1) << "nobody listens any more";
  world.Pass(seconds{3});  // sockets linger 2 s for a peer that does not close its end
  EXPECT_TRUE(world.node().IsEnded());
}

}  // namespace
}  // namespace gatehouse::sim
