// The kernel's sockets, on 127.0.0.1 and a port of its choice.
#include "net/loop/epoll_network.h"

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "net/loop/loop.h"
#include "net/socket/listener.h"
#include "net/socket/sockets.h"
#include "net/socket/test_protocol.h"

namespace gatehouse::net {
namespace {

using std::chrono::milliseconds;

class EpollNetworkTest : public testing::Test {
 protected:
  // Turns until `done`, or for some seconds at most.
  template <class F>
  void TurnUntil(F done) {
    auto end = clock_.Now() + std::chrono::seconds{10};
    while (!done() && clock_.Now() < end) loop_.Turn(milliseconds{100});
    EXPECT_TRUE(done()) << "gave up waiting";
  }

  base::SystemClock clock_;
  EpollNetwork network_;
  Loop loop_{network_, clock_};
  Sockets sockets_{loop_};
  Recorder server_{sockets_};
  Recorder client_{sockets_};
  Listener listener_{sockets_, server_, server_};
};

TEST_F(EpollNetworkTest, BytesGoBothWaysAndEndsAreSeen) {
  Result<Address> address = listener_.Listen({"127.0.0.1", 0}, false);
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_NE(address->port, 0);
  EXPECT_EQ(address->ip, "127.0.0.1");
  Result<SocketRef> near = sockets_.Connect(*address, client_);
  ASSERT_TRUE(near);
  TurnUntil([&] { return !client_.log.empty() && !server_.accepted.empty(); });
  EXPECT_EQ(client_.log.front(), "connected " + std::to_string(near->slot));
  std::uint32_t far = server_.accepted[0].slot;
  EXPECT_TRUE(sockets_.peer(far).IsLoopback());

  std::string large(8 << 20, 'x');  // more than the kernel's buffers: EAGAIN, then progress
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 2654435761u >> 9);
  sockets_.Send(near->slot, large);
  sockets_.SendShared(near->slot, base::SharedBytes::Copy("end"));
  sockets_.Send(far, "hello");
  TurnUntil([&] { return server_.data[far].size() == large.size() + 3; });
  EXPECT_EQ(server_.data[far], large + "end");
  EXPECT_EQ(client_.data[near->slot], "hello");
  EXPECT_EQ(sockets_.memory_bytes(near->slot), 0u);

  server_.on_end = [&](std::uint32_t slot) {
    sockets_.Send(slot, "bye");
    sockets_.Close(slot);
  };
  sockets_.Close(near->slot);
  TurnUntil([&] { return sockets_.open_count() == 0; });
  EXPECT_EQ(server_.causes, std::vector<CloseCause>{CloseCause::kRequested});
}

TEST_F(EpollNetworkTest, AnAbortIsAResetForThePeer) {
  Result<Address> address = listener_.Listen({"127.0.0.1", 0}, false);
  ASSERT_TRUE(address);
  Result<SocketRef> near = sockets_.Connect(*address, client_);
  ASSERT_TRUE(near);
  TurnUntil([&] { return !server_.accepted.empty(); });
  sockets_.PauseReading(server_.accepted[0].slot);  // it must be seen all the same
  sockets_.Abort(near->slot);
  TurnUntil([&] { return sockets_.open_count() == 0; });
  EXPECT_EQ(server_.causes, std::vector<CloseCause>{CloseCause::kPeer});
}

TEST_F(EpollNetworkTest, APausedOrHalfClosedSocketDoesNotSpin) {
  Result<Address> address = listener_.Listen({"127.0.0.1", 0}, false);
  ASSERT_TRUE(address);
  Result<SocketRef> near = sockets_.Connect(*address, client_);
  ASSERT_TRUE(near);
  TurnUntil([&] { return !server_.accepted.empty(); });
  std::uint32_t far = server_.accepted[0].slot;
  sockets_.PauseReading(far);
  sockets_.Send(near->slot, "unread");
  sockets_.Close(near->slot);
  loop_.Turn(milliseconds{0});
  auto wait = [&] {  // nothing may wake it
    loop_.Turn(milliseconds{0});
    auto before = clock_.Now();
    loop_.Turn(milliseconds{30});
    return clock_.Now() - before;
  };
  EXPECT_GE(wait(), milliseconds{25});
  sockets_.ResumeReading(far);
  TurnUntil([&] { return !server_.log.empty(); });
  EXPECT_EQ(server_.data[far], "unread");
  EXPECT_EQ(server_.log.front(), "end " + std::to_string(far));
  EXPECT_GE(wait(), milliseconds{25});
}

TEST_F(EpollNetworkTest, RefusedConnectionsAreTold) {
  Result<Address> address = listener_.Listen({"127.0.0.1", 0}, false);
  ASSERT_TRUE(address);
  listener_.Stop();  // now nobody listens there
  ASSERT_TRUE(sockets_.Connect(*address, client_));
  TurnUntil([&] { return sockets_.open_count() == 0; });
  EXPECT_EQ(client_.causes, std::vector<CloseCause>{CloseCause::kPeer});
}

TEST_F(EpollNetworkTest, WhatCannotBeListenedOnSaysWhy) {
  Result<Address> taken = listener_.Listen({"127.0.0.1", 0}, false);
  ASSERT_TRUE(taken);
  Result<Address> again = listener_.Listen(*taken, false);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_NE(again.error().message.find(taken->ToString()), std::string::npos);
  Result<Address> nonsense = listener_.Listen({"localhost", 0}, false);
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(EpollNetworkTest, APostOfAnotherThreadEndsTheWait) {
  bool ran = false;
  std::thread other([&] { loop_.Post([&] { ran = true; }); });
  while (!ran) loop_.Turn(std::nullopt);  // no timer: only the post can end this
  other.join();
  std::thread stopper([&] { loop_.Stop(); });
  loop_.Run();
  stopper.join();
}

TEST_F(EpollNetworkTest, TimersAreNotEarly) {
  auto started = clock_.Now();
  bool ran = false;
  loop_.Turn(milliseconds{0});
  loop_.After(milliseconds{5}, [&] { ran = true; });
  while (!ran) loop_.Turn(std::nullopt);
  EXPECT_GE(clock_.Now() - started, milliseconds{5});
}

TEST_F(EpollNetworkTest, IPv6AddressesAreAddresses) {
  EXPECT_EQ((Address{"::1", 80}).ToString(), "[::1]:80");
  EXPECT_TRUE((Address{"::1", 80}).IsLoopback());
  EXPECT_FALSE((Address{"192.0.2.1", 80}).IsLoopback());
  Result<Address> address = listener_.Listen({"::1", 0}, false);
  if (!address) GTEST_SKIP() << "no IPv6 here: " << address.error().message;
  EXPECT_EQ(address->ip, "::1");
}

}  // namespace
}  // namespace gatehouse::net
