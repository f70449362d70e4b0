// Messages: which function they reach, and what comes back.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;
using Kind = InvokeOutcome::Kind;
using net::ClientText;

const std::string kSay = R"({"action":"say"})";
const std::string kAsk = R"({"action":"ask"})";

class GatewayMessageTest : public testing::Test {
 protected:
  FakeInvoker& invoker() { return world_.invoker; }
  Lines Ask(std::string_view text) { return world_.AskFrames(peer_, ClientText(text)); }
  // The functions that messages reached since the connection opened.
  Lines Reached() {
    Lines lines = invoker().Lines();
    lines.erase(lines.begin());
    return lines;
  }

  GatewayWorld world_;
  net::Peer peer_ = world_.Open();
};

TEST_F(GatewayMessageTest, AMessageTakesItsRouteUnchanged) {
  std::string odd = "{ action : \"say\", n:1.50 }";  // lenient, for routing only
  EXPECT_EQ(Ask(odd), Lines{});
  EXPECT_EQ(Reached(), Lines{"say " + odd});
  EXPECT_EQ(invoker().calls.back().route_key, "say");
}

TEST_F(GatewayMessageTest, WithoutARouteItIsForbidden) {
  for (const char* text :
       {R"({"action":"none"})", R"({"action":"$connect"})", R"({"action":"$disconnect"})",
        R"({"action":"$default"})", R"({"action":"SAY"})", R"({"x":1})", "[1]", "hello", "", "{"}) {
    Lines lines = Ask(text);
    ASSERT_EQ(lines.size(), 1u) << text;
    EXPECT_EQ(ErrorOf(lines[0]), "Forbidden") << text;
    EXPECT_NE(lines[0].find(world_.ids[0]), std::string::npos);
  }
  EXPECT_EQ(Reached(), Lines{});
  EXPECT_EQ(Ask(kSay), Lines{}) << "the connection stays open";
  world_.log.Flush();
  EXPECT_NE(world_.logged.find(R"(no route for action "none" (routes: say, ask, bare))"),
            std::string::npos)
      << world_.logged;
}

TEST_F(GatewayMessageTest, WithADefaultRouteItGoesThere) {
  ApiDefinition api = ChatApi();
  api.routes.push_back({"$default", "s", false});
  world_.Deploy(api, "prod");  // an open connection takes it with its next message
  Lines expected;
  for (const char* text :
       {R"({"action":"none"})", R"({"action":"$connect"})", "hello", "", "[1]"}) {
    EXPECT_EQ(Ask(text), Lines{});
    EXPECT_EQ(invoker().calls.back().route_key, "$default");
    expected.push_back(std::string("say") + (*text ? " " : "") + text);
  }
  EXPECT_EQ(Reached(), expected);
  EXPECT_EQ(Ask(kAsk), Lines{"text"});
}

TEST_F(GatewayMessageTest, ARedeployWithoutTheRouteForbids) {
  invoker().later["ask"] = true;
  Ask(kAsk);
  ApiDefinition api = ChatApi();
  api.routes.resize(3);
  world_.Deploy(api, "prod");
  EXPECT_EQ(ErrorOf(Ask(kAsk).at(0)), "Forbidden");
  invoker().Answer(invoker().calls.back(), "by the old deployment");
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer_.Take()), Lines{"text by the old deployment"});
}

TEST_F(GatewayMessageTest, AnswersGoToTheClientOnTwoWayRoutesOnly) {
  invoker().outcomes["say"].answer.body = "dropped";
  EXPECT_EQ(Ask(kSay), Lines{});
  invoker().outcomes["ask"].answer.body = "hi";
  EXPECT_EQ(Ask(kAsk), Lines{"text hi"});
  invoker().outcomes["ask"].answer.status_code = 500;
  EXPECT_EQ(Ask(kAsk), Lines{"text hi"}) << "the status has no meaning here";
  invoker().outcomes["ask"].answer.body.reset();
  EXPECT_EQ(Ask(kAsk), Lines{"text"}) << "without a body: an empty message";
  invoker().outcomes["ask"].answer.body = "";
  EXPECT_EQ(Ask(kAsk), Lines{"text"});
}

TEST_F(GatewayMessageTest, AnswersThatNoClientCouldReadAreErrors) {
  invoker().outcomes["ask"].answer.body = "\xff";
  EXPECT_EQ(ErrorOf(Ask(kAsk).at(0)), "Internal server error");
  invoker().outcomes["ask"].answer.body = std::string(128 * 1024 + 1, 'x');
  EXPECT_EQ(ErrorOf(Ask(kAsk).at(0)), "Internal server error");
  invoker().outcomes["ask"].answer.body = std::string(128 * 1024, 'x');
  EXPECT_EQ(net::ServerFrames(peer_.Ask(ClientText(kAsk))).size(), 4u);
}

TEST_F(GatewayMessageTest, FailuresAreErrorFramesOnEveryRoute) {
  for (Kind kind : {Kind::kFailed, Kind::kRefused}) {
    invoker().outcomes["say"] = {kind, {}, "it broke"};
    invoker().outcomes["ask"] = {kind, {}, "it broke"};
    for (const std::string& text : {kSay, kAsk}) {
      Lines lines = Ask(text);
      ASSERT_EQ(lines.size(), 1u);
      EXPECT_EQ(ErrorOf(lines[0]), "Internal server error");
    }
  }
  EXPECT_EQ(ErrorOf(Ask(R"({"action":"bare"})").at(0)), "Internal server error");
  invoker().outcomes.clear();
  EXPECT_EQ(Ask(kSay), Lines{});
}

TEST_F(GatewayMessageTest, ATimeOutIsAnErrorFrameAndTheLateAnswerIsDropped) {
  invoker().later["ask"] = true;
  EXPECT_EQ(Ask(kAsk), Lines{});
  world_.Advance(28.9);
  EXPECT_EQ(peer_.Take(), "");
  world_.Advance(0.2);
  EXPECT_EQ(ErrorOf(net::FrameLines(peer_.Take()).at(0)), "Endpoint request timed out");
  EXPECT_EQ(invoker().calls.back().event->body, kAsk) << "the event must live on";
  invoker().Answer(invoker().calls.back(), "late");
  world_.Settle();
  EXPECT_EQ(peer_.Take(), "");
  EXPECT_TRUE(world_.gateway->IsQuiet() || world_.gateway->open_count() == 1);
}

TEST_F(GatewayMessageTest, MessagesStartInOrderAndDoNotWaitForEachOther) {
  invoker().later["ask"] = true;
  peer_.Ask(ClientText(R"({"action":"ask","n":1})") + ClientText(R"({"action":"ask","n":2})"));
  EXPECT_EQ(Reached(), (Lines{R"(ask {"action":"ask","n":1})", R"(ask {"action":"ask","n":2})"}));
  invoker().Answer(invoker().calls[2], "second");
  invoker().Answer(invoker().calls[1], "first");
  world_.Settle();
  EXPECT_EQ(net::FrameLines(peer_.Take()), (Lines{"text second", "text first"}));
}

TEST_F(GatewayMessageTest, With64InFlightReadingPausesUntilOneIsAnswered) {
  invoker().later["ask"] = true;
  std::string messages;
  for (int i = 0; i < 100; ++i) messages += ClientText(kAsk);
  peer_.Ask(messages);
  EXPECT_EQ(Reached().size(), 64u);
  EXPECT_TRUE(world_.sockets.IsPaused(0));
  for (int i = 0; i < 3; ++i) peer_.Send(std::string(60'000, '\0'));  // stays in the kernel
  world_.Settle();
  EXPECT_LE(world_.sockets.memory_bytes(0), net::Sockets::kReceiveBytes + 1000);
  invoker().Answer(invoker().calls[1], "a");
  world_.Settle();
  EXPECT_EQ(Reached().size(), 65u);
  EXPECT_TRUE(world_.sockets.IsPaused(0));
  for (std::size_t i = 2; i < invoker().calls.size(); ++i) {
    if (invoker().calls[i].done) invoker().Answer(invoker().calls[i], "b");
    world_.Settle();
  }
  EXPECT_EQ(Reached().size(), 100u + 1) << "all messages, and $disconnect for what followed";
}

TEST_F(GatewayMessageTest, HandlersThatAnswerAtOnceNeverPause) {
  std::string messages;
  for (int i = 0; i < 1000; ++i) messages += ClientText(kAsk);
  EXPECT_EQ(world_.AskFrames(peer_, messages).size(), 1000u);
  EXPECT_FALSE(world_.sockets.IsPaused(0));
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
}

TEST_F(GatewayMessageTest, TimeOutsFreeTheirPlaces) {
  invoker().later["say"] = true;
  std::string messages;
  for (int i = 0; i < 70; ++i) messages += ClientText(kSay);
  peer_.Ask(messages);
  EXPECT_EQ(Reached().size(), 64u);
  world_.Advance(29.5);
  EXPECT_EQ(Reached().size(), 70u);
  EXPECT_EQ(world_.AskFrames(peer_, "").size(), 64u);
  for (auto& call : invoker().calls) {
    if (call.done) invoker().Answer(call);
  }
  world_.Settle();
}

TEST_F(GatewayMessageTest, AHandlerMayPostToItsOwnConnectionBeforeItReturns) {
  invoker().on_invoke = [&](FakeInvoker::Call& call) {
    if (call.function != "ask") return;
    EXPECT_TRUE(world_.gateway->posts().Post(*world_.place, call.connection_id, "posted"));
  };
  invoker().outcomes["ask"].answer.body = "answered";
  EXPECT_EQ(Ask(kAsk), (Lines{"text posted", "text answered"}));
}

TEST_F(GatewayMessageTest, AHandlerMayDeleteItsOwnConnection) {
  invoker().on_invoke = [&](FakeInvoker::Call& call) {
    if (call.function != "ask") return;
    EXPECT_TRUE(world_.gateway->posts().Close(*world_.place, call.connection_id, {}));
    EXPECT_FALSE(world_.gateway->posts().Close(*world_.place, call.connection_id, {}));
  };
  invoker().outcomes["ask"].answer.body = "never sent";
  EXPECT_EQ(world_.AskFrames(peer_, ClientText(kAsk) + ClientText(kAsk)),
            Lines{"close 1000 Connection Closed Normally"});
  EXPECT_EQ(Reached(), (Lines{"ask " + kAsk, "disconnect 1000 Connection Closed Normally"}));
  EXPECT_TRUE(world_.gateway->IsQuiet());
}

TEST_F(GatewayMessageTest, AnswersAfterTheCloseGoNowhere) {
  invoker().later["ask"] = true;
  peer_.Ask(ClientText(kAsk) + ClientText(kAsk));
  EXPECT_EQ(world_.AskFrames(peer_, net::ClientClose(1000)), Lines{"close 1000"});
  invoker().Answer(invoker().calls[1], "closing");
  peer_.Close();
  world_.Settle();
  EXPECT_EQ(world_.sockets.open_count(), 0u);

  net::Peer next = world_.Open();  // in the same slot
  invoker().Answer(invoker().calls[2], "for the one who left");
  world_.Settle();
  EXPECT_EQ(next.Take(), "");
  EXPECT_EQ(world_.AskFrames(next, ClientText(kSay)), Lines{});
  EXPECT_NE(world_.ids[0], world_.ids[1]);
  EXPECT_EQ(world_.gateway->posts().Post(*world_.place, world_.ids[0], "x").error().code,
            ErrorCode::kGone);
  EXPECT_TRUE(world_.gateway->posts().Post(*world_.place, world_.ids[1], "x"));
}

TEST_F(GatewayMessageTest, LateTimeOutsDoNotFreePlacesOfTheNextInTheSlot) {
  invoker().later["say"] = true;
  peer_.Ask(ClientText(kSay));
  peer_.Vanish();
  world_.Settle();
  net::Peer next = world_.Open();
  world_.Advance(20);
  std::string messages;
  for (int i = 0; i < 64; ++i) messages += ClientText(kSay);
  next.Ask(messages);
  EXPECT_TRUE(world_.sockets.IsPaused(0));
  world_.Advance(9.5);  // the first one's time is up, theirs is not
  EXPECT_TRUE(world_.sockets.IsPaused(0));
  EXPECT_EQ(next.Take(), "");
  for (auto& call : invoker().calls) {
    if (call.done) invoker().Answer(call);
  }
  world_.Settle();
  EXPECT_FALSE(world_.sockets.IsPaused(0));
}

TEST_F(GatewayMessageTest, ConstantExpressionsTakeEveryMessage) {
  ApiDefinition api = ChatApi();
  api.route_selection_expression = "ask";
  world_.Deploy(api, "prod");
  EXPECT_EQ(Ask("no JSON at all"), Lines{"text"});
}

TEST_F(GatewayMessageTest, BinaryMessagesAndLongOnesClose) {
  EXPECT_EQ(world_.AskFrames(peer_, net::ClientFrame(wire::Opcode::kBinary, "x")),
            Lines{"close 1003 binary messages are not supported"});
  EXPECT_TRUE(Reached().back().starts_with("disconnect 1003")) << Reached().back();
}

TEST(GatewayQuotasTest, LimitsAreThoseOfTheQuotas) {
  Quotas quotas;
  quotas.frame_bytes_max = 100;
  quotas.message_bytes_max = 150;
  quotas.idle_seconds = 5;
  GatewayWorld world(ChatApi(), quotas);
  net::Peer peer = world.Open();
  EXPECT_EQ(
      world.gateway->posts().Post(*world.place, world.ids[0], std::string(151, 'x')).error().code,
      ErrorCode::kPayloadTooLarge);
  EXPECT_TRUE(world.gateway->posts().Post(*world.place, world.ids[0], std::string(150, 'x')));
  world.Settle();
  EXPECT_EQ(net::ServerFrames(peer.Take()).size(), 2u);
  world.Advance(6);
  EXPECT_EQ(world.invoker.Lines().back(), "disconnect 1001 Going away");
}

}  // namespace
}  // namespace gatehouse::api
