// Real sockets on loopback, held by this process and by forks of it that only make system calls.
#include "net/loop/peer_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "net/loop/epoll_network.h"

namespace gatehouse::net {
namespace {

class PeerProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
    ASSERT_EQ(::listen(listener_, 8), 0);
    socklen_t size = sizeof address_;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
    ASSERT_EQ(::pipe(said_), 0);
    ASSERT_EQ(::pipe(end_), 0);
  }
  void TearDown() override {
    for (int open : {listener_, said_[0], said_[1], end_[0], end_[1], accepted_}) {
      if (open >= 0) ::close(open);
    }
    if (root_ > 0) ::waitpid(root_, nullptr, 0);
  }

  int Connect() const {
    int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
    return client;
  }
  void Accept() {
    accepted_ = ::accept(listener_, nullptr, nullptr);
    ASSERT_GE(accepted_, 0);
  }

  // In a fork: until the test is over.
  void LiveOn() {
    ::close(end_[1]);
    char byte = 0;
    [[maybe_unused]] ssize_t n = ::read(end_[0], &byte, 1);
    ::_exit(0);
  }
  void ConnectAndLiveOn() {
    [[maybe_unused]] int client = Connect();
    LiveOn();
  }
  // A process that leads a group of its own, does `then`, and lives on.
  template <class F>
  void StartRoot(F then) {
    root_ = ::fork();
    if (root_ == 0) {
      ::setpgid(0, 0);
      ::close(listener_);
      then();
      [[maybe_unused]] ssize_t n = ::write(said_[1], "x", 1);
      LiveOn();
    }
    char byte = 0;
    ASSERT_EQ(::read(said_[0], &byte, 1), 1);
  }
  bool IsHeldByRoot() {
    std::optional<PeerSocket> peer = FindPeerSocket(accepted_);
    EXPECT_TRUE(peer);
    return peer && IsHeldByTree(peer->inode, root_);
  }

  sockaddr_in address_{};
  int listener_ = -1;
  int accepted_ = -1;
  int said_[2] = {-1, -1};
  int end_[2] = {-1, -1};
  pid_t root_ = 0;
};

TEST_F(PeerProcessTest, TheKernelTellsUserAndInodeInBothWays) {
  int client = Connect();
  Accept();
  struct stat facts {};
  ASSERT_EQ(::fstat(client, &facts), 0);
  for (auto& find : {FindPeerSocket, FindPeerSocketInTable}) {
    std::optional<PeerSocket> peer = find(accepted_);
    ASSERT_TRUE(peer);
    EXPECT_EQ(peer->user, ::geteuid());
    EXPECT_EQ(peer->inode, facts.st_ino);
  }
  EXPECT_EQ(EpollNetwork().LookAtPeer(accepted_, ::getpid()), PeerProcess::kOwn);
  ::close(client);
  std::optional<PeerSocket> gone = FindPeerSocket(accepted_);
  EXPECT_TRUE(!gone || gone->inode == 0) << "nobody holds it any more";
}

TEST_F(PeerProcessTest, AProcessThatIsNotOfTheTreeIsAStranger) {
  StartRoot([] {});
  int client = Connect();
  Accept();
  EXPECT_FALSE(IsHeldByRoot());
  EXPECT_EQ(EpollNetwork().LookAtPeer(accepted_, root_), PeerProcess::kStranger);
  ::close(client);
}

TEST_F(PeerProcessTest, TheRootAndWhatItStartedBelongToTheTree) {
  StartRoot([&] {
    if (::fork() == 0) ConnectAndLiveOn();
  });
  Accept();
  EXPECT_TRUE(IsHeldByRoot());
}

TEST_F(PeerProcessTest, AGrandchildWithASessionOfItsOwnBelongsToIt) {
  StartRoot([&] {
    if (::fork() != 0) return;
    ::setsid();
    if (::fork() == 0) ConnectAndLiveOn();
    LiveOn();
  });
  Accept();
  EXPECT_TRUE(IsHeldByRoot());
}

TEST_F(PeerProcessTest, OneOfTheGroupWhoseParentHasEndedBelongsToIt) {
  StartRoot([&] {
    pid_t between = ::fork();
    if (between == 0) {
      if (::fork() == 0) ConnectAndLiveOn();
      ::_exit(0);
    }
    ::waitpid(between, nullptr, 0);
  });
  Accept();
  EXPECT_TRUE(IsHeldByRoot());
}

TEST_F(PeerProcessTest, AnotherUserIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be somebody else";
  StartRoot([&] {
    [[maybe_unused]] int changed = ::setuid(65534);
    [[maybe_unused]] int client = Connect();
  });
  Accept();
  std::optional<PeerSocket> peer = FindPeerSocket(accepted_);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->user, 65534u);
  EXPECT_EQ(EpollNetwork().LookAtPeer(accepted_, root_), PeerProcess::kOtherUser);
}

}  // namespace
}  // namespace gatehouse::net
