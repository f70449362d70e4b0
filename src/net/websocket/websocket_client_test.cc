#include "net/websocket/websocket_client.h"

#include <gtest/gtest.h>

#include "net/http/test_http.h"
#include "net/websocket/test_websockets.h"
#include "wire/http_writer.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::net {
namespace {

using Lines = std::vector<std::string>;

class NotingObserver final : public WebSocketClient::Observer {
 public:
  void OnOpen() override { Note("open"); }
  void OnText(std::string_view text) override { Note("text " + std::string(text)); }
  void OnPong(std::string_view payload) override { Note("pong" + std::string(payload)); }
  void OnFailed(int status, std::string_view why) override {
    Note("failed " + std::to_string(status) + " " + std::string(why));
  }
  void OnClose(std::uint16_t code, std::string_view reason) override {
    Note("close " + std::to_string(code) + " " + std::string(reason));
  }
  void Note(std::string line) {
    lines.push_back(std::move(line));
    if (on_event) on_event(lines.back());
  }
  Lines lines;
  std::function<void(const std::string&)> on_event;
};

// A server that upgrades everybody, and a client in the same world.
class WebSocketClientTest : public testing::Test {
 protected:
  WebSocketClientTest() {
    world_.handler.on_request = [this](const HttpRequest& request) { Upgrade(request); };
    options_.message_bytes_max = 128 * 1024;
    client_ = std::make_unique<WebSocketClient>(world_.sockets, random_, observer_, options_);
  }

  void Upgrade(const HttpRequest& request) {
    wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
    ASSERT_TRUE(check.ok) << check.reason;
    std::string accept = accept_.value_or(wire::AcceptKey(check.key));
    std::string head;
    const wire::HttpField fields[] = {
        {"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept}};
    wire::AppendResponseHead(head, 101, world_.loop.WallNow(), fields, std::nullopt);
    server_slot_ = request.socket.slot;
    world_.http.Upgrade(request.socket, head + after_head_, endpoint_);
    endpoint_.Open(server_slot_);
  }
  void Connect(std::uint16_t port = kHttpPort) {
    ASSERT_TRUE(client_->Connect({"127.0.0.1", port}, "localhost:80", "/prod?userId=ann"));
    world_.Settle();
  }
  // A listener that answers with these bytes whatever it hears.
  void ServeBytes(std::string_view answer, bool close = false) {
    int listener = *world_.network.Listen({"127.0.0.1", 90}, false);
    ASSERT_TRUE(client_->Connect({"127.0.0.1", 90}, "x", "/"));
    world_.Settle();
    int socket = world_.network.Accept(listener).socket;
    heard_ = world_.network.TakeReceived(socket);
    iovec part{const_cast<char*>(answer.data()), answer.size()};
    world_.network.Send(socket, {&part, 1});
    if (close) world_.network.Close(socket, false);
    world_.Settle();
  }

  base::SeededRandom random_{1};
  HttpWorld world_;
  NotingWebSocketHandler handler_;
  WebSockets endpoint_{world_.sockets, handler_, {}};
  std::optional<std::string> accept_;
  std::string after_head_;
  std::uint32_t server_slot_ = 0;
  std::string heard_;
  NotingObserver observer_;
  WebSocketClient::Options options_;
  std::unique_ptr<WebSocketClient> client_;
};

TEST_F(WebSocketClientTest, ConnectsAndTalks) {
  EXPECT_FALSE(client_->Send("too early"));
  Connect();
  EXPECT_EQ(observer_.lines, Lines{"open"});
  EXPECT_TRUE(client_->is_open());
  EXPECT_EQ(world_.handler.Lines(), Lines{"GET /prod?userId=ann"});
  EXPECT_TRUE(client_->Send("hello"));
  world_.Settle();
  EXPECT_EQ(handler_.messages, Lines{"hello"});
  endpoint_.SendText(server_slot_, "welcome");
  client_->Ping();
  world_.Settle();
  EXPECT_EQ(observer_.lines, (Lines{"open", "text welcome", "pong"}));
}

TEST_F(WebSocketClientTest, MessagesThatComeWithTheHeadAreRead) {
  after_head_ = std::string("\x81\x02hi", 4);
  Connect();
  EXPECT_EQ(observer_.lines, (Lines{"open", "text hi"}));
}

TEST_F(WebSocketClientTest, TalksUnderAnyCut) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    world_.network.CutAtRandom(seed);
    observer_.lines.clear();
    handler_.messages.clear();
    Connect();
    std::string large(100'000, 'x');
    EXPECT_TRUE(client_->Send(large));  // in frames that the server takes
    endpoint_.SendText(server_slot_, large);
    world_.Settle();
    EXPECT_EQ(handler_.messages, Lines{large});
    EXPECT_EQ(observer_.lines, (Lines{"open", "text " + large}));
    client_->Close(1000, "bye");
    world_.Advance(10);
    ASSERT_FALSE(client_->is_busy());
  }
}

TEST_F(WebSocketClientTest, ClosesFromEitherSide) {
  Connect();
  client_->Close(1000, "bye");
  world_.Advance(3);
  EXPECT_EQ(handler_.closes, Lines{"1000 bye"});
  EXPECT_EQ(observer_.lines, (Lines{"open", "close 1000 bye"}));
  EXPECT_FALSE(client_->is_busy());
  observer_.lines.clear();
  Connect();
  endpoint_.Close(server_slot_, 1001, "Going away");
  world_.Advance(3);
  EXPECT_EQ(observer_.lines, (Lines{"open", "close 1001 Going away"}));
  EXPECT_FALSE(client_->is_busy());
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(WebSocketClientTest, AServerThatVanishesIs1006) {
  Connect();
  world_.sockets.Abort(server_slot_);
  world_.Settle();
  EXPECT_EQ(observer_.lines, (Lines{"open", "close 1006 "}));
  EXPECT_FALSE(client_->is_open());
}

TEST_F(WebSocketClientTest, AbortTellsOnce) {
  Connect();
  client_->Abort();
  world_.Settle();
  EXPECT_EQ(observer_.lines, (Lines{"open", "close 1006 "}));
  EXPECT_EQ(handler_.closes, Lines{"1006"});
}

TEST_F(WebSocketClientTest, ClosingWhileClosingGivesUp) {
  Connect();
  world_.sockets.PauseReading(server_slot_);
  client_->Close(1000, "bye");
  client_->Close(1000, "bye");
  world_.Settle();
  EXPECT_EQ(observer_.lines, (Lines{"open", "close 1000 bye"}));
  EXPECT_FALSE(client_->is_busy());
}

TEST_F(WebSocketClientTest, RefusedConnectionsFail) {
  Connect(9);
  EXPECT_EQ(observer_.lines,
            Lines{"failed 0 127.0.0.1:9 refused the connection; nobody listens there"});
  EXPECT_FALSE(client_->is_busy());
}

TEST_F(WebSocketClientTest, OtherStatusesFailWithThem) {
  world_.handler.on_request = [&](const HttpRequest& r) { world_.Answer(r.socket, "no", 403); };
  Connect();
  EXPECT_EQ(observer_.lines, Lines{"failed 403 the server answers 403 Forbidden"});
}

TEST_F(WebSocketClientTest, AnAcceptKeyOfAnotherRequestFails) {
  accept_ = "dGhlIHNhbXBsZSBub25jZQ==";
  Connect();
  EXPECT_EQ(observer_.lines, Lines{"failed 101 Sec-WebSocket-Accept belongs to another key"});
  EXPECT_FALSE(client_->is_open());
}

TEST_F(WebSocketClientTest, GarbageFails) {
  ServeBytes("\x16\x03\x01 garbage\r\n\r\n");
  EXPECT_TRUE(heard_.starts_with("GET / HTTP/1.1\r\nHost: x\r\n")) << heard_;
  ASSERT_EQ(observer_.lines.size(), 1u);
  EXPECT_TRUE(observer_.lines[0].starts_with("failed 0 the answer is no HTTP"));
}

TEST_F(WebSocketClientTest, AServerThatHangsUpFails) {
  ServeBytes("HTTP/1.1 101", true);
  EXPECT_EQ(observer_.lines,
            Lines{"failed 0 the server closed the connection during the handshake"});
}

TEST_F(WebSocketClientTest, AServerThatDoesNotAnswerFailsInTime) {
  world_.handler.on_request = nullptr;
  Connect();
  world_.Advance(39.9);
  EXPECT_TRUE(observer_.lines.empty());
  world_.Advance(1);
  EXPECT_EQ(observer_.lines, Lines{"failed 0 the server does not answer"});
}

TEST_F(WebSocketClientTest, MaskedFramesOfAServerCloseWith1002) {
  Connect();
  observer_.lines.clear();
  world_.sockets.Send(server_slot_, ClientText("x"));
  world_.Advance(10);
  ASSERT_EQ(observer_.lines.size(), 1u);
  EXPECT_TRUE(observer_.lines[0].starts_with("close 1002")) << observer_.lines[0];
}

TEST_F(WebSocketClientTest, TheObserverMayConnectAgainAtOnce) {
  int tries = 0;
  observer_.on_event = [&](const std::string& line) {
    bool over = line.starts_with("failed") || line.starts_with("close");
    if (over && tries++ < 2) {
      ASSERT_FALSE(client_->is_busy());
      EXPECT_TRUE(client_->Connect({"127.0.0.1", kHttpPort}, "x", "/"));
    }
  };
  Connect(9);
  EXPECT_EQ(observer_.lines.back(), "open");
  world_.sockets.Abort(server_slot_);
  world_.Settle();
  EXPECT_EQ(observer_.lines.back(), "open");
  EXPECT_EQ(tries, 2);
}

TEST_F(WebSocketClientTest, TheObserverMayCloseAtOnce) {
  observer_.on_event = [&](const std::string& line) {
    if (line == "open") client_->Abort();
  };
  after_head_ = std::string("\x81\x02hi", 4);
  Connect();
  EXPECT_EQ(observer_.lines.front(), "open");
  EXPECT_EQ(observer_.lines.back(), "close 1006 ");
  EXPECT_FALSE(client_->is_busy());
}

TEST_F(WebSocketClientTest, ReadingCanBePaused) {
  Connect();
  client_->PauseReading();
  endpoint_.SendText(server_slot_, "later");
  world_.Settle();
  EXPECT_EQ(observer_.lines, Lines{"open"});
  EXPECT_TRUE(client_->is_reading_paused());
  client_->ResumeReading();
  world_.Settle();
  EXPECT_EQ(observer_.lines.back(), "text later");
}

TEST_F(WebSocketClientTest, AClientMayBeDestroyedInAnyState) {
  client_.reset();
  world_.Settle();
  for (int turns = 0; turns < 6; ++turns) {
    WebSocketClient client(world_.sockets, random_, observer_, options_);
    ASSERT_TRUE(client.Connect({"127.0.0.1", kHttpPort}, "x", "/"));
    for (int i = 0; i < turns; ++i) world_.loop.Turn(std::chrono::nanoseconds{0});
  }
  world_.Settle();
  world_.Advance(5);
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

}  // namespace
}  // namespace gatehouse::net
