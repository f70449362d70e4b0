// HTTP/1.1 on sockets: keep-alive, pipelining (one request of a socket at a time, answers in
// order), chunked bodies, Expect: 100-continue, time limits. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/listener.h"
#include "net/sockets.h"
#include "wire/http_parser.h"

namespace gatehouse::net {

struct HttpServerOptions {
  wire::HttpLimits head;
  double head_seconds = 10;  // from accept, or from the first byte of a later request
  double body_seconds = 30;
  double keep_alive_seconds = 60;                    // between requests
  std::size_t discard_bytes_max = 16 * 1024 * 1024;  // of a body that is too large, before we close
  std::size_t queued_bytes_max = 256 * 1024;  // answers a peer does not read before we stop reading
};

// One request. Its views live until it is answered.
struct HttpRequest {
  const wire::HttpHead& head;
  std::string_view body;
  bool body_too_large = false;  // body is then empty
  const Address& peer;
  SocketRef socket;  // names the exchange; answer it with HttpServer::Respond
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // How many bytes of body to take for a request with this head.
  virtual std::size_t BodyBytesMax(const wire::HttpHead& head) = 0;
  // Answers now or later, with Respond, Upgrade or Drop, exactly once.
  virtual void OnRequest(const HttpRequest& request) = 0;
  // The peer went away before its request was answered.
  virtual void OnGone(SocketRef socket) = 0;
};

class HttpServer final : public Protocol, public Listener::Greeter {
 public:
  HttpServer(Sockets& sockets, HttpHandler& handler, HttpServerOptions options = {});
  ~HttpServer() override;

  struct Response {
    int status = 200;
    std::span<const wire::HttpField> fields;
    std::string_view body;
    bool close = false;  // after this answer
  };
  // Ignored when the peer has gone.
  void Respond(SocketRef socket, const Response& response);

  // Sends a head (101) and gives the socket to another protocol.
  void Upgrade(SocketRef socket, std::string_view head, Protocol& next);

  // While an answer is awaited: whether the peer is still there.
  bool IsWaiting(SocketRef socket) const;

  // No further requests are read; idle sockets close, busy ones after their answer.
  void Stop();

  void OnAccepted(std::uint32_t slot) override;
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnDrained(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

 private:
  struct Exchange;
  Exchange* Find(std::uint32_t slot) const;
  Exchange& Begin(std::uint32_t slot);
  void OnHead(std::uint32_t slot, Exchange& exchange);
  void OnBody(std::uint32_t slot, Exchange& exchange, std::string_view part);
  void OnComplete(std::uint32_t slot, Exchange& exchange);
  void Fail(std::uint32_t slot, int status, std::string_view reason);
  void EndExchange(std::uint32_t slot, bool keep_alive);

  Sockets& sockets_;
  HttpHandler& handler_;
  const HttpServerOptions options_;
  bool stopping_ = false;
};

}  // namespace gatehouse::net
