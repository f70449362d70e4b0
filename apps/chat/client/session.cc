#include "apps/chat/client/session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/chat/client/commands.h"
#include "base/check.h"
#include "wire/reason.h"

namespace gatehouse::chat {
namespace {

// A status that says no to us rather than to the moment: 401, 403, 404 and such.
bool Refused(int status) {
  if (status == net::WebSocketClient::kTlsRefused) return true;
  return status >= 300 && status < 500 && status != 408 && status != 425 && status != 429;
}

net::WebSocketClient::Options ClientOptions(const SessionOptions& options) {
  net::WebSocketClient::Options client;
  client.message_bytes_max = options.message_bytes_max;
  return client;
}

const net::Proxy* ProxyFor(const SessionOptions& options) {
  return options.url.secure ? options.proxies.For(options.url.host, options.url.port) : nullptr;
}

}  // namespace

Session::Session(net::Sockets& sockets, base::Random& random, net::Resolver& resolver,
                 SessionOptions options, Observer& observer)
    : loop_(sockets.loop()),
      resolver_(resolver),
      options_(std::move(options)),
      observer_(observer),
      proxy_(ProxyFor(options_)),
      client_(sockets, random, *this, ClientOptions(options_)),
      pauses_(random) {}

Session::~Session() { CancelTimers(); }

// ---- Connecting ----

void Session::Start() {
  CHECK(state_ == State::kIdle);
  CHECK(!options_.url.secure || options_.tls);
  observer_.OnStatus("connecting to " + options_.url.shown);
  Resolve();
}

void Session::Resolve() {
  state_ = State::kResolving;
  resolver_.Resolve(proxy_ ? proxy_->host : options_.url.host,
                    proxy_ ? proxy_->port : options_.url.port,
                    [this](Result<std::vector<net::Address>> addresses) {
                      if (state_ != State::kResolving) return;
                      if (!addresses) return AttemptFailed(false, addresses.error().message);
                      addresses_ = std::move(*addresses);
                      next_address_ = 0;
                      ConnectNext();
                    });
}

void Session::ConnectNext() {
  state_ = State::kConnecting;
  const net::Address& address = addresses_[next_address_++];
  const ChatUrl& url = options_.url;
  net::WebSocketRoute route{url.host, url.port, url.secure ? options_.tls : nullptr, {}};
  if (proxy_) route.proxy = *proxy_;
  auto begun = client_.Connect(address, url.host_header, url.target, std::move(route));
  if (!begun) OnFailed(0, begun.error().message);
}

void Session::OnFailed(int status, std::string_view why) {
  if (state_ == State::kClosing) return End();
  // A server that answered was found; its other addresses would say the same.
  if (status == 0 && next_address_ < addresses_.size()) {
    pause_timer_ = loop_.After(std::chrono::nanoseconds(0), [this] { ConnectNext(); });
    return;
  }
  AttemptFailed(Refused(status), why);
}

void Session::AttemptFailed(bool refused, std::string_view why) {
  ++failed_attempts_;
  observer_.OnStatus("no connection: " + std::string(why));
  refusals_ = refused ? refusals_ + 1 : 0;
  bool is_refused = refusals_ >= (was_open_ ? options_.refusals_max : 1);
  if (is_refused || (options_.attempts_max > 0 && failed_attempts_ >= options_.attempts_max)) {
    state_ = State::kEnded;
    return observer_.OnGivenUp();
  }
  Pause(pauses_.Next());
}

void Session::Pause(std::chrono::nanoseconds pause) {
  state_ = State::kPausing;
  observer_.OnStatus(
      fmt::format("reconnecting in {:.1f} s", std::chrono::duration<double>(pause).count()));
  pause_timer_ = loop_.After(pause, [this] { Resolve(); });
}

// ---- Open ----

void Session::OnOpen() {
  if (state_ == State::kClosing) return;
  state_ = State::kOpen;
  was_open_ = true;
  failed_attempts_ = refusals_ = 0;
  reason_.clear();
  opened_at_ = last_data_ = last_heard_ = loop_.Now();
  observer_.OnStatus("connected");
  AskId();
  KeepPinging();
  KeepRefreshing();
}

void Session::AskId() {
  if (options_.asks_id) Send(kAskIdFrame);
}

bool Session::CanSend() const { return state_ == State::kOpen && client_.queued_bytes() == 0; }

bool Session::Send(std::string_view frame) {
  if (!CanSend() || !client_.Send(frame)) return false;
  last_data_ = loop_.Now();
  return true;
}

void Session::OnText(std::string_view text) {
  last_data_ = last_heard_ = loop_.Now();
  if (!reason_.empty()) observer_.OnReason(std::exchange(reason_, {}));
  observer_.OnFrame(text);
}

// Our pings carry nothing, so what a pong carries is a part of a reason (wire/reason.h).
void Session::OnPong(std::string_view payload) {
  last_heard_ = loop_.Now();
  reason_.append(payload.substr(0, wire::kReasonBytesMax - reason_.size()));
}

// A ping that brings neither pong nor data shows a connection of which nobody told us the end: the
// laptop slept, the network is another one.
void Session::KeepPinging() {
  if (options_.ping_interval.count() <= 0) return;
  ping_timer_ = loop_.After(options_.ping_interval, [this] {
    client_.Ping();
    auto wait = std::min(options_.pong_wait, options_.ping_interval);
    pong_timer_ = loop_.After(wait, [this, sent = loop_.Now()] {
      if (last_heard_ >= sent || client_.is_reading_paused()) return;
      observer_.OnStatus("the server no longer answers");
      client_.Abort();
    });
    KeepPinging();
  });
}

void Session::KeepRefreshing() {
  if (options_.refresh_interval.count() <= 0 || !options_.asks_id) return;
  auto due = last_data_ + options_.refresh_interval - loop_.Now();
  refresh_timer_ = loop_.After(due, [this] {
    if (loop_.Now() - last_data_ >= options_.refresh_interval) {
      AskId();
      last_data_ = loop_.Now();  // even if it could not be sent: not before the next interval
    }
    KeepRefreshing();
  });
}

// ---- Ends ----

void Session::OnClose(std::uint16_t code, std::string_view reason) {
  CancelTimers();
  std::string why = code == wire::kCloseAbnormal   ? "connection lost"
                    : code == wire::kCloseNoStatus ? "connection closed"
                                                   : fmt::format("connection closed: {}", code);
  if (!reason.empty() && code != wire::kCloseNoStatus) why.append(" ").append(reason);
  observer_.OnStatus(why);
  if (state_ == State::kClosing) return End();
  state_ = State::kPausing;
  if (!observer_.OnLost(code)) return End();
  if (state_ != State::kPausing) return;  // the observer closed the session
  if (loop_.Now() - opened_at_ >= options_.lasted) pauses_.Reset();
  Pause(pauses_.Next());
}

void Session::Close() {
  if (state_ == State::kClosing || state_ == State::kEnded) return;
  bool has_socket = state_ == State::kOpen || state_ == State::kConnecting;
  bool between_addresses = state_ == State::kConnecting && !client_.is_busy();
  CancelTimers();
  state_ = State::kClosing;
  if (!has_socket || between_addresses) {
    pause_timer_ = loop_.After(std::chrono::nanoseconds(0), [this] { End(); });
    return;
  }
  client_.Close(wire::kCloseNormal, {});
  close_timer_ = loop_.After(options_.close_wait, [this] { client_.Abort(); });
}

void Session::End() {
  if (state_ == State::kEnded) return;
  CancelTimers();
  state_ = State::kEnded;
  observer_.OnEnded();
}

void Session::CancelTimers() {
  for (auto* timer : {&pause_timer_, &ping_timer_, &pong_timer_, &refresh_timer_, &close_timer_}) {
    loop_.Cancel(*timer);
    *timer = {};
  }
}

}  // namespace gatehouse::chat
