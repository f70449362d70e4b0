// How connections come about, or do not.
#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;
using Kind = InvokeOutcome::Kind;

InvokeOutcome Status(int status) { return {Kind::kAnswered, {status, {}, {}}, {}}; }

std::string StatusLine(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }

TEST(GatewayConnectTest, A101ComesOnlyAfterConnectSucceeded) {
  GatewayWorld world;
  world.invoker.later["connect"] = true;
  net::Peer peer = world.Dial();
  EXPECT_EQ(peer.Ask(GatewayWorld::Handshake("/prod?userId=ann")), "");
  ASSERT_EQ(world.invoker.Lines(), Lines{"connect"});
  EXPECT_EQ(world.gateway->open_count(), 0u);
  const Event& event = *world.invoker.calls[0].event;
  EXPECT_EQ(QueryParameter(event, "userId"), "ann");
  EXPECT_EQ(event.request_context->event_type, "CONNECT");
  EXPECT_EQ(event.request_context->route_key, "$connect");
  EXPECT_EQ(event.request_context->domain_name, "localhost:80");
  world.invoker.Answer(world.invoker.calls[0]);
  world.Settle();
  EXPECT_EQ(peer.Take(),
            "HTTP/1.1 101 Switching Protocols\r\nDate: Thu, 01 Jan 2026 10:10:10 GMT\r\n"
            "Connection: upgrade\r\nupgrade: websocket\r\n"
            "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_EQ(world.gateway->open_count(), 1u);
}

TEST(GatewayConnectTest, CompressionIsAgreedOnWhenOffered) {
  GatewayWorld world;
  std::string offer;
  world.invoker.on_invoke = [&](FakeInvoker::Call& call) {
    for (const NameValue& header : call.event->headers) {
      if (header.name == "Sec-WebSocket-Extensions") offer = header.value;
    }
  };
  net::Peer peer = world.Dial();
  std::string answer = peer.Ask(GatewayWorld::Handshake(
      "/prod", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
  EXPECT_NE(answer.find("\r\nsec-websocket-extensions: permessage-deflate; "
                        "server_no_context_takeover; client_no_context_takeover\r\n"),
            std::string::npos)
      << answer;
  EXPECT_EQ(offer, "permessage-deflate; client_max_window_bits");
  // "Hello" of RFC 7692 §7.2.3.1, for which there is no route.
  std::string hello("\xc1\x87\0\0\0\0\xf2\x48\xcd\xc9\xc9\x07\0", 13);
  EXPECT_NE(peer.Ask(hello).find("Forbidden"), std::string::npos);
}

TEST(GatewayConnectTest, ExtensionsThatAreNoListAre400AndRunNothing) {
  GatewayWorld world;
  net::Peer peer = world.Dial();
  std::string answer =
      peer.Ask(GatewayWorld::Handshake("/prod", "Sec-WebSocket-Extensions: a;;\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_NE(answer.find("malformed Sec-WebSocket-Extensions"), std::string::npos);
  EXPECT_TRUE(world.invoker.calls.empty());
}

TEST(GatewayConnectTest, TheStatusOfConnectDecides) {
  struct Case {
    InvokeOutcome outcome;
    std::string_view line;
  };
  const Case cases[] = {
      {Status(200), "HTTP/1.1 101 Switching Protocols"},
      {Status(201), "HTTP/1.1 101 Switching Protocols"},
      {Status(299), "HTTP/1.1 101 Switching Protocols"},
      {Status(300), "HTTP/1.1 300 Multiple Choices"},
      {Status(301), "HTTP/1.1 301 Moved Permanently"},
      {Status(400), "HTTP/1.1 400 Bad Request"},
      {Status(401), "HTTP/1.1 401 Unauthorized"},
      {Status(403), "HTTP/1.1 403 Forbidden"},
      {Status(501), "HTTP/1.1 501 Not Implemented"},
      {Status(599), "HTTP/1.1 599 Unknown"},
      {Status(0), "HTTP/1.1 502 Bad Gateway"},
      {Status(199), "HTTP/1.1 502 Bad Gateway"},
      {Status(600), "HTTP/1.1 502 Bad Gateway"},
      {Status(-1), "HTTP/1.1 502 Bad Gateway"},
      {{Kind::kFailed, {}, "it threw"}, "HTTP/1.1 502 Bad Gateway"},
      {{Kind::kRefused, {}, "no such function"}, "HTTP/1.1 500 Internal Server Error"},
  };
  for (const Case& c : cases) {
    for (bool later : {false, true}) {
      SCOPED_TRACE(std::string(c.line) + (later ? " later" : " at once"));
      GatewayWorld world;
      if (later) world.invoker.later["connect"] = true;
      world.invoker.outcomes["connect"] = c.outcome;
      net::Peer peer = world.Dial();
      std::string answer = peer.Ask(GatewayWorld::Handshake());
      if (later) {
        world.invoker.Finish(world.invoker.calls.at(0), c.outcome);
        world.Settle();
        answer = peer.Take();
      }
      EXPECT_EQ(StatusLine(answer), c.line);
      bool open = c.line == "HTTP/1.1 101 Switching Protocols";
      EXPECT_EQ(world.gateway->open_count(), open ? 1u : 0u);
      peer.Close();
      world.Settle();
      EXPECT_EQ(world.invoker.Lines().size(), open ? 2u : 1u) << "$disconnect after a refusal";
      EXPECT_TRUE(world.gateway->IsQuiet());
      world.Advance(10);
      EXPECT_EQ(world.sockets.open_count(), 0u);
    }
  }
}

TEST(GatewayConnectTest, ARefusalHasABodyAsErrorFramesHave) {
  GatewayWorld world;
  world.invoker.outcomes["connect"] = Status(401);
  net::Peer peer = world.Dial();
  std::string answer = peer.Ask(GatewayWorld::Handshake());
  std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
  std::string id = world.invoker.calls.at(0).connection_id;
  EXPECT_TRUE(body.starts_with(R"({"message": "Unauthorized", "connectionId":")" + id +
                               R"(", "requestId":")"))
      << body;
  EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos);
}

TEST(GatewayConnectTest, ATimeOutIs504AndTheLateAnswerIsDropped) {
  GatewayWorld world;
  world.invoker.later["connect"] = true;
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake());
  world.Advance(28.9);
  EXPECT_EQ(peer.Take(), "");
  world.Advance(0.2);
  EXPECT_EQ(StatusLine(peer.Take()), "HTTP/1.1 504 Gateway Timeout");
  EXPECT_FALSE(world.gateway->IsQuiet()) << "the handler still runs";
  EXPECT_EQ(world.invoker.calls[0].event->request_context->route_key, "$connect");
  world.invoker.Answer(world.invoker.calls[0]);
  world.Settle();
  EXPECT_EQ(peer.Take(), "");
  EXPECT_EQ(world.gateway->open_count(), 0u);
  EXPECT_TRUE(world.gateway->IsQuiet());
}

TEST(GatewayConnectTest, AnIntegrationMayHaveAShorterTimeOut) {
  ApiDefinition api = ChatApi();
  api.integrations[0].timeout = base::Millis{50};
  GatewayWorld world(api);
  world.invoker.later["connect"] = true;
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake());
  world.Advance(0.06);
  EXPECT_EQ(StatusLine(peer.Take()), "HTTP/1.1 504 Gateway Timeout");
  world.invoker.Answer(world.invoker.calls[0]);
}

TEST(GatewayConnectTest, WithoutAConnectRouteTheConnectionOpens) {
  ApiDefinition api = ChatApi();
  api.routes.erase(api.routes.begin(), api.routes.begin() + 2);  // no $disconnect either
  GatewayWorld world(api);
  net::Peer peer = world.Open();
  EXPECT_EQ(world.AskFrames(peer, net::ClientText(R"({"action":"say"})")), Lines{});
  EXPECT_EQ(world.invoker.Lines(), Lines{R"(say {"action":"say"})"});
  peer.Close();
  world.Settle();
  EXPECT_EQ(world.invoker.calls.size(), 1u);
  EXPECT_TRUE(world.gateway->IsQuiet());
}

TEST(GatewayConnectTest, AConnectRouteWithoutIntegrationRefuses) {
  ApiDefinition api = ChatApi();
  api.routes[0].integration_id = "";
  GatewayWorld world(api);
  net::Peer peer = world.Dial();
  EXPECT_EQ(StatusLine(peer.Ask(GatewayWorld::Handshake())), "HTTP/1.1 500 Internal Server Error");
}

TEST(GatewayConnectTest, AMessageBeforeThe101RunsAfterIt) {
  GatewayWorld world;
  world.invoker.later["connect"] = true;
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake() + net::ClientText(R"({"action":"say","n":1})"));
  peer.Ask(net::ClientText(R"({"action":"say","n":2})"));
  EXPECT_EQ(world.invoker.Lines(), Lines{"connect"});
  world.invoker.Answer(world.invoker.calls[0]);
  world.Settle();
  EXPECT_EQ(world.invoker.Lines(),
            (Lines{"connect", R"(say {"action":"say","n":1})", R"(say {"action":"say","n":2})"}));
}

TEST(GatewayConnectTest, AMessageBeforeARefusalNeverRuns) {
  GatewayWorld world;
  world.invoker.later["connect"] = true;
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake() + net::ClientText(R"({"action":"say"})"));
  world.invoker.Answer(world.invoker.calls[0], {}, 403);
  world.Settle();
  EXPECT_EQ(world.invoker.Lines(), Lines{"connect"});
  EXPECT_TRUE(peer.ended());
}

TEST(GatewayConnectTest, DuringItsOwnConnectAConnectionIsGone) {
  GatewayWorld world;
  bool checked = false;
  world.invoker.on_invoke = [&](FakeInvoker::Call& call) {
    if (call.function != "connect") return;
    checked = true;
    const std::string& id = call.connection_id;
    EXPECT_EQ(world.gateway->posts().Post(*world.place, id, "x").error().code, ErrorCode::kGone);
    EXPECT_EQ(world.gateway->posts().Get(*world.place, id).error().code, ErrorCode::kGone);
    EXPECT_EQ(world.gateway->posts().Close(*world.place, id, {}).error().code, ErrorCode::kGone);
    EXPECT_EQ(world.gateway->posts().Broadcast(*world.place, "x", {})->posted, 0u);
  };
  world.Open();
  EXPECT_TRUE(checked);
  EXPECT_TRUE(world.gateway->posts().Post(*world.place, world.ids[0], "x"));
}

TEST(GatewayConnectTest, AClientThatGoesDuringConnectIsDisconnectedIfItSucceeds) {
  for (bool reset : {false, true}) {
    for (int status : {200, 400}) {
      GatewayWorld world;
      world.invoker.later["connect"] = true;
      net::Peer peer = world.Dial();
      peer.Ask(GatewayWorld::Handshake());
      reset ? peer.Vanish() : peer.Close();
      world.Settle();
      EXPECT_EQ(world.sockets.open_count(), 0u);
      world.invoker.Answer(world.invoker.calls.at(0), {}, status);
      world.Settle();
      EXPECT_EQ(world.invoker.Lines(),
                status == 200 ? (Lines{"connect", "disconnect 1006"}) : Lines{"connect"});
      EXPECT_EQ(world.gateway->open_count(), 0u);
      EXPECT_TRUE(world.gateway->IsQuiet());
    }
  }
}

TEST(GatewayConnectTest, AnAnswerForOneWhoLeftDoesNotReachTheNextInItsSlot) {
  GatewayWorld world;
  world.invoker.later["connect"] = true;
  net::Peer first = world.Dial();
  first.Ask(GatewayWorld::Handshake());
  first.Vanish();
  world.Settle();
  net::Peer second = world.Dial();
  second.Ask(GatewayWorld::Handshake());
  ASSERT_EQ(world.invoker.calls.size(), 2u);
  EXPECT_NE(world.invoker.calls[0].connection_id, world.invoker.calls[1].connection_id);
  world.invoker.Answer(world.invoker.calls[0], {}, 400);
  world.Settle();
  EXPECT_EQ(second.Take(), "");
  world.invoker.Answer(world.invoker.calls[1]);
  world.Settle();
  EXPECT_TRUE(second.Take().starts_with("HTTP/1.1 101 "));
  EXPECT_EQ(world.gateway->open_count(), 1u);
  EXPECT_TRUE(world.gateway->posts().Post(*world.place, world.invoker.calls[1].connection_id,
                                          "you are open"));
}

TEST(GatewayConnectTest, TheHandlersSubprotocolIsPassedOnAndNothingElse) {
  GatewayWorld world;
  world.invoker.outcomes["connect"].answer.headers = {{"sec-websocket-PROTOCOL", "chat.v2"},
                                                      {"Set-Cookie", "a=b"}};
  net::Peer peer = world.Dial();
  std::string head =
      peer.Ask(GatewayWorld::Handshake("/prod", "Sec-WebSocket-Protocol: chat.v1, chat.v2\r\n"));
  EXPECT_NE(head.find("Sec-WebSocket-Protocol: chat.v2\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
  net::Peer other = world.Dial();
  world.invoker.outcomes["connect"].answer.headers = {};
  head = other.Ask(GatewayWorld::Handshake("/prod", "Sec-WebSocket-Protocol: chat.v1\r\n"));
  EXPECT_EQ(head.find("rotocol:"), std::string::npos) << "chosen by itself";
}

TEST(GatewayConnectTest, ASubprotocolThatIsNoTokenIsLeftOutAndSaid) {
  for (std::string value : {"", " ", "chat.v1, chat.v2", "a b", "caf\xc3\xa9"}) {
    GatewayWorld world;
    world.invoker.outcomes["connect"].answer.headers = {{"Sec-WebSocket-Protocol", value}};
    net::Peer peer = world.Dial();
    std::string head = peer.Ask(GatewayWorld::Handshake());
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
    EXPECT_EQ(head.find("rotocol:"), std::string::npos) << head;
    world.log.Flush();
    EXPECT_NE(world.logged.find("is no token and is left out"), std::string::npos) << value;
  }
}

TEST(GatewayConnectTest, ASubprotocolCannotForgeHeaders) {
  for (std::string value : {"a\r\nSet-Cookie: x", "a\nb", "a\rb", "\r\n\r\n\x81\x01x"}) {
    GatewayWorld world;
    world.invoker.outcomes["connect"].answer.headers = {{"Sec-WebSocket-Protocol", value}};
    net::Peer peer = world.Dial();
    std::string head = peer.Ask(GatewayWorld::Handshake());
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 "));
    EXPECT_TRUE(head.ends_with("xOo=\r\n\r\n")) << head;
  }
}

TEST(GatewayConnectTest, EventsAreJsonWhateverBytesAClientSends) {
  GatewayWorld world;
  std::string event;
  world.invoker.on_invoke = [&](FakeInvoker::Call& call) {
    AppendEventJson(event, *call.event, *world.place->current);
  };
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake("/prod?n%FF=v%C3%28&u=%E2%82%AC",
                                   "User-Agent: caf\xe9\r\nX-Name: \xff\xfe\r\n"
                                   "X-Forwarded-For: \xff\r\n"));
  EXPECT_TRUE(json::IsObject(event)) << event;
  const std::string r = "\ufffd";
  for (std::string part : {"\"userAgent\":\"caf" + r + "\"", "\"X-Name\":\"" + r + r + "\"",
                           "\"n" + r + "\":\"v" + r + "(\"", std::string("\"u\":\"\u20ac\""),
                           "\"X-Forwarded-For\":\"" + r + ", 127.0.0.1\""}) {
    EXPECT_NE(event.find(part), std::string::npos) << part << " in " << event;
  }
}

TEST(GatewayConnectTest, MalformedUpgradesRunNothing) {
  GatewayWorld world;
  std::string good = GatewayWorld::Handshake();
  auto without = [&](std::string_view what, std::string_view instead) {
    std::string request = good;
    request.replace(request.find(what), what.size(), instead);
    return request;
  };
  net::Peer version = world.Dial();
  std::string answer = version.Ask(without("Version: 13", "Version: 8"));
  EXPECT_EQ(StatusLine(answer), "HTTP/1.1 426 Upgrade Required");
  EXPECT_NE(answer.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
  net::Peer key = world.Dial();
  answer = key.Ask(without("dGhlIHNhbXBsZSBub25jZQ==", "short"));
  EXPECT_EQ(StatusLine(answer), "HTTP/1.1 400 Bad Request");
  EXPECT_TRUE(world.invoker.calls.empty());
}

TEST(GatewayConnectTest, TooManyPendingHandshakesAre503) {
  Quotas quotas;
  quotas.pending_handshakes_max = 2;
  GatewayWorld world(ChatApi(), quotas);
  world.invoker.later["connect"] = true;
  std::vector<net::Peer> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(world.Dial());
    peers.back().Send(GatewayWorld::Handshake());
  }
  world.Settle();
  EXPECT_EQ(peers[1].Take(), "");
  EXPECT_EQ(StatusLine(peers[2].Take()), "HTTP/1.1 503 Service Unavailable");
  world.invoker.Answer(world.invoker.calls.at(0));
  world.invoker.Answer(world.invoker.calls.at(1), {}, 400);
  world.Settle();
  for (int i = 0; i < 2; ++i) {  // both places are free again
    net::Peer peer = world.Dial();
    EXPECT_EQ(peer.Ask(GatewayWorld::Handshake()), "");
    world.invoker.Answer(world.invoker.calls.back());
  }
  EXPECT_EQ(world.invoker.calls.size(), 4u);
}

TEST(GatewayConnectTest, IdsOfConnectionsThatWereRefusedAreNotUsedAgain) {
  GatewayWorld world;
  world.invoker.outcomes["connect"] = Status(401);
  for (int i = 0; i < 3; ++i) {
    net::Peer peer = world.Dial();
    peer.Ask(GatewayWorld::Handshake());
    peer.Ask(GatewayWorld::Handshake());  // on the same socket, which is closing
    peer.Close();
    world.Settle();
  }
  std::vector<std::string> ids;
  for (const auto& call : world.invoker.calls) ids.push_back(call.connection_id);
  EXPECT_EQ(ids.size(), 3u);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

TEST(GatewayConnectTest, AConnectionKeepsTheBeginningOfALongUserAgent) {
  GatewayWorld world;
  std::string kept;
  world.invoker.on_invoke = [&](FakeInvoker::Call& call) {
    kept = call.event->request_context->user_agent;
  };
  net::Peer peer = world.Dial();
  peer.Ask(GatewayWorld::Handshake("/prod", "User-Agent: " + std::string(8000, 'a') + "\r\n"));
  EXPECT_EQ(kept, std::string(1024, 'a'));
}

TEST(GatewayConnectTest, EventsOfAConnectionAgreeOnWhoAndWhen) {
  GatewayWorld world;
  std::vector<RequestContext> seen;
  std::deque<std::string> kept;
  world.invoker.on_invoke = [&](FakeInvoker::Call& call) {
    RequestContext context = *call.event->request_context;
    for (std::string_view* view : {&context.connection_id, &context.request_id, &context.source_ip,
                                   &context.user_agent, &context.message_id}) {
      *view = kept.emplace_back(*view);
    }
    seen.push_back(context);
  };
  net::Peer peer(world, kPort, {"192.0.2.7", 5});
  peer.Ask(GatewayWorld::Handshake("/prod", "User-Agent: test/1\r\n"));
  world.Advance(5);
  peer.Ask(net::ClientText(R"({"action":"say"})"));
  peer.Close();
  world.Settle();
  ASSERT_EQ(seen.size(), 3u);
  for (const RequestContext& context : seen) {
    EXPECT_EQ(context.connection_id, seen[0].connection_id);
    EXPECT_EQ(context.connected_at, seen[0].connected_at);
    EXPECT_EQ(context.source_ip, "192.0.2.7");
    EXPECT_EQ(context.user_agent, "test/1");
    EXPECT_EQ(context.api_id, "abcde12345");
    EXPECT_TRUE(ConnectionIdCodec::IsWellFormed(context.request_id));
  }
  EXPECT_EQ(seen[0].connected_at, seen[0].request_time_epoch);
  EXPECT_EQ(seen[1].request_time_epoch - seen[1].connected_at, 5000);
  EXPECT_NE(seen[0].request_id, seen[1].request_id);
  EXPECT_NE(seen[1].request_id, seen[1].message_id);
  EXPECT_TRUE(ConnectionIdCodec::IsWellFormed(seen[1].message_id));
  EXPECT_EQ(seen[0].message_id, "");
}

}  // namespace
}  // namespace gatehouse::api
