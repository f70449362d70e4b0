// A WebSocket server on `net` that sends back every message, for the Autobahn suite: binary too,
// messages up to 16 MB, permessage-deflate both ways. Prints its port and serves until it is ended.
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/http/http_server.h"
#include "net/loop/epoll_network.h"
#include "net/socket/listener.h"
#include "net/websocket/websocket.h"
#include "wire/http_writer.h"
#include "wire/websocket_extensions.h"
#include "wire/websocket_handshake.h"

namespace gatehouse {
namespace {

constexpr std::size_t kMessageBytesMax = 16 * 1024 * 1024;

class Echo final : public net::HttpHandler, public net::WebSocketHandler {
 public:
  explicit Echo(net::Loop& loop)
      : sockets_(loop), http_(sockets_, *this), websockets_(sockets_, *this, Options()) {}

  Result<net::Address> Listen() { return listener_.Listen({"127.0.0.1", 0}, false); }

  std::size_t BodyBytesMax(const wire::HttpHead&) override { return 0; }
  void OnGone(net::SocketRef) override {}
  void OnRequest(const net::HttpRequest& request) override;

  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override {
    websockets_.SendMessage(slot, type, data);
  }
  void OnClose(std::uint32_t, std::uint16_t, std::string_view) override {}
  void OnReleased(std::uint32_t) override {}

 private:
  static net::WebSocketOptions Options() {
    net::WebSocketOptions options;
    options.accept_binary = true;
    options.frame_bytes_max = options.message_bytes_max = kMessageBytesMax;
    options.queued_bytes_max = 16 * kMessageBytesMax;
    options.deflate_bytes_min = 1;
    return options;
  }

  net::Sockets sockets_;
  net::HttpServer http_;
  net::WebSockets websockets_;
  net::Listener listener_{sockets_, http_, http_};
};

void Echo::OnRequest(const net::HttpRequest& request) {
  wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
  wire::ExtensionChoice extensions = wire::ChooseExtensions(request.head);
  if (!check.ok || extensions.malformed) {
    return http_.Respond(request.socket, {400, {}, check.reason, true});
  }
  std::string accept = wire::AcceptKey(check.key);
  std::string agreed = wire::ExtensionsAnswer(extensions);
  std::vector<wire::HttpField> fields{
      {"Connection", "upgrade"}, {"upgrade", "websocket"}, {"sec-websocket-accept", accept}};
  if (!agreed.empty()) fields.push_back({"sec-websocket-extensions", agreed});
  std::string head;
  wire::AppendResponseHead(head, 101, sockets_.loop().WallNow(), fields, std::nullopt);
  std::uint32_t slot = request.socket.slot;
  http_.Upgrade(request.socket, head, websockets_);
  websockets_.Open(slot, extensions);
}

int Main() {
  base::SystemClock clock;
  net::EpollNetwork network;
  net::Loop loop(network, clock);
  Echo echo(loop);
  Result<net::Address> address = echo.Listen();
  if (!address) {
    std::fprintf(stderr, "echo: %s\n", address.error().message.c_str());
    return 1;
  }
  std::printf("%d\n", address->port);
  std::fflush(stdout);
  loop.Run();
  return 0;
}

}  // namespace
}  // namespace gatehouse

int main() { return gatehouse::Main(); }
