// The kernel's TCP sockets through epoll (level-triggered), IPv4 and IPv6.
#pragma once

#include <unordered_map>

#include "net/loop/network.h"

namespace gatehouse::net {

class EpollNetwork final : public Network {
 public:
  EpollNetwork();
  ~EpollNetwork() override;
  EpollNetwork(const EpollNetwork&) = delete;
  EpollNetwork& operator=(const EpollNetwork&) = delete;

  Result<int> Listen(const Address& address, bool share_port) override;
  Address LocalAddress(int socket) override;
  Accepted Accept(int listener) override;
  Result<int> Connect(const Address& address) override;
  Result<Channel> OpenChannel() override;
  PeerProcess LookAtPeer(int socket, pid_t root) override;
  int TakeError(int socket) override;
  ssize_t Receive(int socket, std::span<char> into) override;
  ssize_t Send(int socket, std::span<const iovec> parts) override;
  void ShutdownWrite(int socket) override;
  void Close(int socket, bool abort) override;
  void Watch(int socket, std::uint32_t readiness, std::uint64_t token) override;
  std::size_t Wait(std::span<Ready> out, std::optional<std::chrono::nanoseconds> timeout) override;
  void Wake() override;

 private:
  int epoll_ = -1;
  int wake_ = -1;  // eventfd
};

}  // namespace gatehouse::net
