// One outgoing WebSocket connection: TCP, a proxy's CONNECT and TLS if told, opening handshake,
// messages. Connect again after OnClose or OnFailed. Loop thread only; the observer may call
// anything from its callbacks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "net/dial/proxy.h"
#include "net/socket/sockets.h"
#include "net/tls/tls.h"
#include "net/websocket/websocket.h"
#include "wire/http_parser.h"

namespace gatehouse::net {

// How a client reaches its server, beside TCP to an address.
struct WebSocketRoute {
  std::string host;  // whom the certificate must name, and a proxy is asked for
  std::uint16_t port = 0;
  TlsClient* tls = nullptr;    // wss://
  std::optional<Proxy> proxy;  // the address is the proxy's
};

class WebSocketClient final : private Protocol, private WebSocketHandler {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void OnOpen() = 0;
    virtual void OnText(std::string_view text) = 0;
    virtual void OnPong(std::string_view /*payload*/) {}
    // No connection came about. status: the HTTP status that refused it, kTlsRefused, or 0.
    virtual void OnFailed(int status, std::string_view why) = 0;
    virtual void OnClose(std::uint16_t code, std::string_view reason) = 0;
  };

  // TLS could not be agreed on, or the certificate is not to be trusted; it is no use to try again.
  static constexpr int kTlsRefused = -1;

  struct Options {
    // For TCP, proxy and TLS, so that the next address gets its turn.
    double connect_seconds = 10;
    double handshake_seconds = 40;  // longer than the 29 s that $connect may take
    std::size_t message_bytes_max = 16 * 1024 * 1024;
  };

  WebSocketClient(Sockets& sockets, base::Random& random, Observer& observer, Options options);
  ~WebSocketClient() override;

  // Begins. host is the Host header, target the path with its query. One at a time.
  Result<void> Connect(const Address& address, std::string_view host, std::string_view target,
                       WebSocketRoute route = {});
  bool is_open() const { return open_; }
  bool is_busy() const { return socket_.has_value(); }  // from Connect until OnFailed or OnClose

  // False unless the connection is open and its queue has room.
  bool Send(std::string_view text);
  std::size_t queued_bytes() const;  // not yet taken by the kernel
  // Lets what arrives wait in the kernel, and so at the server. Does not outlast the connection.
  void PauseReading();
  void ResumeReading();
  bool is_reading_paused() const;
  void Ping();
  void Close(std::uint16_t code, std::string_view reason);
  void Abort();  // at once, without a handshake; OnClose or OnFailed follows

 private:
  void OnConnected(std::uint32_t slot) override;
  void OnSecured(std::uint32_t slot) override;
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;
  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override;
  void OnPong(std::uint32_t slot, std::string_view payload) override;
  void OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) override;
  void OnReleased(std::uint32_t slot) override;

  std::size_t ReadProxy(std::uint32_t slot, std::string_view input);
  void Secure(std::uint32_t slot);
  void Ask(std::uint32_t slot);
  std::string ConnectionFailure(std::uint32_t slot) const;
  void OnResponseHead(std::uint32_t slot);
  void Fail(int status, std::string why);

  Sockets& sockets_;
  base::Random& random_;
  Observer& observer_;
  const Options options_;
  WebSockets websockets_;
  wire::HttpParser parser_;
  std::string host_, target_, key_;
  WebSocketRoute route_;
  std::optional<ProxyHandshake> proxy_;  // while it lasts
  std::optional<SocketRef> socket_;
  bool connected_ = false;  // all that comes before the opening handshake
  bool open_ = false;
  std::optional<std::pair<int, std::string>> failure_;
};

}  // namespace gatehouse::net
