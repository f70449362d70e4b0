#include "process/child_processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "net/loop/epoll_network.h"

namespace gatehouse::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Noted final : ChildObserver {
  void OnStarted(pid_t the_pid) override { pid = the_pid; }
  void OnOutput(std::string_view bytes) override { output.append(bytes); }
  void OnMemory(std::size_t bytes) override { memory = std::max(memory, bytes); }
  void OnEnd(const ChildEnd& the_end) override { end = the_end; }
  pid_t pid = 0;
  std::string output;
  std::size_t memory = 0;
  std::optional<ChildEnd> end;
};

class ChildProcessesTest : public testing::Test {
 protected:
  static ChildSpec Shell(std::string script) {
    return {{"/bin/sh", "-c", std::move(script)}, {"PATH=/usr/bin:/bin"}, "/"};
  }
  void TurnUntil(const std::function<bool()>& reached, seconds limit = seconds{20}) {
    auto end = clock_.Now() + limit;
    while (!reached()) {
      ASSERT_LT(clock_.Now(), end) << "it does not come";
      loop_.Turn(milliseconds{50});
    }
  }
  void Finish(Noted& noted) {
    TurnUntil([&] { return noted.end.has_value(); });
  }

  base::SystemClock clock_;
  net::EpollNetwork network_;
  net::Loop loop_{network_, clock_};
  std::unique_ptr<ChildProcesses> children_ = std::move(*ChildProcesses::Create(loop_));
};

bool Exists(pid_t pid) {
  // A zombie whose new parent is slow to reap it runs no more.
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return false;
  return text.substr(text.rfind(')') + 2, 1) != "Z";
}

bool GoesAway(pid_t pid) {
  for (int i = 0; i < 500 && Exists(pid); ++i) std::this_thread::sleep_for(milliseconds{10});
  return !Exists(pid);
}

TEST_F(ChildProcessesTest, AChannelIsTheOnlyDescriptorThatAChildGets) {
  Result<net::Channel> channel = network_.OpenChannel();
  ASSERT_TRUE(channel);
  ChildSpec spec = Shell(
      "read line <&3; echo got $line; for n in 2 3 4 5 6 7 8 9; do test -e /proc/$$/fd/$n && echo "
      "$n; done; "
      "echo hello >&3");
  spec.channel = channel->theirs;
  Noted noted;
  children_->Spawn(std::move(spec), noted);
  ASSERT_EQ(::write(channel->ours, "text\n", 5), 5);
  Finish(noted);
  EXPECT_EQ(noted.output, "got text\n2\n3\n");
  EXPECT_GT(noted.pid, 0);
  char bytes[16];
  EXPECT_EQ(::read(channel->ours, bytes, sizeof bytes), 6);
  EXPECT_EQ(::read(channel->ours, bytes, sizeof bytes), 0) << "nobody else has the child's end";
  ::close(channel->ours);
}

TEST_F(ChildProcessesTest, AChildThatIsNotStartedLeavesNoChannelBehind) {
  Result<net::Channel> channel = network_.OpenChannel();
  ASSERT_TRUE(channel);
  Noted noted;
  children_->Spawn({{"/no/such/program"}, {}, "/", channel->theirs}, noted);
  Finish(noted);
#ifndef __SANITIZE_THREAD__  // which makes vfork a fork: there a child is made, and ends
  EXPECT_EQ(noted.pid, 0);
#endif
  char byte = 0;
  EXPECT_EQ(::read(channel->ours, &byte, 1), 0);
  ::close(channel->ours);
}

TEST_F(ChildProcessesTest, OutputComesBeforeTheEnd) {
  Noted noted;
  children_->Spawn(Shell("echo out; echo err >&2; echo $0 $PWD; exit 3"), noted);
  EXPECT_FALSE(noted.end);
  Finish(noted);
  EXPECT_EQ(noted.output, "out\nerr\n/bin/sh /\n");
  EXPECT_EQ(noted.end->kind, ChildEnd::kExited);
  EXPECT_EQ(ToString(*noted.end), "exit status 3");
  EXPECT_EQ(children_->count(), 0u);
}

TEST_F(ChildProcessesTest, AChildSeesNothingOfOurs) {
  int ours = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  Noted noted;
  children_->Spawn(Shell("ls -l /proc/self/fd | grep -c passwd; ls /proc/self/fd | wc -l; "
                         "env | grep -vc -e ^PATH= -e ^PWD= -e _GATEHOUSE -e ^_=; cat; ulimit -Sn; "
                         "grep -E 'SigBlk|SigIgn' /proc/self/status; "
                         "test $(ps -o pgid= $$) = $$ && echo leader"),
                   noted);
  Finish(noted);
  ::close(ours);
  EXPECT_EQ(noted.output,
            "0\n4\n0\n1024\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nleader\n");
}

TEST_F(ChildProcessesTest, WhatCannotStartSaysWhy) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer makes vfork a fork: the child cannot tell its errno";
#endif
  Noted missing;
  children_->Spawn({{"/no/such/program"}, {}, "/"}, missing);
  Noted nowhere;
  children_->Spawn({{"/bin/sh"}, {}, "/no/such/folder"}, nowhere);
  Finish(missing);
  Finish(nowhere);
  for (const Noted* noted : {&missing, &nowhere}) {
    EXPECT_EQ(noted->end->kind, ChildEnd::kNotStarted);
    EXPECT_EQ(noted->end->code, ENOENT);
    EXPECT_EQ(ToString(*noted->end), "No such file or directory");
  }
}

// The lowest free descriptor but `count`: with it as the limit, that many can be opened.
rlim_t DescriptorAfter(int count) {
  std::vector<int> held;
  for (int i = 0; i <= count; ++i) held.push_back(::dup(0));
  for (int descriptor : held) ::close(descriptor);
  return static_cast<rlim_t>(held.back());
}

TEST_F(ChildProcessesTest, WithoutDescriptorsNothingStartsAndNothingBreaks) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan looks at memory through a pipe, for which there are no descriptors";
#endif
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  for (int spare = 0; spare < 8; ++spare) {  // fails at each step of the way in turn
    rlimit tight{DescriptorAfter(spare), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    Noted noted;
    children_->Spawn(Shell("exit 0"), noted);
    Finish(noted);
    ::setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_TRUE(noted.end);
    bool started = noted.end->kind == ChildEnd::kExited;
    EXPECT_TRUE(started || noted.end->code == EMFILE) << ToString(*noted.end);
    EXPECT_TRUE(started || spare < 7);
  }
  EXPECT_EQ(children_->count(), 0u);
}

TEST_F(ChildProcessesTest, SignalsReachTheWholeGroup) {
  Noted noted;
  ChildId id = children_->Spawn(Shell("sleep 1000 & echo $!; wait"), noted);
  TurnUntil([&] { return noted.output.ends_with('\n'); });
  pid_t grandchild = std::stoi(noted.output);
  EXPECT_TRUE(Exists(grandchild));
  children_->Signal(id, SIGTERM);
  Finish(noted);
  EXPECT_EQ(ToString(*noted.end), "signal: terminated");
  EXPECT_TRUE(GoesAway(grandchild));
}

TEST_F(ChildProcessesTest, ASignalBeforeTheStartIsKept) {
  Noted noted;
  ChildId id = children_->Spawn(Shell("sleep 1000"), noted);
  children_->Signal(id, SIGKILL);
  Finish(noted);
  EXPECT_EQ(ToString(*noted.end), "signal: killed");
}

TEST_F(ChildProcessesTest, GrandchildrenDoNotOutliveTheChild) {
  Noted noted;
  children_->Spawn(Shell("sleep 1000 & echo $!"), noted);  // it keeps the pipe open
  Finish(noted);
  EXPECT_EQ(noted.end->kind, ChildEnd::kExited);
  EXPECT_TRUE(GoesAway(std::stoi(noted.output)));
}

TEST_F(ChildProcessesTest, AForgottenChildIsKilledAndSilent) {
  Noted noted;
  ChildId id = children_->Spawn(Shell("while :; do echo x; done"), noted);
  TurnUntil([&] { return noted.output.size() > 1000; });
  children_->Forget(id);
  std::size_t seen = noted.output.size();
  TurnUntil([&] { return children_->count() == 0; });
  EXPECT_EQ(noted.output.size(), seen);
  EXPECT_FALSE(noted.end);
}

TEST_F(ChildProcessesTest, DrainGivesWhatIsWritten) {
  Noted noted;
  ChildId id = children_->Spawn(Shell("echo line; sleep 1000"), noted);
  for (int i = 0; i < 1000 && noted.output.empty(); ++i) {
    std::this_thread::sleep_for(milliseconds{10});
    children_->Drain(id);  // no turn of the loop
  }
  EXPECT_EQ(noted.output, "line\n");
}

TEST_F(ChildProcessesTest, MemoryIsSampledWhileWanted) {
  Noted noted;
  ChildId id = children_->Spawn(
      {{"/usr/bin/env", "perl", "-e", "$x = 'a' x 50_000_000; sleep 1000"}, {"PATH=/usr/bin"}, "/"},
      noted);
  children_->SampleMemory(id, true);
  TurnUntil([&] { return noted.memory > 45'000'000; });
  EXPECT_LT(noted.memory, 200'000'000u);
  children_->SampleMemory(id, false);
  TurnUntil([&] { return children_->pid(id) > 0; });
  std::this_thread::sleep_for(milliseconds{2 * kMemorySampleMs});
  loop_.Turn(milliseconds{0});
  noted.memory = 0;
  std::this_thread::sleep_for(milliseconds{3 * kMemorySampleMs});
  loop_.Turn(milliseconds{0});
  EXPECT_EQ(noted.memory, 0u);
}

TEST_F(ChildProcessesTest, TheDestructorLeavesNobody) {
  Noted noted;
  children_->Spawn(Shell("sleep 1000 & echo $$ $!; setsid sleep 1000 & wait"), noted);
  TurnUntil([&] { return noted.output.ends_with('\n'); });
  Noted unseen;
  children_->Spawn(Shell("sleep 1000"), unseen);  // perhaps not even started
  children_.reset();
  std::istringstream pids(noted.output);
  pid_t pid = 0;
  while (pids >> pid) EXPECT_TRUE(GoesAway(pid)) << pid;
}

// The must-show: gatehouse dies by SIGKILL, with a child, its child, and one in a session of its
// own. A process of the test stands for gatehouse.
TEST(ChildProcessesKillTest, AfterASigkillNoChildProcessRemains) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  pid_t server = ::fork();
  ASSERT_GE(server, 0);
  if (server == 0) {
    base::SystemClock clock;
    net::EpollNetwork network;
    net::Loop loop(network, clock);
    auto children = ChildProcesses::Create(loop);
    Noted noted;
    (*children)->Spawn({{"/bin/sh", "-c",
                         "sleep 1000 & echo $$ $!; setsid sh -c 'echo $$; exec sleep 1000' & wait"},
                        {"PATH=/usr/bin:/bin"},
                        "/"},
                       noted);
    while (std::count(noted.output.begin(), noted.output.end(), '\n') < 2) {
      loop.Turn(milliseconds{50});
    }
    [[maybe_unused]] ssize_t told = ::write(ends[1], noted.output.data(), noted.output.size());
    for (;;) ::pause();
  }
  std::string text;
  char buffer[256];
  while (std::count(text.begin(), text.end(), '\n') < 2) {
    ssize_t bytes = ::read(ends[0], buffer, sizeof buffer);
    ASSERT_GT(bytes, 0);
    text.append(buffer, static_cast<std::size_t>(bytes));
  }
  std::istringstream pids(text);
  std::vector<pid_t> all{std::istream_iterator<pid_t>(pids), {}};
  ASSERT_EQ(all.size(), 3u);
  for (pid_t pid : all) EXPECT_TRUE(Exists(pid)) << pid;
  ::kill(server, SIGKILL);
  int status = 0;
  ::waitpid(server, &status, 0);
  for (pid_t pid : all) EXPECT_TRUE(GoesAway(pid)) << pid;
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace gatehouse::process
