// $disconnect functions that are processes: what waits for them, in which order, for how long.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;

GatewayOptions Options(std::size_t running_max = 2, std::size_t connections_max = 1000) {
  GatewayOptions options;
  options.departures_running_max = running_max;
  options.upgrades.connections_max = connections_max;
  return options;
}

class DeparturesTest : public testing::Test {
 protected:
  DeparturesTest() {
    invoker().processes = {"disconnect"};
    invoker().later["disconnect"] = true;
  }
  FakeInvoker& invoker() { return world_.invoker; }
  Gateway& gateway() { return *world_.gateway; }
  // So many clients come; all vanish at once.
  void ComeAndGo(int count) {
    std::vector<net::Peer> peers;
    for (int i = 0; i < count; ++i) peers.push_back(world_.Open());
    for (net::Peer& peer : peers) peer.Vanish();
    world_.Settle();
  }
  std::vector<FakeInvoker::Call*> Running() {
    std::vector<FakeInvoker::Call*> running;
    for (FakeInvoker::Call& call : invoker().calls) {
      if (call.function == "disconnect" && call.done) running.push_back(&call);
    }
    return running;
  }
  std::size_t Begun() {
    return static_cast<std::size_t>(
        std::count_if(invoker().calls.begin(), invoker().calls.end(),
                      [](const auto& call) { return call.function == "disconnect"; }));
  }
  void AnswerOne() {
    ASSERT_FALSE(Running().empty());
    invoker().Answer(*Running().front());
    world_.Settle();
  }

  GatewayWorld world_{ChatApi(), {}, 0, {}, Options()};
};

TEST_F(DeparturesTest, WaitAsRecordsUntilAProcessIsFreeAndRunInOrder) {
  ComeAndGo(7);
  EXPECT_EQ(Begun(), 2u);
  EXPECT_EQ(gateway().Facts().departures_waiting, 5u);
  EXPECT_FALSE(gateway().IsQuiet());
  world_.Advance(3600);
  EXPECT_EQ(Begun(), 2u) << "no deadline";
  EXPECT_EQ(world_.logged.find("timed out"), std::string::npos);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(Begun(), std::min<std::size_t>(7, 2 + i));
    AnswerOne();
  }
  EXPECT_TRUE(gateway().IsQuiet());
  std::set<std::string> ids;
  for (const auto& call : invoker().calls) {
    if (call.function == "disconnect") ids.insert(call.connection_id);
  }
  EXPECT_EQ(ids, std::set<std::string>(world_.ids.begin(), world_.ids.end()));
  EXPECT_EQ(gateway().disconnects().undone(), 0u);
}

TEST_F(DeparturesTest, SlotsServeOthersMeanwhileAndEventsAreWhole) {
  ComeAndGo(4);
  net::Peer peer = world_.Open();  // in the slot of one that waits
  EXPECT_EQ(peer.Take(), "");
  std::size_t checked = 0;
  invoker().on_invoke = [&](FakeInvoker::Call& call) {
    const RequestContext& context = *call.event->request_context;
    EXPECT_EQ(context.connection_id, world_.ids[2 + checked++]);
    EXPECT_EQ(context.event_type, "DISCONNECT");
    EXPECT_EQ(context.route_key, "$disconnect");
    EXPECT_EQ(context.disconnect_status_code, 1006);
    EXPECT_EQ(context.domain_name, "localhost:80");
    EXPECT_EQ(context.source_ip, "127.0.0.1");
    EXPECT_GT(context.connected_at, 0);
    EXPECT_EQ(call.event->headers[0].value, "localhost:80");
  };
  AnswerOne();
  AnswerOne();
  EXPECT_EQ(checked, 2u);
  EXPECT_EQ(gateway().open_count(), 1u);
  EXPECT_TRUE(gateway().posts().Get(*world_.place, world_.ids[4]));
}

TEST_F(DeparturesTest, TheClientsCodeAndReasonAreKept) {
  ComeAndGo(2);
  net::Peer peer = world_.Open();
  peer.Ask(net::ClientClose(4000, "tired"));
  AnswerOne();
  EXPECT_EQ(invoker().Lines().back(), "disconnect 4000 tired");
}

TEST_F(DeparturesTest, TakeTheirConnectionsPlaces) {
  GatewayWorld world(ChatApi(), {}, 0, {}, Options(1, 3));
  world.invoker.processes = {"disconnect"};
  world.invoker.later["disconnect"] = true;
  for (int i = 0; i < 3; ++i) {
    net::Peer peer = world.Open();
    peer.Vanish();
    world.Settle();
  }
  net::Peer third = world.Open();  // one runs, two wait
  EXPECT_FALSE(third.reset());
  net::Peer fourth = world.Dial();
  EXPECT_TRUE(fourth.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 503 "));
  for (auto& call : world.invoker.calls) {
    if (call.done) world.invoker.Answer(call);
  }
  world.Settle();
  net::Peer fifth = world.Dial();
  EXPECT_TRUE(fifth.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 101 "));
}

TEST_F(DeparturesTest, AFunctionThatRefusesAtOnceDoesNotPileUpTheStack) {
  invoker().later.clear();
  invoker().outcomes["disconnect"] = {InvokeOutcome::kRefused, {}, "no such function"};
  ComeAndGo(600);
  EXPECT_EQ(Begun(), 600u);
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(DeparturesTest, InProcessHandlersDoNotWait) {
  invoker().processes.clear();
  ComeAndGo(7);
  EXPECT_EQ(Begun(), 7u);
}

TEST_F(DeparturesTest, AStageWithoutTheRouteLetsThemGo) {
  ComeAndGo(5);
  ApiDefinition api = ChatApi();
  std::erase_if(api.routes, [](const auto& route) { return route.key == "$disconnect"; });
  world_.Deploy(api, "prod");
  AnswerOne();
  AnswerOne();
  EXPECT_EQ(Begun(), 2u);
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(DeparturesTest, AStageThatGoesWaitsForAllOfThem) {
  ComeAndGo(5);
  int done = 0;
  gateway().closings().Close(*world_.place, [&] { ++done; });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(done, 0) << i;
    AnswerOne();
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(world_.logged.find("goes"), std::string::npos);
}

TEST_F(DeparturesTest, WhatAStageLeavesWhenItsTimeIsOverIsCounted) {
  ComeAndGo(5);
  int done = 0;
  gateway().closings().Close(*world_.place, [&] { ++done; });
  world_.Advance(8.1);
  EXPECT_EQ(done, 1);
  world_.log.Flush();
  EXPECT_NE(world_.logged.find("stage prod goes after 8 s although $disconnect has not ended for "
                               "5 connections; for 3 of them it was not begun and does not run"),
            std::string::npos)
      << world_.logged;
  gateway().stages().Remove(*world_.place);
  AnswerOne();
  AnswerOne();
  EXPECT_EQ(Begun(), 2u);
  EXPECT_TRUE(gateway().IsQuiet());
}

TEST_F(DeparturesTest, WhatAStopLeavesIsCounted) {
  net::Peer peer = world_.Open();
  ComeAndGo(5);
  gateway().Stop();
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer.Take()), Lines{"close 1001 Going away"});
  AnswerOne();
  EXPECT_FALSE(gateway().IsQuiet());
  gateway().disconnects().End();
  world_.Settle();
  EXPECT_EQ(Begun(), 3u);
  EXPECT_EQ(gateway().disconnects().undone(), 5u) << "two run, three wait no longer";
  AnswerOne();  // in the time that processes have to end
  invoker().Finish(*Running().front(), {InvokeOutcome::kRefused, {}, "gatehouse stops", true});
  EXPECT_EQ(gateway().disconnects().undone(), 4u);
  EXPECT_TRUE(gateway().IsQuiet());
}

}  // namespace
}  // namespace gatehouse::api
