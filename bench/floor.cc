#include "bench/floor.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

#include "wire/http_writer.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::bench {

Floor::Floor() = default;

int Floor::Run(std::uint16_t port) {
  Result<net::Address> bound = listener_.Listen({"127.0.0.1", port}, false);
  if (port == 0 || !bound) {
    std::string why = bound ? "give a port from 1 to 65535" : bound.error().message;
    std::fprintf(stderr, "floor: %s\n", why.c_str());
    return 1;
  }
  loop_.Run();
  return 0;
}

void Floor::OnRequest(const net::HttpRequest& request) {
  if (!request.head.upgrade) return OnPlainRequest(request);
  wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
  if (!check.ok) return http_.Respond(request.socket, {check.status, {}, check.reason, true});
  std::string accept = wire::AcceptKey(check.key);
  std::array<wire::HttpField, 3> fields{
      {{"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept}}};
  std::string head;
  wire::AppendResponseHead(head, 101, loop_.WallNow(), fields, std::nullopt);
  net::SocketRef socket = request.socket;
  http_.Upgrade(socket, head, websockets_);
  websockets_.Open(socket.slot);
  OnOpen(socket.slot);
}

void Floor::OnPlainRequest(const net::HttpRequest& request) {
  http_.Respond(request.socket, {404, {}, {}, true});
}

std::uint16_t PortArgument(int argc, char** argv) {
  std::string_view text = argc == 2 ? argv[1] : "";
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : 0;
}

}  // namespace gatehouse::bench
