#include "net/websocket/websocket_client.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/encoding.h"
#include "wire/http_writer.h"
#include "wire/reason.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::net {
namespace {

WebSocketOptions EndpointOptions(std::size_t message_bytes_max) {
  WebSocketOptions options;
  options.server = false;
  options.accept_binary = true;
  options.frame_bytes_max = options.message_bytes_max = message_bytes_max;
  options.idle_seconds = options.age_seconds = 0;
  return options;
}

}  // namespace

WebSocketClient::WebSocketClient(Sockets& sockets, base::Random& random, Observer& observer,
                                 Options options)
    : sockets_(sockets),
      random_(random),
      observer_(observer),
      options_(options),
      websockets_(sockets, *this, EndpointOptions(options.message_bytes_max), &random),
      parser_(wire::HttpParser::kResponses) {}

WebSocketClient::~WebSocketClient() {
  sockets_.Abandon(*this, [](std::uint32_t /*slot*/) {});
}

Result<void> WebSocketClient::Connect(const Address& address, std::string_view host,
                                      std::string_view target, WebSocketRoute route) {
  CHECK(!socket_);
  host_ = host;
  target_ = target;
  route_ = std::move(route);
  proxy_.reset();
  parser_ = wire::HttpParser(wire::HttpParser::kResponses);
  Result<SocketRef> socket = sockets_.Connect(address, *this);
  if (!socket) return socket.error();
  socket_ = *socket;
  failure_.reset();
  connected_ = false;
  sockets_.SetDeadline(socket_->slot, options_.connect_seconds);
  return {};
}

void WebSocketClient::OnConnected(std::uint32_t slot) {
  if (!route_.proxy) return Secure(slot);
  proxy_.emplace(*route_.proxy, route_.host, route_.port);
  sockets_.Send(slot, proxy_->request());
}

void WebSocketClient::Secure(std::uint32_t slot) {
  if (!route_.tls) return Ask(slot);
  sockets_.SetFilter(slot, route_.tls->Connect(route_.host));
}

void WebSocketClient::OnSecured(std::uint32_t slot) { Ask(slot); }

std::size_t WebSocketClient::ReadProxy(std::uint32_t slot, std::string_view input) {
  Result<std::size_t> read = proxy_->Read(input);
  if (!read) {
    Fail(0, read.error().message);
    return input.size();
  }
  if (proxy_->is_done()) {
    proxy_.reset();
    Secure(slot);
  }
  return *read;
}

void WebSocketClient::Ask(std::uint32_t slot) {
  connected_ = true;
  sockets_.SetDeadline(slot, options_.handshake_seconds);
  std::array<char, 16> nonce;
  random_.Fill(std::as_writable_bytes(std::span(nonce)));
  key_ = base::EncodeBase64({nonce.data(), nonce.size()});
  const std::array<wire::HttpField, 6> fields{{{"Host", host_},
                                               {"Upgrade", "websocket"},
                                               {"Connection", "Upgrade"},
                                               {"Sec-WebSocket-Key", key_},
                                               {"Sec-WebSocket-Version", "13"},
                                               {"User-Agent", wire::kOwnUserAgent}}};
  std::string head;
  wire::AppendRequestHead(head, "GET", target_, fields);
  sockets_.Send(slot, head);
}

std::size_t WebSocketClient::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  std::size_t consumed = 0;
  std::string_view input(bytes.data(), bytes.size());
  if (proxy_) return ReadProxy(slot, input);
  for (;;) {
    wire::HttpStep step = parser_.Parse(input.substr(consumed));
    consumed += step.consumed;
    if (step.kind == wire::HttpStep::kNeedMore) return consumed;
    if (step.kind == wire::HttpStep::kError) {
      Fail(0, "the answer is no HTTP: " + std::string(step.reason));
      return bytes.size();
    }
    OnResponseHead(slot);
    return failure_ ? bytes.size() : consumed;
  }
}

void WebSocketClient::OnResponseHead(std::uint32_t slot) {
  const wire::HttpHead& head = parser_.head();
  if (head.status != 101) {
    std::string why = "the server answers " + std::to_string(head.status) + " ";
    why.append(head.reason);
    if (auto reason = head.Find(wire::kReasonField)) {
      why.append(": ").append(reason->substr(0, wire::kReasonBytesMax));
    }
    return Fail(head.status, std::move(why));
  }
  if (auto why = wire::CheckUpgradeResponse(head, key_)) return Fail(head.status, *why);
  sockets_.SetProtocol(slot, websockets_);
  websockets_.Open(slot);
  open_ = true;
  observer_.OnOpen();
}

void WebSocketClient::Fail(int status, std::string why) {
  if (!failure_) failure_.emplace(status, std::move(why));
  sockets_.Abort(socket_->slot);
}

bool WebSocketClient::Send(std::string_view text) {
  return open_ && websockets_.SendText(socket_->slot, text) == WebSockets::SendResult::kQueued;
}

std::size_t WebSocketClient::queued_bytes() const {
  return open_ ? sockets_.queued_bytes(socket_->slot) : 0;
}

void WebSocketClient::PauseReading() {
  if (open_) sockets_.PauseReading(socket_->slot);
}

bool WebSocketClient::is_reading_paused() const {
  return open_ && sockets_.IsPaused(socket_->slot);
}

void WebSocketClient::ResumeReading() {
  if (open_) sockets_.ResumeReading(socket_->slot);
}

void WebSocketClient::Ping() {
  if (open_) websockets_.SendPing(socket_->slot);
}

void WebSocketClient::Close(std::uint16_t code, std::string_view reason) {
  if (open_) {
    websockets_.Close(socket_->slot, code, reason);
  } else if (socket_) {
    Fail(0, "given up");
  }
}

void WebSocketClient::Abort() {
  if (socket_) sockets_.Abort(socket_->slot);
}

void WebSocketClient::OnEnd(std::uint32_t /*slot*/) {
  Fail(0, std::string(proxy_ ? "the proxy" : "the server") +
              " closed the connection during the handshake");
}

void WebSocketClient::OnDeadline(std::uint32_t /*slot*/) {
  Fail(0, proxy_ ? "the proxy does not answer" : "the server does not answer");
}

std::string WebSocketClient::ConnectionFailure(std::uint32_t slot) const {
  std::string address = (route_.proxy ? "the proxy " : "") + sockets_.peer(slot).ToString();
  switch (sockets_.connect_error(slot)) {
    case 0:
      return "the server closed the connection during the handshake";
    case ECONNREFUSED:
      return address + " refused the connection; nobody listens there";
    case ETIMEDOUT:
      return address + " does not answer (timed out)";
    default:
      return address + ": " + std::strerror(sockets_.connect_error(slot));
  }
}

void WebSocketClient::OnClosed(std::uint32_t slot, CloseCause cause) {
  socket_.reset();
  if (!failure_ && cause == CloseCause::kFilter) {
    failure_.emplace(kTlsRefused, sockets_.filter_error(slot));
  }
  auto [status, why] = failure_.value_or(std::pair(0, ConnectionFailure(slot)));
  failure_.reset();
  observer_.OnFailed(status, why);
}

void WebSocketClient::OnMessage(std::uint32_t /*slot*/, wire::Opcode /*type*/,
                                std::string_view data) {
  observer_.OnText(data);
}

void WebSocketClient::OnPong(std::uint32_t /*slot*/, std::string_view payload) {
  observer_.OnPong(payload);
}

void WebSocketClient::OnClose(std::uint32_t /*slot*/, std::uint16_t code, std::string_view reason) {
  failure_.emplace(code, reason);  // told when the socket is released
  open_ = false;
}

void WebSocketClient::OnReleased(std::uint32_t /*slot*/) {
  socket_.reset();
  auto [code, reason] = failure_.value_or(std::pair(int{wire::kCloseAbnormal}, std::string()));
  failure_.reset();
  observer_.OnClose(static_cast<std::uint16_t>(code), reason);
}

}  // namespace gatehouse::net
