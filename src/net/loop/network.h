// The world's sockets as a loop sees them: non-blocking stream sockets and readiness. EpollNetwork
// is the kernel's, MemoryNetwork a simulation's. One per loop, on its thread; only Wake from any
// thread.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "gatehouse/result.h"

namespace gatehouse::net {

// An IP address in text form and a port. Port 0 when listening: a free one.
struct Address {
  std::string ip;
  std::uint16_t port = 0;

  std::string ToString() const;  // "127.0.0.1:4566", "[::1]:4566"
  bool IsLoopback() const;
  bool operator==(const Address&) const = default;
};

enum Readiness : std::uint32_t {
  kReadable = 1,
  kWritable = 2,
  kBroken = 4,  // reset, or closed in both directions; always reported
};

struct Ready {
  std::uint64_t token = 0;
  std::uint32_t readiness = 0;
};

struct Accepted {
  int socket = -1;  // -1: none is waiting, or error is set
  Address peer;
  int error = 0;  // EMFILE, ENFILE, ENOBUFS, ENOMEM: try again later
};

// Two ends of a connection that only whoever was given one of them can use.
struct Channel {
  int ours = -1;    // as if accepted
  int theirs = -1;  // for a child process: blocking
};

// Who is at the other end of a connection within this machine.
enum class PeerProcess {
  kOwn,        // the process that was named, or one that came from it
  kOtherUser,  // of another user than ours, or the kernel does not know
  kStranger,   // a process of ours, but not that one
};

class Network {
 public:
  virtual ~Network() = default;

  // A listening socket. Errors: kIo with the address and the system's words.
  virtual Result<int> Listen(const Address& address, bool share_port) = 0;
  virtual Address LocalAddress(int socket) = 0;
  virtual Accepted Accept(int listener) = 0;
  // Begins a connection; it becomes writable when it is there, broken when it failed.
  virtual Result<int> Connect(const Address& address) = 0;
  // Errors: kIo.
  virtual Result<Channel> OpenChannel() = 0;
  // Which process holds the other end of an accepted socket: root, one of its group or one that
  // came from it? Blocks for at most some milliseconds. See peer_process.h for what it can tell.
  virtual PeerProcess LookAtPeer(int socket, pid_t root) = 0;
  virtual int TakeError(int socket) = 0;  // why it is broken, as errno; 0 if it is not

  // Bytes moved, 0 at the end of the stream (Receive), or -errno (-EAGAIN: would block).
  virtual ssize_t Receive(int socket, std::span<char> into) = 0;
  virtual ssize_t Send(int socket, std::span<const iovec> parts) = 0;

  virtual void ShutdownWrite(int socket) = 0;
  // abort: unsent bytes are dropped and the peer sees a reset.
  virtual void Close(int socket, bool abort) = 0;

  // Sets what readiness of a socket is reported, with which token. Closing ends it.
  virtual void Watch(int socket, std::uint32_t readiness, std::uint64_t token) = 0;

  // Waits until something is ready, Wake was called, or the time has passed (absent: no limit).
  virtual std::size_t Wait(std::span<Ready> out,
                           std::optional<std::chrono::nanoseconds> timeout) = 0;
  virtual void Wake() = 0;  // any thread
};

}  // namespace gatehouse::net
