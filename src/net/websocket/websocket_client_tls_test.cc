// wss:// from our own client: TLS, certificates that are not to be trusted, proxies.
#include <gtest/gtest.h>

#include "net/http/test_http.h"
#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"
#include "net/websocket/test_websockets.h"
#include "net/websocket/websocket_client.h"
#include "wire/http_writer.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::net {
namespace {

using Lines = std::vector<std::string>;

class NotingObserver final : public WebSocketClient::Observer {
 public:
  void OnOpen() override { lines.push_back("open"); }
  void OnText(std::string_view text) override { lines.push_back("text " + std::string(text)); }
  void OnFailed(int status, std::string_view why) override {
    lines.push_back("failed " + std::to_string(status) + " " + std::string(why));
  }
  void OnClose(std::uint16_t code, std::string_view) override {
    lines.push_back("close " + std::to_string(code));
  }
  Lines lines;
};

// A server as gatehouse's: one port for TLS, CONNECT and upgrades; it echoes.
class WebSocketClientTlsTest : public testing::Test {
 protected:
  WebSocketClientTlsTest() {
    world_.http.UseTls(*tls_);
    world_.handler.on_request = [this](const HttpRequest& request) {
      hosts_.push_back(std::string(request.tls ? "tls " : "plain ") +
                       std::string(request.connect_host));
      if (request.head.method == "CONNECT") return world_.http.AcceptConnect(request.socket);
      Upgrade(request);
    };
    echo_.on_message = [this](std::uint32_t slot, std::string_view data) {
      endpoint_.SendText(slot, data);
    };
  }
  void Upgrade(const HttpRequest& request) {
    std::string accept = wire::AcceptKey(wire::CheckUpgrade(request.head).key);
    const wire::HttpField fields[] = {
        {"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept}};
    std::string head;
    wire::AppendResponseHead(head, 101, world_.loop.WallNow(), fields, std::nullopt);
    world_.http.Upgrade(request.socket, head, endpoint_);
    endpoint_.Open(request.socket.slot);
  }
  void Connect(WebSocketRoute route, std::uint16_t port = kHttpPort) {
    ASSERT_TRUE(client_.Connect({"127.0.0.1", port}, "localhost", "/p", std::move(route)));
    world_.Settle();
  }
  WebSocketRoute Secure(const std::string& host = "localhost") {
    return {host, 443, trusting_.get(), {}};
  }

  std::unique_ptr<TlsServer> tls_ = NewTlsServer();
  std::unique_ptr<TlsClient> trusting_ = std::move(*TlsClient::Create(TheAuthority().Trust()));
  HttpWorld world_;
  NotingWebSocketHandler echo_;
  WebSockets endpoint_{world_.sockets, echo_, {}};
  Lines hosts_;
  NotingObserver observer_;
  base::SeededRandom random_{1};
  WebSocketClient client_{world_.sockets, random_, observer_, {}};
};

TEST_F(WebSocketClientTlsTest, TalksHoweverTheBytesAreCut) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    if (seed > 0) world_.network.CutAtRandom(seed);
    observer_.lines.clear();
    Connect(Secure());
    ASSERT_EQ(observer_.lines, Lines{"open"});
    std::string text(20'000, 'x');
    EXPECT_TRUE(client_.Send(text));
    world_.Settle();
    client_.Close(1000, "");
    world_.Advance(3);
    EXPECT_EQ(observer_.lines, (Lines{"open", "text " + text, "close 1000"}));
  }
}

TEST_F(WebSocketClientTlsTest, GoesThroughTheProxyThatEndsTlsItself) {
  WebSocketRoute route = Secure();
  route.proxy = *ParseProxy("http://proxy:80");
  Connect(route);
  EXPECT_EQ(observer_.lines, Lines{"open"});
  EXPECT_EQ(hosts_, (Lines{"plain ", "tls localhost:443"}));
  EXPECT_TRUE(client_.Send("hello"));
  world_.Settle();
  EXPECT_EQ(observer_.lines.back(), "text hello");
}

TEST_F(WebSocketClientTlsTest, ACertificateForAnotherNameIsRefused) {
  Connect(Secure("abc.execute-api.us-east-1.amazonaws.com"));
  world_.Advance(3);
  EXPECT_EQ(observer_.lines, Lines{"failed -1 the certificate is not for "
                                   "abc.execute-api.us-east-1.amazonaws.com but for localhost"});
  EXPECT_TRUE(hosts_.empty()) << "the request was sent";
  EXPECT_FALSE(client_.is_busy());
}

TEST_F(WebSocketClientTlsTest, AStrangersCertificateIsRefused) {
  TestAuthority stranger;
  auto other = std::move(*TlsClient::Create(stranger.Trust()));
  Connect({"localhost", 443, other.get(), {}});
  world_.Advance(3);
  EXPECT_EQ(observer_.lines, Lines{"failed -1 the certificate of localhost comes from an authority "
                                   "that is not trusted here"});
}

TEST_F(WebSocketClientTlsTest, AProxyThatRefusesIsSaid) {
  world_.handler.on_request = [this](const HttpRequest& request) {
    world_.Answer(request.socket, "no", 407);
  };
  WebSocketRoute route = Secure();
  route.proxy = *ParseProxy("http://proxy:80");
  Connect(route);
  EXPECT_EQ(observer_.lines, Lines{"failed 0 the proxy proxy:80 answers 407 Proxy Authentication "
                                   "Required (user:password@ in its URL)"});
}

TEST_F(WebSocketClientTlsTest, AServerThatNeverFinishesTheHandshakeTimesOut) {
  Recorder silent(world_.sockets);
  Listener listener(world_.sockets, silent, silent);
  ASSERT_TRUE(listener.Listen({"127.0.0.1", 99}, false));
  Connect(Secure(), 99);
  world_.Advance(11);
  EXPECT_EQ(observer_.lines, Lines{"failed 0 the server does not answer"});
  client_.Abort();
  observer_.lines.clear();
  WebSocketRoute route = Secure();
  route.proxy = *ParseProxy("http://proxy:99");
  Connect(route, 99);
  world_.Advance(11);
  EXPECT_EQ(observer_.lines, Lines{"failed 0 the proxy does not answer"});
}

}  // namespace
}  // namespace gatehouse::net
