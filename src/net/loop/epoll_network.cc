#include "net/loop/epoll_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "net/loop/peer_process.h"

namespace gatehouse::net {
namespace {

constexpr std::uint64_t kWakeToken = ~std::uint64_t{0};
constexpr int kBacklog = 4096;
// What the kernel keeps for a peer that takes nothing. Else it is megabytes for each, and filling
// them delays everybody; what waits in our queues is shared.
constexpr int kUnsentBytes = 128 * 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Result<SocketAddress> ToSystem(const Address& address) {
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, address.ip.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    out.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.ip.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    out.size = sizeof *v6;
  } else {
    return Error{ErrorCode::kInvalidArgument, "\"" + address.ip + "\" is no IP address"};
  }
  return out;
}

Address FromSystem(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return {text, ntohs(v6->sin6_port)};
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  return {text, ntohs(v4->sin_port)};
}

Error SystemError(const std::string& what) {
  ErrorCode code = errno == EADDRINUSE ? ErrorCode::kConflict : ErrorCode::kIo;
  return {code, what + ": " + std::strerror(errno)};
}

void SetOption(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

}  // namespace

EpollNetwork::EpollNetwork()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(epoll_ >= 0 && wake_ >= 0);
  Watch(wake_, kReadable, kWakeToken);
}

EpollNetwork::~EpollNetwork() {
  ::close(wake_);
  ::close(epoll_);
}

Result<int> EpollNetwork::Listen(const Address& address, bool share_port) {
  Result<SocketAddress> system = ToSystem(address);
  if (!system) return system.error();
  int socket =
      ::socket(system->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (socket < 0) return SystemError("cannot listen on " + address.ToString());
  SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (share_port) SetOption(socket, SOL_SOCKET, SO_REUSEPORT, 1);
  if (system->storage.ss_family == AF_INET6) SetOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit these
  SetOption(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  if (::bind(socket, system->get(), system->size) < 0 || ::listen(socket, kBacklog) < 0) {
    Error error = SystemError("cannot listen on " + address.ToString());
    ::close(socket);
    return error;
  }
  return socket;
}

Address EpollNetwork::LocalAddress(int socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  ::getsockname(socket, address.get(), &address.size);
  return FromSystem(address);
}

Accepted EpollNetwork::Accept(int listener) {
  Accepted accepted;
  SocketAddress peer;
  for (;;) {
    peer.size = sizeof peer.storage;
    accepted.socket = ::accept4(listener, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted.socket >= 0) break;
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
    if (errno != EAGAIN) accepted.error = errno;
    return accepted;
  }
  accepted.peer = FromSystem(peer);
  return accepted;
}

Result<int> EpollNetwork::Connect(const Address& address) {
  Result<SocketAddress> system = ToSystem(address);
  if (!system) return system.error();
  int socket =
      ::socket(system->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (socket < 0) return SystemError("cannot connect to " + address.ToString());
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket, system->get(), system->size) < 0 && errno != EINPROGRESS &&
      errno != EINTR) {
    Error error = SystemError("cannot connect to " + address.ToString());
    ::close(socket);
    return error;
  }
  return socket;
}

Result<Channel> EpollNetwork::OpenChannel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError("cannot make a pair of sockets");
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Channel{ends[0], ends[1]};
}

PeerProcess EpollNetwork::LookAtPeer(int socket, pid_t root) {
  std::optional<PeerSocket> peer = FindPeerSocket(socket);
  if (!peer || peer->user != ::geteuid()) return PeerProcess::kOtherUser;
  return IsHeldByTree(peer->inode, root) ? PeerProcess::kOwn : PeerProcess::kStranger;
}

int EpollNetwork::TakeError(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return errno;
  return error;
}

ssize_t EpollNetwork::Receive(int socket, std::span<char> into) {
  for (;;) {
    ssize_t n = ::recv(socket, into.data(), into.size(), 0);
    if (n >= 0) return n;
    if (errno != EINTR) return -errno;
  }
}

ssize_t EpollNetwork::Send(int socket, std::span<const iovec> parts) {
  for (;;) {
    ssize_t n = 0;
    if (parts.size() == 1) {  // send is measurably cheaper than sendmsg
      n = ::send(socket, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    } else {
      msghdr message{};
      message.msg_iov = const_cast<iovec*>(parts.data());
      message.msg_iovlen = parts.size();
      n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    }
    if (n >= 0) return n;
    if (errno != EINTR) return -errno;
  }
}

void EpollNetwork::ShutdownWrite(int socket) { ::shutdown(socket, SHUT_WR); }

void EpollNetwork::Close(int socket, bool abort) {
  if (abort) {
    linger now{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(socket);
}

void EpollNetwork::Watch(int socket, std::uint32_t readiness, std::uint64_t token) {
  epoll_event event{};
  if (readiness & kReadable) event.events |= EPOLLIN;
  if (readiness & kWritable) event.events |= EPOLLOUT;
  event.data.u64 = token;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) == 0) return;
  CHECK(errno == ENOENT);
  CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) == 0);
}

std::size_t EpollNetwork::Wait(std::span<Ready> out,
                               std::optional<std::chrono::nanoseconds> timeout) {
  std::array<epoll_event, 512> events;
  int timeout_ms = -1;
  if (timeout) {  // rounded up: waking early would spin until the timer is due
    auto ms = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
    timeout_ms = static_cast<int>(std::clamp<std::int64_t>(ms, 0, 3'600'000));
  }
  int count = ::epoll_wait(epoll_, events.data(),
                           static_cast<int>(std::min(events.size(), out.size())), timeout_ms);
  std::size_t used = 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kWakeToken) {
      std::uint64_t drained = 0;
      [[maybe_unused]] ssize_t n = ::read(wake_, &drained, sizeof drained);
      continue;
    }
    std::uint32_t readiness = 0;
    if (event.events & EPOLLIN) readiness |= kReadable;
    if (event.events & EPOLLOUT) readiness |= kWritable;
    if (event.events & (EPOLLERR | EPOLLHUP)) readiness |= kBroken;
    out[used++] = {event.data.u64, readiness};
  }
  return used;
}

void EpollNetwork::Wake() {
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t n = ::write(wake_, &one, sizeof one);
}

}  // namespace gatehouse::net
