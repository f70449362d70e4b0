#include "net/loop/memory_network.h"

#include <algorithm>
#include <cerrno>

#include "base/check.h"

namespace gatehouse::net {

int MemoryNetwork::NewEnd() {
  ends_.emplace_back();
  ends_.back().open = true;
  return static_cast<int>(ends_.size() - 1);
}

int MemoryNetwork::FindListener(std::uint16_t port) const {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    if (ends_[i].open && ends_[i].listening && ends_[i].local.port == port) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

int MemoryNetwork::Join(int listener, const Address& from) {
  int near = NewEnd();
  int far = NewEnd();
  End& a = ends_[static_cast<std::size_t>(near)];
  End& b = ends_[static_cast<std::size_t>(far)];
  End& l = ends_[static_cast<std::size_t>(listener)];
  a.other = far;
  b.other = near;
  a.local = b.peer = from;
  a.peer = b.local = l.local;
  l.backlog.push_back(far);
  return near;
}

int MemoryNetwork::Dial(std::uint16_t port, const Address& from) {
  int listener = FindListener(port);
  return listener < 0 ? -1 : Join(listener, from);
}

std::string MemoryNetwork::TakeReceived(int socket) {
  return std::exchange(ends_[static_cast<std::size_t>(socket)].inbox, {});
}

bool MemoryNetwork::PeerEnded(int socket) const {
  const End& end = ends_[static_cast<std::size_t>(socket)];
  return end.ended || end.reset;
}

bool MemoryNetwork::PeerReset(int socket) const {
  return ends_[static_cast<std::size_t>(socket)].reset;
}

void MemoryNetwork::SetWindow(int socket, std::size_t bytes) {
  ends_[static_cast<std::size_t>(socket)].window = bytes;
}

std::size_t MemoryNetwork::open_sockets() const {
  return static_cast<std::size_t>(
      std::count_if(ends_.begin(), ends_.end(), [](const End& e) { return e.open; }));
}

Result<int> MemoryNetwork::Listen(const Address& address, bool /*share_port*/) {
  if (address.port != 0 && FindListener(address.port) >= 0) {
    return Error{ErrorCode::kIo, "cannot listen on " + address.ToString() + ": in use"};
  }
  int socket = NewEnd();
  End& end = ends_[static_cast<std::size_t>(socket)];
  end.listening = true;
  end.local = address;
  if (address.port == 0) end.local.port = next_port_++;
  return socket;
}

Address MemoryNetwork::LocalAddress(int socket) {
  return ends_[static_cast<std::size_t>(socket)].local;
}

Accepted MemoryNetwork::Accept(int listener) {
  End& l = ends_[static_cast<std::size_t>(listener)];
  if (l.backlog.empty()) return {};
  if (accept_error_ != 0) return {-1, {}, accept_error_};
  int socket = l.backlog.front();
  l.backlog.erase(l.backlog.begin());
  return {socket, ends_[static_cast<std::size_t>(socket)].peer, 0};
}

Result<int> MemoryNetwork::Connect(const Address& address) {
  int listener = FindListener(address.port);
  if (listener >= 0) return Join(listener, {"127.0.0.1", next_port_++});
  int socket = NewEnd();
  ends_[static_cast<std::size_t>(socket)].refused = true;
  return socket;
}

Result<Channel> MemoryNetwork::OpenChannel() {
  int ours = NewEnd();
  int theirs = NewEnd();
  ends_[static_cast<std::size_t>(ours)].other = theirs;
  ends_[static_cast<std::size_t>(theirs)].other = ours;
  return Channel{ours, theirs};
}

PeerProcess MemoryNetwork::LookAtPeer(int /*socket*/, pid_t /*root*/) { return peer_process_; }

int MemoryNetwork::TakeError(int socket) {
  return ends_[static_cast<std::size_t>(socket)].refused ? ECONNREFUSED : 0;
}

std::size_t MemoryNetwork::Cut(std::size_t bytes) {
  return cuts_ && bytes > 1 ? 1 + cuts_->Next() % bytes : bytes;
}

ssize_t MemoryNetwork::Receive(int socket, std::span<char> into) {
  End& end = ends_[static_cast<std::size_t>(socket)];
  CHECK(end.open);
  if (end.reset) return -ECONNRESET;
  if (end.inbox.empty()) return end.ended ? 0 : -EAGAIN;
  std::size_t n = Cut(std::min(into.size(), end.inbox.size()));
  std::copy_n(end.inbox.begin(), n, into.begin());
  end.inbox.erase(0, n);
  return static_cast<ssize_t>(n);
}

ssize_t MemoryNetwork::Send(int socket, std::span<const iovec> parts) {
  ++writes_;
  End& end = ends_[static_cast<std::size_t>(socket)];
  CHECK(end.open);
  if (end.reset || end.other < 0) return -EPIPE;
  End& other = ends_[static_cast<std::size_t>(end.other)];
  std::size_t room = other.window - std::min(other.window, other.inbox.size());
  if (room == 0) return -EAGAIN;
  room = Cut(room);
  std::size_t sent = 0;
  for (const iovec& part : parts) {
    std::size_t n = std::min(part.iov_len, room - sent);
    other.inbox.append(static_cast<const char*>(part.iov_base), n);
    sent += n;
    if (sent == room) break;
  }
  return static_cast<ssize_t>(sent);
}

void MemoryNetwork::ShutdownWrite(int socket) {
  End& end = ends_[static_cast<std::size_t>(socket)];
  if (end.other >= 0) ends_[static_cast<std::size_t>(end.other)].ended = true;
}

void MemoryNetwork::Close(int socket, bool abort) {
  End& end = ends_[static_cast<std::size_t>(socket)];
  CHECK(end.open);
  if (end.other >= 0) {
    End& other = ends_[static_cast<std::size_t>(end.other)];
    other.other = -1;
    // As TCP does: closing with unread bytes resets.
    if (abort || !end.inbox.empty()) {
      other.reset = true;
    } else {
      other.ended = true;
    }
  }
  end = End{};
}

void MemoryNetwork::Watch(int socket, std::uint32_t readiness, std::uint64_t token) {
  End& end = ends_[static_cast<std::size_t>(socket)];
  CHECK(end.open);
  end.watched = true;
  end.interest = readiness;
  end.token = token;
}

std::uint32_t MemoryNetwork::ReadinessOf(const End& end) const {
  if (end.reset || end.refused) return kBroken | (end.interest & (kReadable | kWritable));
  std::uint32_t readiness = 0;
  if (!end.inbox.empty() || end.ended || !end.backlog.empty()) readiness |= kReadable;
  if (!end.listening) {
    const End* other = end.other >= 0 ? &ends_[static_cast<std::size_t>(end.other)] : nullptr;
    if (!other || other->inbox.size() < other->window) readiness |= kWritable;
  }
  return readiness & end.interest;
}

std::size_t MemoryNetwork::Collect(std::span<Ready> out) const {
  std::size_t count = 0;
  for (const End& end : ends_) {
    if (!end.open || !end.watched || count == out.size()) continue;
    std::uint32_t readiness = ReadinessOf(end);
    if (readiness != 0) out[count++] = {end.token, readiness};
  }
  return count;
}

std::size_t MemoryNetwork::Wait(std::span<Ready> out,
                                std::optional<std::chrono::nanoseconds> timeout) {
  bool woken = woken_.exchange(false);
  std::size_t count = Collect(out);
  if (count == 0 && !woken && timeout) clock_.Advance(*timeout);
  return count;
}

}  // namespace gatehouse::net
