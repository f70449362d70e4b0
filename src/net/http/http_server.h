// HTTP/1.1 on sockets: keep-alive, pipelining (one request of a socket at a time, answers in
// order), chunked bodies, Expect: 100-continue, time limits. Loop thread only.
//
// With UseTls, the first byte of a fresh socket tells TLS from plain HTTP. A CONNECT may be
// answered with AcceptConnect: the socket then is fresh again, and its requests tell whom it asked
// for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/function.h"
#include "base/shared_bound.h"
#include "net/socket/listener.h"
#include "net/socket/sockets.h"
#include "net/tls/tls.h"
#include "wire/http_parser.h"

namespace gatehouse::net {

struct HttpServerOptions {
  wire::HttpLimits head;
  double head_seconds = 10;  // from accept, or from the first byte of a later request
  double body_seconds = 30;
  double keep_alive_seconds = 60;                    // between requests
  std::size_t discard_bytes_max = 16 * 1024 * 1024;  // of a body that is too large, before we close
  std::size_t queued_bytes_max = 256 * 1024;  // answers a peer does not read before we stop reading
  double crowd_seconds = 2;                   // for the head of a socket that will be turned away
  // Of all requests that are being read or answered, or wait for their turn; beyond it 503. A
  // quarter is kept for small ones, so that a few large bodies do not shut out everybody else.
  std::size_t held_bytes_max = 256 * 1024 * 1024;
  // That bound, for servers of several loops that share it; null: one of its own.
  std::shared_ptr<base::SharedBound> held_bytes = {};
  // What every answer's head says beside its own fields: whole lines, "Name: value\r\n"; a literal.
  std::string_view answer_lines = {};
};
std::shared_ptr<base::SharedBound> NewHeldBytes(const HttpServerOptions& options);

// One request. Its views live until it is answered.
struct HttpRequest {
  const wire::HttpHead& head;
  std::string_view body;
  bool body_too_large = false;  // body is then empty
  const Address& peer;
  SocketRef socket;  // names the exchange; answer it with HttpServer::Respond
  bool tls = false;
  // "abc.execute-api.us-east-1.amazonaws.com:443" when the socket came by an accepted CONNECT, as
  // the client wrote it; else empty.
  std::string_view connect_host = {};
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // The head is there, nothing of its body. The handler may refuse now, with Respond: the body is
  // then not read, OnRequest does not come, and the socket closes if a body was to follow.
  virtual void OnHead(const HttpRequest& /*request*/) {}
  // How many bytes of body to take for a request with this head.
  virtual std::size_t BodyBytesMax(const wire::HttpHead& head) = 0;
  // Answers now or later, with Respond, Upgrade or AcceptConnect, exactly once.
  virtual void OnRequest(const HttpRequest& request) = 0;
  // The peer went away before its request was answered.
  virtual void OnGone(SocketRef socket) = 0;
};

class HttpServer final : public Protocol, public Listener::Greeter {
 public:
  HttpServer(Sockets& sockets, HttpHandler& handler, HttpServerOptions options = {});
  ~HttpServer() override;

  // From now on TLS is spoken too; tls must outlive the server. Not called: a TLS client gets a
  // 400.
  void UseTls(TlsServer& tls) { tls_ = &tls; }
  // The same, made by the first client that wants it; null: that client is told to go away.
  using TlsMaker = base::UniqueFunction<TlsServer*()>;
  void UseTlsLazily(TlsMaker maker) { tls_maker_ = std::move(maker); }

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

  // Answers a CONNECT with 200; the socket goes on as a fresh one, TLS or plain, marked with the
  // authority it asked for. A socket that speaks TLS already gets 501: no TLS inside TLS.
  void AcceptConnect(SocketRef socket);

  // While an answer is awaited: whether the peer is still there.
  bool IsWaiting(SocketRef socket) const;

  // No further requests are read; idle sockets close, busy ones after their answer.
  void Stop();

  void OnAccepted(std::uint32_t slot) override;
  void OnCrowded(std::uint32_t slot) override;  // its first request is answered with 503
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  base::SharedBound* input_bound() override { return options_.held_bytes.get(); }
  void OnInputRefused(std::uint32_t slot) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnDrained(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

 private:
  struct Exchange;
  Exchange* Find(std::uint32_t slot) const;
  Exchange& Begin(std::uint32_t slot);
  HttpRequest RequestOf(std::uint32_t slot, Exchange& exchange) const;
  bool IsEmptyLine(std::uint32_t slot, std::string_view input) const;
  bool BeginsTls(std::uint32_t slot, char first_byte) const;
  void BeginTls(std::uint32_t slot);
  void OnHead(std::uint32_t slot, Exchange& exchange);
  void OnBody(std::uint32_t slot, Exchange& exchange, std::string_view part);
  void OnComplete(std::uint32_t slot, Exchange& exchange);
  bool Hold(Exchange& exchange);
  void Drop(std::uint32_t slot);
  void Fail(std::uint32_t slot, int status, std::string_view reason);
  void EndExchange(std::uint32_t slot, bool keep_alive);

  Sockets& sockets_;
  HttpHandler& handler_;
  const HttpServerOptions options_;
  TlsServer* tls_ = nullptr;
  TlsMaker tls_maker_;
  std::unordered_map<std::uint32_t, std::string> connect_hosts_;  // of slots that came by CONNECT
  bool stopping_ = false;
};

}  // namespace gatehouse::net
