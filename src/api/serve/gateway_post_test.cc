// Posts and broadcasts, as handlers make them.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;

class GatewayPostTest : public testing::Test {
 protected:
  GatewayPostTest() {
    for (int i = 0; i < 3; ++i) peers_.push_back(world_.Open());
  }
  Gateway& gateway() { return *world_.gateway; }
  Lines Take(std::size_t i) { return net::FrameLines(peers_[i].Take()); }

  GatewayWorld world_;
  std::vector<net::Peer> peers_;
};

TEST_F(GatewayPostTest, APostReachesItsConnectionOnly) {
  EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[1], "hi"));
  EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[1], ""));
  world_.Settle();
  EXPECT_EQ(Take(1), (Lines{"text hi", "text"}));
  EXPECT_EQ(Take(0), Lines{});
}

TEST_F(GatewayPostTest, ErrorsAreThoseOfTheInterface) {
  auto code = [&](std::string_view id, std::string_view data) {
    Result<void> result = gateway().posts().Post(*world_.place, id, data);
    return result ? std::optional<ErrorCode>() : result.error().code;
  };
  EXPECT_EQ(code(world_.ids[0], std::string(128 * 1024, 'x')), std::nullopt);
  EXPECT_EQ(code(world_.ids[0], std::string(128 * 1024 + 1, 'x')), ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(code(world_.ids[0], "\xff"), std::nullopt);
  EXPECT_EQ(code("AAAAAAAAAAAAAAA=", "x"), ErrorCode::kGone);
  EXPECT_EQ(code("nonsense", "x"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code("", "x"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code("\xff", "x"), ErrorCode::kInvalidArgument);
  // An id with the spare bits set is nobody's, however alike.
  std::string alike = world_.ids[0];
  std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  alike[14] = alphabet[alphabet.find(alike[14]) | 1];
  EXPECT_EQ(code(alike, "x"), ErrorCode::kGone);
}

TEST_F(GatewayPostTest, AConnectionsIdPicksItsApiAmongStagesOfOneName) {
  ApiDefinition other = ChatApi();
  other.api_id = "other12345";
  StagePlace* second = world_.Deploy(other, "prod");
  [[maybe_unused]] net::Peer peer = world_.Open("/other12345/prod");
  auto place_of = [&](const std::string& path) { return gateway().Resolve(path, "").place; };
  EXPECT_EQ(place_of("/prod/@connections/" + world_.ids[0]), world_.place);
  EXPECT_EQ(place_of("/prod/%40connections/" + world_.ids[3].substr(0, 15) + "%3D"), second);
  // Somebody's or nobody's: it is gone wherever one looks.
  EXPECT_NE(place_of("/prod/@connections/AAAAAAAAAAAAAAA="), nullptr);
  EXPECT_NE(place_of("/prod/@connections/nonsense"), nullptr);
  EXPECT_NE(place_of("/prod/@connections"), nullptr);
  EXPECT_EQ(place_of("/prod"), nullptr);
  EXPECT_EQ(place_of("/dev/@connections/" + world_.ids[0]), nullptr);
  std::string path = "/prod/@connections/" + world_.ids[0];
  EXPECT_EQ(gateway().Resolve(path, "other12345").place, second);  // the host has picked
}

TEST_F(GatewayPostTest, ConnectionsOfAnotherStageAreGoneHere) {
  ApiDefinition other = ChatApi();
  StagePlace* place = world_.Deploy(other, "dev");
  EXPECT_EQ(gateway().posts().Post(*place, world_.ids[0], "x").error().code, ErrorCode::kGone);
  net::Peer peer = world_.Open("/dev");
  EXPECT_TRUE(gateway().posts().Post(*place, world_.ids[3], "x"));
  EXPECT_EQ(gateway().posts().Broadcast(*place, "dev only", {})->posted, 1u);
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer.Take()), (Lines{"text x", "text dev only"}));
  EXPECT_EQ(Take(0), Lines{});
}

TEST_F(GatewayPostTest, IdsOfAFormerLifeAreGone) {
  GatewayOptions options;
  options.incarnation = 4712;
  options.id_key = {1, 2};  // even with the same key
  ConnectionIdCodec ids(options.id_key);
  EXPECT_EQ(gateway().posts().Post(*world_.place, ids.Encode({4712, 0, 0, 1}), "x").error().code,
            ErrorCode::kGone);
  EXPECT_TRUE(gateway().posts().Post(*world_.place, ids.Encode({4711, 0, 0, 1}), "x"));
  EXPECT_EQ(gateway().posts().Post(*world_.place, ids.Encode({4711, 1, 0, 1}), "x").error().code,
            ErrorCode::kGone);
  EXPECT_EQ(
      gateway().posts().Post(*world_.place, ids.Encode({4711, 0, 0xffffff, 1}), "x").error().code,
      ErrorCode::kGone);
}

TEST_F(GatewayPostTest, PostAllGivesAResultForEachInOrder) {
  std::vector<std::string> ids{world_.ids[2], "AAAAAAAAAAAAAAA=", world_.ids[0], "nonsense",
                               world_.ids[2]};
  std::vector<Result<void>> results = gateway().posts().PostAll(*world_.place, ids, "hello");
  ASSERT_EQ(results.size(), 5u);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, ErrorCode::kGone);
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(results[3].error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(results[4]);
  world_.Settle();
  EXPECT_EQ(Take(0), Lines{"text hello"});
  EXPECT_EQ(Take(1), Lines{});
  EXPECT_EQ(Take(2), (Lines{"text hello", "text hello"}));
  results = gateway().posts().PostAll(*world_.place, ids, std::string(200'000, 'x'));
  ASSERT_EQ(results.size(), 5u);
  for (const auto& result : results) {
    EXPECT_EQ(result.error().code, ErrorCode::kPayloadTooLarge);
  }
}

TEST_F(GatewayPostTest, BroadcastReachesAllButTheExcluded) {
  std::vector<std::string> exclude{world_.ids[1], "nonsense"};
  auto result = gateway().posts().Broadcast(*world_.place, "all", exclude);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->posted, 2u);
  EXPECT_EQ(result->failed, 0u);
  world_.Settle();
  EXPECT_EQ(Take(0), Lines{"text all"});
  EXPECT_EQ(Take(1), Lines{});
  EXPECT_EQ(Take(2), Lines{"text all"});
  EXPECT_TRUE(gateway().posts().Broadcast(*world_.place, "\xff", {}));
  world_.Settle();
  EXPECT_EQ(Take(0), Lines{"text \xef\xbf\xbd"});
}

TEST_F(GatewayPostTest, BroadcastsAndPostsArriveInTheOrderTheyWereMade) {
  Lines expected;
  for (int i = 0; i < 150; ++i) {
    std::string n = std::to_string(i);
    EXPECT_TRUE(gateway().posts().Broadcast(*world_.place, "all " + n, {}));
    EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[0], "one " + n));
    gateway().posts().PostAll(*world_.place, world_.ids, "many " + n);
    for (const char* kind : {"text all ", "text one ", "text many "}) expected.push_back(kind + n);
    if (i % 50 == 20) world_.Settle();
  }
  world_.Settle();
  EXPECT_EQ(Take(0), expected);
}

TEST_F(GatewayPostTest, ASlowReaderAnswersLimitExceededAndTheOthersGoOn) {
  world_.network.SetWindow(peers_[0].socket(), 0);
  std::string text(100'000, 'x');
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(gateway().posts().Post(*world_.place, world_.ids[0], text));
    world_.Settle();
  }
  EXPECT_EQ(gateway().posts().Post(*world_.place, world_.ids[0], text).error().code,
            ErrorCode::kLimitExceeded);
  auto result = gateway().posts().Broadcast(*world_.place, text, {});
  EXPECT_EQ(result->posted, 2u);
  EXPECT_EQ(result->failed, 1u);
  EXPECT_LE(world_.sockets.queued_bytes(0), 1u << 20);
}

TEST_F(GatewayPostTest, ClosingConnectionsCountAsNeither) {
  EXPECT_TRUE(gateway().posts().Close(*world_.place, world_.ids[0], {}));
  auto result = gateway().posts().Broadcast(*world_.place, "x", {});
  EXPECT_EQ(result->posted, 2u);
  EXPECT_EQ(result->failed, 0u);
}

TEST_F(GatewayPostTest, GetTellsWhoAndSinceWhen) {
  auto at_start = gateway().posts().Get(*world_.place, world_.ids[0]);
  ASSERT_TRUE(at_start);
  EXPECT_EQ(at_start->connected_at, 1767262210000);
  EXPECT_EQ(at_start->last_active_at, at_start->connected_at);
  EXPECT_EQ(at_start->source_ip, "127.0.0.1");
  EXPECT_EQ(at_start->user_agent, "");
  auto active_after = [&](auto what) {
    world_.Advance(1);
    std::int64_t now = world_.clock.WallNow().count();
    world_.loop.Turn(std::chrono::nanoseconds{0});
    what();
    world_.loop.Turn(std::chrono::nanoseconds{0});
    auto info = gateway().posts().Get(*world_.place, world_.ids[0]);
    EXPECT_EQ(info->connected_at, at_start->connected_at);
    return info->last_active_at - now;
  };
  EXPECT_EQ(active_after([&] { peers_[0].Send(net::ClientText(R"({"action":"say"})")); }), 0);
  EXPECT_EQ(active_after([&] {
              (void)gateway().posts().Post(*world_.place, world_.ids[0], "x").has_value();
            }),
            0);
  EXPECT_EQ(active_after([&] { gateway().posts().PostAll(*world_.place, world_.ids, "x"); }), 0);
  EXPECT_EQ(active_after([&] { EXPECT_TRUE(gateway().posts().Broadcast(*world_.place, "x", {})); }),
            0);
  EXPECT_LT(active_after([&] { peers_[0].Send(net::ClientFrame(wire::Opcode::kPing, "")); }), 0);
}

TEST_F(GatewayPostTest, AnAnswerThatComesLaterIsActivity) {
  world_.invoker.later["ask"] = true;
  peers_[0].Ask(net::ClientText(R"({"action":"ask"})"));
  world_.Advance(5);
  std::int64_t now = world_.clock.WallNow().count();
  world_.loop.Turn(std::chrono::nanoseconds{0});
  world_.invoker.Answer(world_.invoker.calls.back(), "x");
  EXPECT_EQ(gateway().posts().Get(*world_.place, world_.ids[0])->last_active_at, now);
}

}  // namespace
}  // namespace gatehouse::api
