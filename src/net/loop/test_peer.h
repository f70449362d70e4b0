// What the tests of this room and of `api` share: sockets over a simulated network, and raw peers
// that speak to them byte by byte. Everything on the test's thread.
#pragma once

#include <sys/uio.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/loop/loop.h"
#include "net/loop/memory_network.h"
#include "net/socket/sockets.h"

namespace gatehouse::net {

struct TestWorld {
  explicit TestWorld(SocketOptions options = {}) : sockets(loop, options) {}

  // Turns until nothing is left to do now. A loop that never rests fails the test: it spins.
  void Settle() {
    for (int turns = 0; turns < 20'000; ++turns) {
      auto before = clock.Now();
      loop.Turn(std::chrono::nanoseconds{1});
      if (clock.Now() != before) return;  // it waited: nobody wanted anything
    }
    ADD_FAILURE() << "the loop does not come to rest";
  }

  // Lets time pass, with all that happens meanwhile.
  void Advance(double seconds) {
    auto end = clock.Now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 std::chrono::duration<double>(seconds));
    for (int turns = 0; turns < 200'000; ++turns) {
      if (clock.Now() >= end) return Settle();
      loop.Turn(end - clock.Now());
    }
    ADD_FAILURE() << "the loop does not come to rest";
  }

  MemoryClock clock;
  MemoryNetwork network{clock};
  Loop loop{network, clock};
  Sockets sockets;
};

// A test's own end of a connection to a listener.
class Peer {
 public:
  Peer(TestWorld& world, std::uint16_t port, const Address& from = {"127.0.0.1", 50000})
      : world_(&world), socket_(world.network.Dial(port, from)) {
    EXPECT_GE(socket_, 0) << "nobody listens on " << port;
  }

  // A channel's end.
  static Peer Of(TestWorld& world, int socket) { return Peer(&world, socket); }

  int socket() const { return socket_; }

  // All of bytes; the loop turns while there is no room for them.
  void Send(std::string_view bytes) {
    for (int tries = 0; !bytes.empty() && tries < 10'000; ++tries) {
      iovec part{const_cast<char*>(bytes.data()), bytes.size()};
      ssize_t n = world_->network.Send(socket_, {&part, 1});
      if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
      if (n == -EPIPE) return;  // the other side has gone
      if (n == -EAGAIN) world_->loop.Turn(std::chrono::nanoseconds{0});
    }
    EXPECT_TRUE(bytes.empty()) << "the other side does not read";
  }

  // What arrived since the last call.
  std::string Take() { return world_->network.TakeReceived(socket_); }
  // Sends, lets the other side work, and takes the answer.
  std::string Ask(std::string_view bytes) {
    Send(bytes);
    world_->Settle();
    return Take();
  }

  bool ended() const { return world_->network.PeerEnded(socket_); }
  bool reset() const { return world_->network.PeerReset(socket_); }

  void Finish() { world_->network.ShutdownWrite(socket_); }  // sends no more, still reads
  void Close() {
    Take();
    world_->network.Close(socket_, false);
  }
  void Vanish() { world_->network.Close(socket_, true); }  // a reset

 private:
  Peer(TestWorld* world, int socket) : world_(world), socket_(socket) {}

  TestWorld* world_;
  int socket_;
};

}  // namespace gatehouse::net
