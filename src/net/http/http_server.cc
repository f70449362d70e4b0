#include "net/http/http_server.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/http_writer.h"

namespace gatehouse::net {
namespace {

// Bits of a slot's mark.
constexpr std::uint8_t kFresh = 1;    // accepted, and its first request's time is running
constexpr std::uint8_t kCrowded = 2;  // accepted to be turned away

constexpr std::size_t kSmallRequestBytes = 256 * 1024;
constexpr char kTlsHandshake = 0x16;  // the first byte of a TLS connection, and of no HTTP

HttpServerOptions Completed(HttpServerOptions options) {
  options.head.chunked_bytes_max = options.discard_bytes_max;
  if (!options.held_bytes) options.held_bytes = NewHeldBytes(options);
  return options;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewHeldBytes(const HttpServerOptions& options) {
  return std::make_shared<base::SharedBound>(options.held_bytes_max, kSmallRequestBytes);
}

// A request that is being read or answered. None exists while a socket is idle.
struct HttpServer::Exchange {
  explicit Exchange(const HttpServerOptions& options)
      : parser(wire::HttpParser::kRequests, options.head) {}

  wire::HttpParser parser;
  std::string body;
  std::size_t body_bytes_max = 0;
  std::size_t body_bytes = 0;  // arrived, kept or not
  base::Share held;            // of options_.held_bytes
  bool too_large = false;
  bool reading_body = false;
  bool waiting = false;  // for the handler's answer
  bool ended = false;    // the peer sends no more
  bool early = false;    // the handler looks at the head; an answer now comes before the body
};

HttpServer::HttpServer(Sockets& sockets, HttpHandler& handler, HttpServerOptions options)
    : sockets_(sockets), handler_(handler), options_(Completed(std::move(options))) {}

HttpServer::~HttpServer() {
  sockets_.Abandon(*this, [this](std::uint32_t slot) { Drop(slot); });
}

HttpServer::Exchange* HttpServer::Find(std::uint32_t slot) const {
  return static_cast<Exchange*>(sockets_.state(slot));
}

HttpServer::Exchange& HttpServer::Begin(std::uint32_t slot) {
  Exchange* exchange = Find(slot);
  if (!exchange) {
    exchange = new Exchange(options_);
    sockets_.set_state(slot, exchange);
    std::uint8_t& mark = sockets_.mark(slot);
    if (!(mark & kFresh)) sockets_.SetDeadline(slot, options_.head_seconds);
    mark &= kCrowded;
  }
  return *exchange;
}

// Counts the body that exchange keeps; unread heads are input that Sockets keeps. False: that is
// too much.
bool HttpServer::Hold(Exchange& exchange) {
  return exchange.held.Hold(*options_.held_bytes, exchange.body.capacity());
}

// A request that waits for its answer goes with those that were sent behind it.
void HttpServer::OnInputRefused(std::uint32_t slot) {
  const Exchange* exchange = Find(slot);
  if (exchange && exchange->waiting) return sockets_.Abort(slot);
  Fail(slot, 503, "Service Unavailable");
}

void HttpServer::Drop(std::uint32_t slot) {
  delete Find(slot);
  sockets_.set_state(slot, nullptr);
}

void HttpServer::OnAccepted(std::uint32_t slot) {
  sockets_.mark(slot) = kFresh;
  sockets_.SetDeadline(slot, options_.head_seconds);
}

void HttpServer::OnCrowded(std::uint32_t slot) {
  sockets_.mark(slot) = kFresh | kCrowded;
  sockets_.SetDeadline(slot, options_.crowd_seconds);
}

std::size_t HttpServer::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  std::string_view input(bytes.data(), bytes.size());
  std::size_t consumed = 0;
  SocketRef ref = sockets_.Ref(slot);
  for (;;) {
    if (sockets_.IsPaused(slot)) return consumed;  // its answers are not read
    if (consumed < input.size() && BeginsTls(slot, input[consumed])) {
      BeginTls(slot);
      return consumed;
    }
    if (IsEmptyLine(slot, input.substr(consumed))) return consumed;
    Exchange& exchange = Begin(slot);
    if (exchange.waiting) {  // pipelined: read when the one before is answered
      sockets_.PauseReading(slot);
      return consumed;
    }
    wire::HttpStep step = exchange.parser.Parse(input.substr(consumed));
    consumed += step.consumed;
    switch (step.kind) {
      case wire::HttpStep::kNeedMore:
        return consumed;
      case wire::HttpStep::kError:
        Fail(slot, step.status, step.reason);
        return bytes.size();
      case wire::HttpStep::kHead:
        OnHead(slot, exchange);
        break;
      case wire::HttpStep::kBody:
        OnBody(slot, exchange, step.body);
        break;
      case wire::HttpStep::kComplete:
        OnComplete(slot, exchange);
        break;
    }
    // Answered at once, the socket may belong to another protocol now, or be closing.
    if (!sockets_.IsOpen(ref) || &sockets_.protocol(slot) != this) return consumed;
    bool done = step.kind == wire::HttpStep::kComplete || !Find(slot);
    if (consumed == input.size() && done) return consumed;
  }
}

// Old clients send CRLF behind a body (RFC 9112 §2.2). Alone it begins no request whose time would
// run. It is kept, so that the parser, which forgives one, sees it before the request or another.
bool HttpServer::IsEmptyLine(std::uint32_t slot, std::string_view input) const {
  return (input == "\r\n" || input == "\r") && !Find(slot);
}

bool HttpServer::BeginsTls(std::uint32_t slot, char first_byte) const {
  return (tls_ || tls_maker_) && first_byte == kTlsHandshake &&
         (sockets_.mark(slot) & kFresh) != 0 && !sockets_.HasFilter(slot);
}

// The socket stays fresh: handshake and first head share one time limit.
void HttpServer::BeginTls(std::uint32_t slot) {
  if (!tls_) tls_ = tls_maker_();
  std::unique_ptr<Filter> filter = tls_ ? tls_->Accept() : nullptr;
  if (!filter) return sockets_.Abort(slot);
  sockets_.SetFilter(slot, std::move(filter));
}

HttpRequest HttpServer::RequestOf(std::uint32_t slot, Exchange& exchange) const {
  auto connect_host = connect_hosts_.find(slot);
  HttpRequest request{exchange.parser.head(), exchange.body,      exchange.too_large,
                      sockets_.peer(slot),    sockets_.Ref(slot), sockets_.HasFilter(slot)};
  if (connect_host != connect_hosts_.end()) request.connect_host = connect_host->second;
  return request;
}

void HttpServer::OnHead(std::uint32_t slot, Exchange& exchange) {
  if (sockets_.mark(slot) & kCrowded) return Fail(slot, 503, "Service Unavailable");
  const wire::HttpHead& head = exchange.parser.head();
  exchange.reading_body = head.chunked || head.content_length.value_or(0) > 0;
  exchange.waiting = exchange.early = true;
  handler_.OnHead(RequestOf(slot, exchange));
  if (Find(slot) != &exchange) return;  // refused
  exchange.waiting = exchange.early = false;
  exchange.body_bytes_max = handler_.BodyBytesMax(head);
  exchange.too_large = head.content_length.value_or(0) > exchange.body_bytes_max;
  if (!exchange.reading_body) return;
  if (head.content_length.value_or(0) > options_.discard_bytes_max) {
    return Fail(slot, 413, "Request Entity Too Large");
  }
  sockets_.SetDeadline(slot, options_.body_seconds);
  if (head.expect_continue) sockets_.Send(slot, "HTTP/1.1 100 Continue\r\n\r\n");
}

// A body over the limit is read to its end and forgotten, so that the client, still writing, gets
// the answer instead of a reset.
void HttpServer::OnBody(std::uint32_t slot, Exchange& exchange, std::string_view part) {
  exchange.body_bytes += part.size();
  if (exchange.body_bytes > options_.discard_bytes_max) {
    return Fail(slot, 413, "Request Entity Too Large");
  }
  if (exchange.body_bytes > exchange.body_bytes_max) exchange.too_large = true;
  if (exchange.too_large) {
    std::string().swap(exchange.body);
  } else {
    exchange.body.append(part);
  }
  if (!Hold(exchange)) Fail(slot, 503, "Service Unavailable");
}

void HttpServer::OnComplete(std::uint32_t slot, Exchange& exchange) {
  sockets_.SetDeadline(slot, 0);
  exchange.waiting = true;
  handler_.OnRequest(RequestOf(slot, exchange));
}

bool HttpServer::IsWaiting(SocketRef socket) const {
  if (!sockets_.IsOpen(socket) || &sockets_.protocol(socket.slot) != this) return false;
  const Exchange* exchange = Find(socket.slot);
  return exchange && exchange->waiting;
}

void HttpServer::Respond(SocketRef socket, const Response& response) {
  if (!IsWaiting(socket)) return;
  std::uint32_t slot = socket.slot;
  Exchange& exchange = *Find(slot);
  const wire::HttpHead& request = exchange.parser.head();
  bool keep_alive = request.keep_alive && !response.close && !exchange.ended && !stopping_;
  if (exchange.early && exchange.reading_body) keep_alive = false;
  std::vector<wire::HttpField> fields(response.fields.begin(), response.fields.end());
  if (!keep_alive) {
    fields.push_back({"Connection", "close"});
  } else if (request.version == 10) {
    fields.push_back({"Connection", "keep-alive"});
  }
  bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  std::string head;
  wire::AppendResponseHead(head, response.status, sockets_.loop().WallNow(), fields,
                           bodiless ? std::nullopt : std::optional(response.body.size()),
                           options_.answer_lines);
  if (!bodiless && request.method != "HEAD") head += response.body;
  sockets_.Send(slot, head);
  EndExchange(slot, keep_alive);
}

void HttpServer::EndExchange(std::uint32_t slot, bool keep_alive) {
  Drop(slot);
  if (!keep_alive) return sockets_.Close(slot);
  sockets_.SetDeadline(slot, options_.keep_alive_seconds);
  if (sockets_.queued_bytes(slot) > options_.queued_bytes_max) {
    sockets_.PauseReading(slot);  // the next request waits until these answers have left
    return sockets_.NotifyDrained(slot);
  }
  sockets_.ResumeReading(slot);
}

void HttpServer::OnDrained(std::uint32_t slot) { sockets_.ResumeReading(slot); }

void HttpServer::Upgrade(SocketRef socket, std::string_view head, Protocol& next) {
  CHECK(IsWaiting(socket));
  sockets_.Send(socket.slot, head);
  Drop(socket.slot);
  connect_hosts_.erase(socket.slot);
  sockets_.SetProtocol(socket.slot, next);
  sockets_.ResumeReading(socket.slot);
}

void HttpServer::AcceptConnect(SocketRef socket) {
  if (!IsWaiting(socket)) return;
  std::uint32_t slot = socket.slot;
  if (sockets_.HasFilter(slot)) {
    return Respond(socket, {501, {}, "CONNECT inside TLS: give the proxy's URL as http://", true});
  }
  Exchange& exchange = *Find(slot);
  if (exchange.ended || stopping_) return Respond(socket, {503, {}, {}, true});
  connect_hosts_[slot] = exchange.parser.head().target;
  sockets_.Send(slot, "HTTP/1.1 200 Connection established\r\n\r\n");
  EndExchange(slot, true);
  OnAccepted(slot);
}

void HttpServer::Fail(std::uint32_t slot, int status, std::string_view reason) {
  std::string body = R"({"message":")" + std::string(reason) + R"("})";
  std::array<wire::HttpField, 2> fields{
      {{"Content-Type", "application/json"}, {"Connection", "close"}}};
  std::string head;
  wire::AppendResponseHead(head, status, sockets_.loop().WallNow(), fields, body.size(),
                           options_.answer_lines);
  sockets_.Send(slot, head + body);
  Drop(slot);
  sockets_.Close(slot);
}

// A request in the works is answered before we close, unless nothing of it can come any more.
void HttpServer::OnEnd(std::uint32_t slot) {
  Exchange* exchange = Find(slot);
  if (!exchange || !exchange->waiting) return sockets_.Close(slot);
  exchange->ended = true;
  if (exchange->parser.head().upgrade) {
    handler_.OnGone(sockets_.Ref(slot));
    exchange->waiting = false;
    sockets_.Close(slot);
  }
}

void HttpServer::OnDeadline(std::uint32_t slot) {
  Exchange* exchange = Find(slot);
  bool is_crowded = (sockets_.mark(slot) & kCrowded) != 0;
  if (exchange && is_crowded) return Fail(slot, 503, "Service Unavailable");
  if (exchange) return Fail(slot, 408, "Request Timeout");
  sockets_.Close(slot);
}

void HttpServer::OnClosed(std::uint32_t slot, CloseCause /*cause*/) {
  connect_hosts_.erase(slot);
  Exchange* exchange = Find(slot);
  if (!exchange) return;
  if (exchange->waiting) handler_.OnGone(sockets_.Ref(slot));
  Drop(slot);
}

void HttpServer::Stop() {
  stopping_ = true;
  sockets_.ForEach(*this, [this](std::uint32_t slot) {
    Exchange* exchange = Find(slot);
    if (!exchange) return sockets_.CloseIdle(slot);
    if (!exchange->waiting) sockets_.Close(slot);
  });
}

}  // namespace gatehouse::net
