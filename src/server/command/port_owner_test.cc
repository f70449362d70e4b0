#include "server/command/port_owner.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(PortOwner, NamesTheProcessThatListens) {
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  std::uint16_t port = ntohs(address.sin_port);
  EXPECT_EQ(PortOwner(port), "server_test (process " + std::to_string(::getpid()) + ")");
  ::close(listener);
  EXPECT_EQ(PortOwner(port), "");
}

TEST(PortOwner, SaysNothingWhereThereIsNoProc) { EXPECT_EQ(PortOwner(80, "/nowhere"), ""); }

}  // namespace
}  // namespace gatehouse::server
