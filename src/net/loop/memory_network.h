// A network in memory with a clock that moves only when everybody waits: whole servers run in a
// test, two hours pass in milliseconds. With a seed, reads and writes are cut at random. One
// thread; only Wake from any.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "net/loop/network.h"

namespace gatehouse::net {

class MemoryClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return now_; }
  base::Millis WallNow() override {
    return kStart + std::chrono::duration_cast<base::Millis>(now_);
  }
  void Advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  static constexpr base::Millis kStart{1767262210000};  // 2026-01-01T10:10:10Z
  std::chrono::nanoseconds now_{0};
};

class MemoryNetwork final : public Network {
 public:
  explicit MemoryNetwork(MemoryClock& clock) : clock_(clock) {}
  // Cuts reads and writes at random places from now on.
  void CutAtRandom(std::uint64_t seed) { cuts_ = std::make_unique<base::SeededRandom>(seed); }

  // A test's own end of a connection to whoever listens on that port; -1 if nobody does.
  int Dial(std::uint16_t port, const Address& from = {"127.0.0.1", 50000});
  // For a test's end: everything that has arrived; whether the other side has ended or reset.
  std::string TakeReceived(int socket);
  bool PeerEnded(int socket) const;
  bool PeerReset(int socket) const;
  // How many bytes may wait unread at this end before the other side's writes are refused.
  void SetWindow(int socket, std::size_t bytes);
  // Accept fails with that error from now on (EMFILE …); 0: no more.
  void FailAccepts(int error) { accept_error_ = error; }
  // What LookAtPeer says from now on.
  void SetPeerProcess(PeerProcess peer) { peer_process_ = peer; }
  std::size_t writes() const { return writes_; }  // Send calls so far, of all sockets
  std::size_t open_sockets() const;

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
  void Wake() override { woken_ = true; }

 private:
  struct End {
    bool open = false;
    bool listening = false;
    int other = -1;
    Address local, peer;
    std::string inbox;  // arrived and not read
    std::size_t window = 256 * 1024;
    bool ended = false;  // the other side writes no more
    bool reset = false;
    bool refused = false;
    std::vector<int> backlog;  // listeners
    bool watched = false;
    std::uint32_t interest = 0;
    std::uint64_t token = 0;
  };
  int NewEnd();
  int Join(int listener, const Address& from);  // the caller's end
  int FindListener(std::uint16_t port) const;
  std::uint32_t ReadinessOf(const End& end) const;
  std::size_t Collect(std::span<Ready> out) const;
  std::size_t Cut(std::size_t bytes);

  MemoryClock& clock_;
  std::unique_ptr<base::SeededRandom> cuts_;
  std::vector<End> ends_;
  std::uint16_t next_port_ = 40000;
  int accept_error_ = 0;
  PeerProcess peer_process_ = PeerProcess::kOwn;
  std::size_t writes_ = 0;
  std::atomic<bool> woken_ = false;
};

}  // namespace gatehouse::net
