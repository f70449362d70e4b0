// A WebSocket server without an HTTP handshake, and a handler that notes what happens; for tests.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/loop/test_peer.h"
#include "net/socket/listener.h"
#include "net/websocket/test_frames.h"
#include "net/websocket/websocket.h"

namespace gatehouse::net {

inline constexpr std::uint16_t kWebSocketPort = 81;

class NotingWebSocketHandler final : public WebSocketHandler {
 public:
  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override {
    messages.emplace_back(data);
    types.push_back(type);
    if (on_message) on_message(slot, data);
  }
  void OnPong(std::uint32_t, std::string_view) override { ++pongs; }
  void OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) override {
    std::string line = std::to_string(code);
    closes.push_back(reason.empty() ? line : line.append(" ").append(reason));
    if (on_close) on_close(slot);
  }
  void OnReleased(std::uint32_t slot) override { released.push_back(slot); }

  std::function<void(std::uint32_t, std::string_view)> on_message;
  std::function<void(std::uint32_t)> on_close;
  std::vector<std::string> messages;
  std::vector<wire::Opcode> types;
  std::vector<std::string> closes;  // "1000 reason"
  std::vector<std::uint32_t> released;
  int pongs = 0;
};

struct WebSocketWorld : TestWorld, Listener::Greeter {
  explicit WebSocketWorld(WebSocketOptions options = {}) : endpoint(sockets, handler, options) {
    EXPECT_TRUE(listener.Listen({"127.0.0.1", kWebSocketPort}, false));
  }
  void OnAccepted(std::uint32_t slot) override { endpoint.Open(slot, extensions); }

  Peer Dial() {
    Peer peer(*this, kWebSocketPort);
    Settle();
    return peer;
  }

  wire::ExtensionChoice extensions;  // what the connections to come agree on
  NotingWebSocketHandler handler;
  WebSockets endpoint;
  Listener listener{sockets, endpoint, *this};
};

}  // namespace gatehouse::net
