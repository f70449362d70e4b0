// Two loops, each with its gateway, its network and its clock, turned by the test: what one asks of
// the other happens when the other's loop turns, and is answered when its own does.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;

class GatewayAcrossTest : public testing::Test {
 protected:
  GatewayAcrossTest() {
    group_.Add(a_.loop, *a_.gateway);
    group_.Add(b_.loop, *b_.gateway);
    peer_a_.emplace(a_.Open());
    peer_b_.emplace(b_.Open());
    second_b_.emplace(b_.Open());
  }
  void Settle() {
    for (int i = 0; i < 4; ++i) {
      a_.Settle();
      b_.Settle();
    }
  }
  // The error's code, or "ok"; "nothing" until it was answered.
  std::function<void(const Result<void>&)> Into(std::string& outcome) {
    outcome = "nothing";
    return [&outcome](const Result<void>& result) {
      EXPECT_EQ(outcome, "nothing") << "answered twice";
      outcome = result ? "ok" : result.error().message;
    };
  }
  std::string PostFromA(const std::string& id, std::string_view data) {
    std::string outcome;
    a_.gateway->connections().Post({*a_.place}, id, data, Into(outcome));
    Settle();
    return outcome;
  }
  static Lines Take(std::optional<net::Peer>& peer) { return net::FrameLines(peer->Take()); }
  // "200 OK {…}" of a request to a's door.
  std::string AskA(const std::string& method, const std::string& target, std::string body = {}) {
    net::Peer peer = a_.Dial();
    peer.Send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
    Settle();
    std::string answer = peer.Take();
    std::size_t end = answer.find("\r\n\r\n");
    std::string status = answer.substr(9, answer.find("\r\n") - 9);
    std::string text = answer.substr(end + 4);
    return text.empty() ? status : status + " " + text;
  }
  const std::string& IdA() { return a_.ids[0]; }
  const std::string& IdB() { return b_.ids[0]; }

  GatewayWorld a_;
  GatewayWorld b_{ChatApi(), {}, 1};
  GatewayGroup group_{{.questions_max = 4, .bytes_max = 300'000}};
  std::optional<net::Peer> peer_a_, peer_b_, second_b_;
};

TEST_F(GatewayAcrossTest, AnIdTellsWhoseLoopItIs) {
  EXPECT_FALSE(a_.gateway->connections().IsAlone());
  EXPECT_TRUE(a_.gateway->connections().IsElsewhere(IdB()));
  EXPECT_FALSE(a_.gateway->connections().IsElsewhere(IdA()));
  EXPECT_TRUE(b_.gateway->connections().IsElsewhere(IdA()));
  EXPECT_FALSE(b_.gateway->connections().IsElsewhere(IdB()));
  EXPECT_FALSE(a_.gateway->connections().IsElsewhere("nonsense"));
  ConnectionIdCodec ids({1, 2});
  EXPECT_FALSE(a_.gateway->connections().IsElsewhere(ids.Encode({4711, 2, 0, 1})))
      << "there is no third loop";
  EXPECT_FALSE(a_.gateway->connections().IsElsewhere(ids.Encode({4712, 1, 0, 1})))
      << "of a former life";
  EXPECT_EQ(a_.gateway->posts().Post(*a_.place, IdB(), "x").error().code, ErrorCode::kGone);
}

TEST_F(GatewayAcrossTest, APostIsDoneWhenTheOtherLoopHasQueuedIt) {
  std::string outcome;
  a_.gateway->connections().Post({*a_.place}, IdB(), "hi", Into(outcome));
  a_.Settle();
  EXPECT_EQ(outcome, "nothing");
  b_.Settle();
  EXPECT_EQ(Take(peer_b_), Lines{"text hi"});
  EXPECT_EQ(outcome, "nothing") << "answered on another loop's turn";
  a_.Settle();
  EXPECT_EQ(outcome, "ok");
  EXPECT_EQ(Take(second_b_), Lines{});
}

TEST_F(GatewayAcrossTest, ErrorsAreThoseOfOneLoop) {
  EXPECT_EQ(PostFromA(IdB(), std::string(128 * 1024, 'x')), "ok");
  EXPECT_EQ(PostFromA(IdB(), std::string(128 * 1024 + 1, 'x')),
            "the message has 131073 bytes; 131072 are allowed");
  ConnectionIdCodec ids({1, 2});
  EXPECT_EQ(PostFromA(ids.Encode({4711, 1, 7, 1}), std::string(128 * 1024 + 1, 'x')),
            "no such connection");
  EXPECT_EQ(PostFromA(ids.Encode({4711, 1, 0, 9}), "x"), "no such connection");
  peer_b_->Close();
  Settle();
  EXPECT_EQ(PostFromA(IdB(), "x"), "no such connection");
}

TEST_F(GatewayAcrossTest, ConnectionsOfAnotherStageAreGone) {
  a_.Deploy(ChatApi(), "dev");
  StagePlace* dev = a_.gateway->stages().Find("abcde12345", "dev");
  std::string outcome;
  a_.gateway->connections().Post({*dev}, IdB(), "x", Into(outcome));
  Settle();
  EXPECT_EQ(outcome, "no such connection");
  EXPECT_EQ(Take(peer_b_), Lines{});
}

TEST_F(GatewayAcrossTest, AmongStagesOfOneNameTheConnectionsLoopKnowsWhose) {
  ApiDefinition other = ChatApi();
  other.api_id = "other12345";
  a_.Deploy(other, "prod");
  b_.Deploy(other, "prod");
  net::Peer peer = b_.Open("/other12345/prod");
  std::string id = b_.ids.back();
  StagePath where = a_.gateway->Resolve("/prod/@connections/" + id, "");
  ASSERT_NE(where.place, nullptr);
  EXPECT_TRUE(where.any_api);
  EXPECT_EQ(AskA("POST", "/prod/@connections/" + id, "to the other"), "200 OK");
  EXPECT_EQ(AskA("POST", "/prod/@connections/" + IdB(), "to the first"), "200 OK");
  EXPECT_EQ(AskA("POST", "/other12345/prod/@connections/" + IdB(), "wrong"), "410 Gone");
  EXPECT_EQ(net::FrameLines(peer.Take()), Lines{"text to the other"});
  EXPECT_EQ(Take(peer_b_), Lines{"text to the first"});
  EXPECT_EQ(AskA("POST", "/prod/@connections", "whose?"),
            R"(403 Forbidden {"message":"Forbidden"})");
}

TEST_F(GatewayAcrossTest, PostsAndBroadcastsOfOneCallerStayInOrder) {
  Lines expected;
  std::vector<std::string> both{IdA(), IdB()};
  for (int i = 0; i < 90; ++i) {
    std::string n = std::to_string(i), outcome;
    a_.gateway->connections().Post({*a_.place}, IdB(), "one " + n, [](const Result<void>&) {});
    a_.gateway->connections().Broadcast(*a_.place, "all " + n, {},
                                        [](const Result<BroadcastResult>&) {});
    a_.gateway->connections().PostAll(*a_.place, both, "many " + n,
                                      [](const std::vector<Result<void>>&) {});
    for (const char* kind : {"text one ", "text all ", "text many "}) expected.push_back(kind + n);
    b_.Settle();
    if (i % 30 == 20) a_.Settle();
  }
  Settle();
  EXPECT_EQ(Take(peer_b_), expected);
}

TEST_F(GatewayAcrossTest, PostAllGivesAResultForEachInOrder) {
  std::vector<std::string> ids{b_.ids[1], "nonsense", IdA(), IdB(), "AAAAAAAAAAAAAAA=", b_.ids[1]};
  std::vector<Result<void>> results;
  a_.gateway->connections().PostAll(
      *a_.place, ids, "hello", [&](std::vector<Result<void>> all) { results = std::move(all); });
  Settle();
  ASSERT_EQ(results.size(), 6u);
  for (std::size_t i : {0, 2, 3, 5}) EXPECT_TRUE(results[i]) << i;
  EXPECT_EQ(results[1].error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(results[4].error().code, ErrorCode::kGone);
  EXPECT_EQ(Take(peer_a_), Lines{"text hello"});
  EXPECT_EQ(Take(peer_b_), Lines{"text hello"});
  EXPECT_EQ(Take(second_b_), (Lines{"text hello", "text hello"}));
  a_.gateway->connections().PostAll(
      *a_.place, {}, "to nobody", [&](std::vector<Result<void>> all) { results = std::move(all); });
  EXPECT_EQ(results.size(), 0u);
}

TEST_F(GatewayAcrossTest, ABroadcastReachesAllLoopsButTheExcluded) {
  std::vector<std::string> exclude{IdA(), b_.ids[1], "nonsense"};
  std::optional<Result<BroadcastResult>> result;
  a_.gateway->connections().Broadcast(*a_.place, "all", exclude,
                                      [&](Result<BroadcastResult> r) { result = std::move(r); });
  EXPECT_FALSE(result) << "before the other loop said how many";
  Settle();
  ASSERT_TRUE(result && *result);
  EXPECT_EQ((*result)->posted, 1u);
  EXPECT_EQ((*result)->failed, 0u);
  EXPECT_EQ(Take(peer_a_), Lines{});
  EXPECT_EQ(Take(peer_b_), Lines{"text all"});
  EXPECT_EQ(Take(second_b_), Lines{});
}

TEST_F(GatewayAcrossTest, AFullQueueAnswersLimitExceededAndLosesNothing) {
  const std::string full = "too many posts wait for the connection's event loop";
  std::vector<std::string> outcomes(6);
  for (std::string& outcome : outcomes) {
    a_.gateway->connections().Post({*a_.place}, IdB(), "x", Into(outcome));
  }
  EXPECT_EQ(outcomes[3], "nothing");
  EXPECT_EQ(outcomes[4], full);
  EXPECT_EQ(outcomes[5], full);
  std::optional<Result<BroadcastResult>> broadcast;
  a_.gateway->connections().Broadcast(*a_.place, "all or nobody", {},
                                      [&](Result<BroadcastResult> r) { broadcast = std::move(r); });
  ASSERT_TRUE(broadcast);
  EXPECT_EQ(broadcast->error().code, ErrorCode::kLimitExceeded);
  std::vector<std::string> both{IdA(), IdB()};
  std::vector<Result<void>> results;
  a_.gateway->connections().PostAll(
      *a_.place, both, "here only",
      [&](std::vector<Result<void>> all) { results = std::move(all); });
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, ErrorCode::kLimitExceeded);
  Settle();
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(outcomes[i], "ok");
  EXPECT_EQ(Take(peer_b_), Lines(4, "text x"));
  EXPECT_EQ(Take(peer_a_), Lines{"text here only"});
  EXPECT_EQ(PostFromA(IdB(), "room again"), "ok");
}

TEST_F(GatewayAcrossTest, WhatWaitsIsBoundedInBytesToo) {
  std::string large(120'000, 'x'), first, second, third;
  a_.gateway->connections().Post({*a_.place}, IdB(), large, Into(first));
  a_.gateway->connections().Post({*a_.place}, IdB(), large, Into(second));
  a_.gateway->connections().Post({*a_.place}, IdB(), large, Into(third));
  EXPECT_EQ(third, "too many posts wait for the connection's event loop");
  Settle();
  EXPECT_EQ(first + second, "okok");
}

TEST_F(GatewayAcrossTest, TheManagementApiReachesOtherLoops) {
  std::string path = "/prod/@connections/" + IdB();
  EXPECT_EQ(AskA("POST", path, "hello"), "200 OK");
  EXPECT_EQ(AskA("GET", path),
            R"(200 OK {"connectedAt":"2026-01-01T10:10:10.000Z","identity":{"sourceIp":)"
            R"("127.0.0.1","userAgent":null},"lastActiveAt":"2026-01-01T10:10:10.000Z"})");
  EXPECT_EQ(AskA("POST", "/prod/@connections?exclude=" + b_.ids[1], "all"),
            R"(200 OK {"posted":2,"failed":0})");
  EXPECT_EQ(AskA("DELETE", path + "?code=4001&reason=bye"), "204 No Content");
  EXPECT_EQ(Take(peer_b_), (Lines{"text hello", "text all", "close 4001 bye"}));
  EXPECT_EQ(b_.invoker.Lines().back(), "disconnect 4001 bye");
  for (const char* method : {"POST", "GET", "DELETE"}) EXPECT_EQ(AskA(method, path), "410 Gone");
  EXPECT_EQ(Take(second_b_), Lines{});
  EXPECT_EQ(Take(peer_a_), Lines{"text all"});
}

TEST_F(GatewayAcrossTest, AStageIsDeployedEverywhereBeforeThatIsDone) {
  ApiDefinition api = ChatApi();
  api.api_id = "fresh12345";
  bool done = false;
  group_.Deploy({*Stage::Compile(api, {"fresh", {}})}, [&] { done = true; });
  EXPECT_NE(a_.gateway->stages().Find("fresh12345", "fresh"), nullptr);
  a_.Settle();
  EXPECT_FALSE(done);
  b_.Settle();
  EXPECT_NE(b_.gateway->stages().Find("fresh12345", "fresh"), nullptr);
  EXPECT_FALSE(done);
  a_.Settle();
  EXPECT_TRUE(done);
}

TEST_F(GatewayAcrossTest, AStageGoesOnceEveryLoopHasClosedIt) {
  b_.invoker.later["disconnect"] = true;
  bool done = false;
  group_.CloseStage(*a_.place, [&] { done = true; });
  Settle();
  EXPECT_EQ(Take(peer_a_), Lines{"close 1001 Going away"});
  EXPECT_EQ(Take(peer_b_), Lines{"close 1001 Going away"});
  EXPECT_FALSE(done) << "a $disconnect still runs on the other loop";
  EXPECT_NE(a_.gateway->stages().Find("abcde12345", "prod"), nullptr);
  for (auto& call : b_.invoker.calls) {
    if (call.function == "disconnect") b_.invoker.Answer(call);
  }
  Settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(a_.gateway->stages().Find("abcde12345", "prod"), nullptr);
  EXPECT_EQ(b_.gateway->stages().Find("abcde12345", "prod"), nullptr);
}

}  // namespace
}  // namespace gatehouse::api
