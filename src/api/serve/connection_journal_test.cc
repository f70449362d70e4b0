// The journal of connections over a store in memory, whose work runs inside the call.
#include "api/serve/connection_journal.h"

#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

store::StoreOptions InMemory() {
  store::StoreOptions options;
  options.path = ":memory:";
  options.threads = false;
  return options;
}

class JournalTest : public testing::Test {
 protected:
  JournalTest() { Start(); }
  ~JournalTest() override {
    End();
    store_->Close();
  }

  // A gateway over what the store has, as after a kill of the one before.
  void Start() {
    auto opened = ConnectionJournal::Open(*store_);
    ASSERT_TRUE(opened) << opened.error().message;
    keyspace_ = opened->keyspace;
    damaged_ = opened->damaged;
    left_over_ = std::move(opened->left_over);
    GatewayOptions options;
    options.incarnation = ++starts_;
    world_ = std::make_unique<GatewayWorld>(ChatApi(), Quotas(), 0, nullptr, options);
    journal_ =
        std::make_unique<ConnectionJournal>(*store_, opened->keyspace, world_->loop, world_->log);
    world_->gateway->UseJournal(*journal_);
  }
  void End() {
    world_->management.reset();
    world_->gateway.reset();
    journal_.reset();
    world_.reset();
  }
  void Restart() {
    End();
    Start();
  }
  void HandOver() {
    for (JournalEntry& entry : left_over_) {
      world_->gateway->disconnects().TakeLeftOver(*world_->place, std::move(entry.departure));
    }
    world_->Settle();
  }
  std::set<std::string> Ids() {
    std::set<std::string> ids;
    store::ScanRange all;
    EXPECT_TRUE(store_->WriteAndWait([&](store::Transaction& transaction) -> Result<void> {
      auto end = transaction.Scan(keyspace_, all, [&](std::string_view id, std::string_view) {
        ids.emplace(id);
        return true;
      });
      return end ? Result<void>() : end.error();
    }));
    return ids;
  }
  void Put(const std::string& id, const std::string& text) {
    EXPECT_TRUE(store_->WriteAndWait(
        [&](store::Transaction& transaction) { return transaction.Put(keyspace_, id, text); }));
  }

  std::unique_ptr<store::Store> store_ = store::Store::Open(InMemory()).value();
  store::KeyspaceId keyspace_{};
  std::uint32_t starts_ = 0;
  std::size_t damaged_ = 0;
  std::vector<JournalEntry> left_over_;
  std::unique_ptr<GatewayWorld> world_;
  std::unique_ptr<ConnectionJournal> journal_;
};

TEST_F(JournalTest, ARowComesBeforeConnectAndGoesAfterDisconnect) {
  std::set<std::string> at_connect;
  world_->invoker.on_invoke = [&](FakeInvoker::Call& call) {
    if (call.function == "connect") at_connect = Ids();
  };
  net::Peer peer = world_->Open();
  EXPECT_EQ(at_connect, std::set<std::string>{world_->ids[0]});
  world_->invoker.later["disconnect"] = true;
  peer.Vanish();
  world_->Settle();
  EXPECT_EQ(Ids().size(), 1u) << "$disconnect has not ended";
  world_->invoker.Answer(world_->invoker.calls.back());
  world_->Settle();
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, AnEntryHasWhatTheEventNeeds) {
  net::Peer peer = world_->Dial();
  EXPECT_TRUE(peer.Ask(GatewayWorld::Handshake("/prod", "User-Agent: a \"b\"\r\n"))
                  .starts_with("HTTP/1.1 101 "));
  Connection shown;
  world_->invoker.on_invoke = [&](FakeInvoker::Call& call) {
    const RequestContext& context = *call.event->request_context;
    shown.id = context.connection_id;
    shown.domain_name = context.domain_name;
    shown.source_ip = context.source_ip;
    shown.user_agent = context.user_agent;
    shown.connected_at = context.connected_at;
    EXPECT_EQ(context.disconnect_status_code, 1006);
    EXPECT_EQ(context.stage, "prod");
    EXPECT_EQ(call.event->headers[0].value, "localhost:80");
  };
  std::string id = world_->invoker.calls[0].connection_id;
  std::int64_t connected_at = world_->invoker.calls[0].event->request_context->connected_at;
  auto on_invoke = world_->invoker.on_invoke;
  Restart();
  ASSERT_EQ(left_over_.size(), 1u);
  EXPECT_EQ(left_over_[0].api_id, "abcde12345");
  EXPECT_EQ(left_over_[0].stage, "prod");
  world_->invoker.on_invoke = on_invoke;
  HandOver();
  EXPECT_EQ(world_->invoker.Lines(), std::vector<std::string>{"disconnect 1006"});
  EXPECT_EQ(shown.id, id);
  EXPECT_EQ(shown.domain_name, "localhost:80");
  EXPECT_EQ(shown.source_ip, "127.0.0.1");
  EXPECT_EQ(shown.user_agent, "a \"b\"");
  EXPECT_EQ(shown.connected_at, connected_at);
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, ARefusedConnectLeavesNoRow) {
  world_->invoker.outcomes["connect"].answer.status_code = 403;
  net::Peer peer = world_->Dial();
  EXPECT_TRUE(peer.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 403 "));
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, AKillDuringConnectLeavesOne) {
  world_->invoker.later["connect"] = true;
  net::Peer peer = world_->Dial();
  peer.Ask(GatewayWorld::Handshake());
  ASSERT_EQ(world_->invoker.calls.size(), 1u);
  Restart();
  EXPECT_EQ(left_over_.size(), 1u);
}

TEST_F(JournalTest, AStopDuringConnectLeavesOne) {
  world_->invoker.outcomes["connect"] = {InvokeOutcome::kRefused, {}, "gatehouse stops", true};
  net::Peer peer = world_->Dial();
  EXPECT_TRUE(peer.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(Ids().size(), 1u);
}

TEST_F(JournalTest, WithoutADisconnectNothingIsWritten) {
  ApiDefinition api = ChatApi();
  std::erase_if(api.routes, [](const auto& route) { return route.key == "$disconnect"; });
  world_->Deploy(api, "prod");
  net::Peer peer = world_->Open();
  EXPECT_EQ(peer.Take(), "");
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, LeftOversWaitForProcessesAndAKillInTheMiddleLosesNone) {
  std::vector<net::Peer> peers;
  for (int i = 0; i < 25; ++i) peers.push_back(world_->Open());
  std::set<std::string> ids = Ids();
  EXPECT_EQ(ids.size(), 25u);
  std::map<std::string, int> runs;
  for (int round = 0; round < 6 && !ids.empty(); ++round) {
    peers.clear();
    Restart();
    EXPECT_EQ(left_over_.size(), ids.size());
    world_->invoker.processes = {"disconnect"};
    world_->invoker.later["disconnect"] = true;
    net::Peer lives = world_->Open();
    HandOver();
    for (int i = 0; i < 7; ++i) {
      for (auto& call : world_->invoker.calls) {
        if (call.function != "disconnect" || !call.done) continue;
        EXPECT_NE(call.connection_id, world_->ids[0]) << "it lives";
        ++runs[call.connection_id];
        world_->invoker.Answer(call);
        world_->Settle();
        break;
      }
    }
    EXPECT_EQ(world_->gateway->open_count(), 1u);
    lives.Ask(net::ClientClose(1000));
    ids = Ids();
  }
  for (const auto& [id, count] : runs) EXPECT_EQ(count, 1) << id;
  EXPECT_GE(runs.size(), 25u);
}

TEST_F(JournalTest, WhatAStopLeavesIsThereAtTheNextStart) {
  world_->invoker.processes = {"disconnect"};
  world_->invoker.later["disconnect"] = true;
  std::vector<net::Peer> peers;
  for (int i = 0; i < 15; ++i) peers.push_back(world_->Open());
  world_->gateway->Stop();
  world_->Settle();
  world_->gateway->disconnects().End();
  for (auto& call : world_->invoker.calls) {  // ten were with their processes
    if (!call.done) continue;
    world_->invoker.Finish(call, {InvokeOutcome::kRefused, {}, "gatehouse stops", true});
  }
  EXPECT_EQ(world_->gateway->disconnects().undone(), 15u);
  Restart();
  EXPECT_EQ(left_over_.size(), 15u);
}

TEST_F(JournalTest, AFunctionThatFailsIsAskedOnce) {
  net::Peer peer = world_->Open();
  world_->invoker.outcomes["disconnect"] = {InvokeOutcome::kFailed, {}, "it threw"};
  peer.Vanish();
  world_->Settle();
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, AStageThatGoesTakesItsRowsAlong) {
  world_->invoker.processes = {"disconnect"};
  world_->invoker.later["disconnect"] = true;
  std::vector<net::Peer> peers;
  for (int i = 0; i < 12; ++i) peers.push_back(world_->Open());
  world_->gateway->closings().Close(*world_->place, [] {});
  world_->Advance(8.1);
  EXPECT_EQ(Ids().size(), 10u) << "those that are with their processes";
  for (auto& call : world_->invoker.calls) {
    if (call.done) world_->invoker.Answer(call);
  }
  world_->Settle();
  EXPECT_EQ(Ids(), std::set<std::string>{});
}

TEST_F(JournalTest, AnUnwritableStoreRefusesConnectsAndRowsGoWhenItIsWell) {
  net::Peer peer = world_->Open();
  // The keyspace is away for a while: every write fails.
  ASSERT_TRUE(store_->WriteAndWait(
      [&](store::Transaction& transaction) { return transaction.DropKeyspace(keyspace_); }));
  net::Peer refused = world_->Dial();
  EXPECT_TRUE(refused.Ask(GatewayWorld::Handshake()).starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(world_->invoker.Lines(), std::vector<std::string>{"connect"});
  peer.Vanish();
  world_->Advance(3);
  world_->log.Flush();
  EXPECT_NE(world_->logged.find("the journal of connections cannot be written"), std::string::npos);
}

TEST_F(JournalTest, DamagedRowsAreDroppedAndNewerOnesRefused) {
  Put("AAAAAAAAAAAAAAA=", "nonsense");
  Put("BBBBBBBBBBBBBBB=", R"({"v":1,"apiId":"a"})");
  Put("CCCCCCCCCCCCCCC=",
      R"({"v":1,"apiId":"a","stage":"s","connectedAt":5,"authorizer":{"new":"member"}})");
  Restart();
  EXPECT_EQ(damaged_, 2u);
  ASSERT_EQ(left_over_.size(), 1u);
  EXPECT_EQ(left_over_[0].departure.connected_at, 5);
  EXPECT_EQ(Ids(), std::set<std::string>{"CCCCCCCCCCCCCCC="});
  Put("DDDDDDDDDDDDDDD=", R"({"v":2,"apiId":"a","stage":"s"})");
  auto refused = ConnectionJournal::Open(*store_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(Ids().size(), 2u) << "nothing was touched";
}

}  // namespace
}  // namespace gatehouse::api
