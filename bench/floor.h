// The floors: gatehouse's own `net` with nothing above it, as servers. What gatehouse costs beyond
// a floor is what routes, handlers and rules cost. One loop, the program's thread.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "net/http/http_server.h"
#include "net/loop/epoll_network.h"
#include "net/loop/loop.h"
#include "net/socket/listener.h"
#include "net/socket/sockets.h"
#include "net/websocket/websocket.h"

namespace gatehouse::bench {

// Opens whoever asks for an upgrade; what it says and other requests are for the derived class.
class Floor : private net::HttpHandler, private net::WebSocketHandler {
 public:
  Floor();
  ~Floor() override = default;

  // Serves on 127.0.0.1 until the process is killed. 1 if it cannot listen, said on stderr.
  int Run(std::uint16_t port);

 protected:
  virtual void OnText(std::uint32_t slot, std::string_view text) = 0;
  virtual void OnOpen(std::uint32_t /*slot*/) {}
  virtual void OnPlainRequest(const net::HttpRequest& request);

  net::WebSockets& websockets() { return websockets_; }
  net::HttpServer& http() { return http_; }

 private:
  static constexpr std::size_t kBodyBytesMax = 128 * 1024;

  std::size_t BodyBytesMax(const wire::HttpHead&) override { return kBodyBytesMax; }
  void OnRequest(const net::HttpRequest& request) override;
  void OnGone(net::SocketRef) override {}
  void OnMessage(std::uint32_t slot, wire::Opcode, std::string_view data) override {
    OnText(slot, data);
  }
  void OnClose(std::uint32_t, std::uint16_t, std::string_view) override {}
  void OnReleased(std::uint32_t) override {}

  base::SystemClock clock_;
  net::EpollNetwork network_;
  net::Loop loop_{network_, clock_};
  net::Sockets sockets_{loop_};
  net::HttpServer http_{sockets_, *this};
  net::WebSockets websockets_{sockets_, *this, {}};
  net::Listener listener_{sockets_, http_, http_};
};

// The port that a floor's only argument names; 0 if it is none.
std::uint16_t PortArgument(int argc, char** argv);

}  // namespace gatehouse::bench
