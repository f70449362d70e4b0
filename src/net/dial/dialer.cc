#include "net/dial/dialer.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace gatehouse::net {

struct Dialer::Attempt {
  Id id = 0;
  DialRequest request;
  Protocol* next = nullptr;
  Done done;
  Loop::TimerId timer{};
  std::chrono::nanoseconds until{};
  std::vector<Address> addresses;
  std::size_t next_address = 0;
  std::optional<SocketRef> socket;
  std::optional<ProxyHandshake> handshake;
  std::string why;  // the last address failed

  // Whom the TCP connection goes to.
  std::string Whom() const {
    if (!request.proxy) return ToAuthority(request.host, request.port);
    return "the proxy " + ToAuthority(request.proxy->host, request.proxy->port);
  }
};

std::string ConnectFailure(int error) {
  return error == 0 ? "no connection" : std::strerror(error);
}

Dialer::Dialer(Sockets& sockets, Resolver& resolver)
    : sockets_(sockets), resolver_(resolver), self_(std::make_shared<Dialer*>(this)) {}

Dialer::~Dialer() {
  for (auto& [id, attempt] : attempts_) sockets_.loop().Cancel(attempt->timer);
  sockets_.Abandon(*this, [](std::uint32_t /*slot*/) {});
}

Dialer::Id Dialer::Dial(DialRequest request, Protocol& next, Done done) {
  auto attempt = std::make_unique<Attempt>();
  Id id = attempt->id = ++last_id_;
  attempt->request = std::move(request);
  attempt->next = &next;
  attempt->done = std::move(done);
  auto limit = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(attempt->request.seconds));
  attempt->until = sockets_.loop().Now() + limit;
  attempt->timer = sockets_.loop().After(limit, [this, id] {
    Attempt& late = *attempts_.at(id);
    Fail(late, ErrorCode::kTimeout,
         fmt::format("no connection to {} within {:g} s", late.Whom(), late.request.seconds));
  });
  const DialRequest& wanted = attempt->request;
  std::string host = wanted.proxy ? wanted.proxy->host : wanted.host;
  std::uint16_t port = wanted.proxy ? wanted.proxy->port : wanted.port;
  attempts_.emplace(id, std::move(attempt));
  resolver_.Resolve(host, port,
                    [id, weak = std::weak_ptr(self_)](Result<std::vector<Address>> addresses) {
                      if (auto self = weak.lock()) (*self)->OnResolved(id, std::move(addresses));
                    });
  return id;
}

std::unique_ptr<Dialer::Attempt> Dialer::Take(Id id) {
  auto found = attempts_.find(id);
  std::unique_ptr<Attempt> attempt = std::move(found->second);
  attempts_.erase(found);
  sockets_.loop().Cancel(attempt->timer);
  return attempt;
}

void Dialer::Cancel(Id id) {
  if (!attempts_.contains(id)) return;
  std::unique_ptr<Attempt> attempt = Take(id);
  if (!attempt->socket) return;
  sockets_.set_state(attempt->socket->slot, nullptr);
  sockets_.Abort(attempt->socket->slot);
}

Dialer::Attempt* Dialer::Find(std::uint32_t slot) const {
  return static_cast<Attempt*>(sockets_.state(slot));
}

void Dialer::OnResolved(Id id, Result<std::vector<Address>> addresses) {
  auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  Attempt& attempt = *found->second;
  if (!addresses) return Fail(attempt, ErrorCode::kUnavailable, addresses.error().message);
  attempt.addresses = std::move(*addresses);
  ConnectNext(attempt);
}

// Each address gets its share of the time that is left.
void Dialer::ConnectNext(Attempt& attempt) {
  while (attempt.next_address < attempt.addresses.size()) {
    auto left = static_cast<double>(attempt.addresses.size() - attempt.next_address);
    const Address& address = attempt.addresses[attempt.next_address++];
    Result<SocketRef> socket = sockets_.Connect(address, *this);
    if (!socket) {
      attempt.why = socket.error().message;
      continue;
    }
    attempt.socket = *socket;
    sockets_.set_state(socket->slot, &attempt);
    std::chrono::duration<double> time = attempt.until - sockets_.loop().Now();
    if (left > 1) sockets_.SetDeadline(socket->slot, std::max(time.count() / left, 0.1));
    return;
  }
  Fail(attempt, ErrorCode::kUnavailable, attempt.why);
}

void Dialer::OnConnected(std::uint32_t slot) {
  Attempt* attempt = Find(slot);
  if (!attempt) return;
  const DialRequest& request = attempt->request;
  if (!request.proxy) return Secure(*attempt);
  attempt->handshake.emplace(*request.proxy, request.host, request.port);
  sockets_.Send(slot, attempt->handshake->request());
}

void Dialer::Secure(Attempt& attempt) {
  if (!attempt.request.tls) return Succeed(attempt);
  sockets_.SetFilter(attempt.socket->slot, attempt.request.tls->Connect(attempt.request.host));
}

void Dialer::OnSecured(std::uint32_t slot) {
  if (Attempt* attempt = Find(slot)) Succeed(*attempt);
}

std::size_t Dialer::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  Attempt* attempt = Find(slot);
  if (!attempt || !attempt->handshake) return 0;
  Result<std::size_t> read = attempt->handshake->Read({bytes.data(), bytes.size()});
  if (!read) {
    Fail(*attempt, read.error().code, read.error().message);
    return bytes.size();
  }
  if (!attempt->handshake->is_done()) return *read;
  attempt->handshake.reset();
  Secure(*attempt);
  return *read;
}

void Dialer::OnEnd(std::uint32_t slot) {
  if (Attempt* attempt = Find(slot)) {
    attempt->why = attempt->Whom() + " closed the connection";
  }
  sockets_.Abort(slot);
}

void Dialer::OnDeadline(std::uint32_t slot) {
  if (Attempt* attempt = Find(slot)) {
    attempt->why = "no connection to " + attempt->Whom() + " in time";
  }
  sockets_.Abort(slot);
}

void Dialer::OnClosed(std::uint32_t slot, CloseCause cause) {
  Attempt* attempt = Find(slot);
  if (!attempt) return;
  attempt->socket.reset();
  attempt->handshake.reset();
  if (cause == CloseCause::kFilter) {  // another address would show the same certificate
    return Fail(*attempt, ErrorCode::kUnavailable, sockets_.filter_error(slot));
  }
  if (cause != CloseCause::kRequested) {
    attempt->why =
        fmt::format("cannot connect to {} ({}): {}", attempt->Whom(), sockets_.peer(slot).ip,
                    ConnectFailure(sockets_.connect_error(slot)));
  }
  ConnectNext(*attempt);
}

void Dialer::Succeed(Attempt& attempt) {
  std::unique_ptr<Attempt> over = Take(attempt.id);
  sockets_.SetProtocol(over->socket->slot, *over->next);
  over->done(*over->socket);
}

void Dialer::Fail(Attempt& attempt, ErrorCode code, std::string why) {
  std::unique_ptr<Attempt> over = Take(attempt.id);
  if (over->socket) {
    sockets_.set_state(over->socket->slot, nullptr);
    sockets_.Abort(over->socket->slot);
  }
  over->done(Error{code, std::move(why)});
}

}  // namespace gatehouse::net
