#include "process/child_reaper.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace gatehouse::process {
namespace {

// After the fork of a process that may have threads only async-signal-safe calls are allowed: no
// allocation, everything in static memory of the child.
constexpr int kPassesMax = 5;  // over /proc, until a pass finds nobody

struct ReaperMemory {
  char mark[256];
  std::size_t mark_size;
  pid_t groups[kReapedGroupsMax];
  std::size_t group_count;
  char entries[32 * 1024];
  char environment[64 * 1024];
};

void Note(ReaperMemory& memory, pid_t message) {
  if (message > 0) {
    if (memory.group_count < kReapedGroupsMax) memory.groups[memory.group_count++] = message;
    return;
  }
  for (std::size_t i = 0; i < memory.group_count; ++i) {
    if (memory.groups[i] != -message) continue;
    memory.groups[i] = memory.groups[--memory.group_count];
    return;
  }
}

void ListenUntilTheEnd(ReaperMemory& memory, int pipe) {
  for (;;) {
    pid_t messages[256];
    ssize_t bytes = ::read(pipe, messages, sizeof messages);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return;
    // Each message is written whole, so a read never cuts one.
    for (std::size_t i = 0; i < static_cast<std::size_t>(bytes) / sizeof(pid_t); ++i) {
      Note(memory, messages[i]);
    }
  }
}

// A process's number, or 0 if the name of the folder in /proc is none.
pid_t NumberOf(const char* name) {
  pid_t number = 0;
  for (; *name; ++name) {
    if (*name < '0' || *name > '9') return 0;
    number = number * 10 + (*name - '0');
  }
  return number;
}

bool HasMark(ReaperMemory& memory, int proc, const char* name) {
  char path[64];
  std::size_t size = std::strlen(name);
  if (size + sizeof "/environ" > sizeof path) return false;
  std::memcpy(path, name, size);
  std::memcpy(path + size, "/environ", sizeof "/environ");
  int file = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::size_t have = 0;
  ssize_t bytes = 0;
  while (have < sizeof memory.environment &&
         (bytes = ::read(file, memory.environment + have, sizeof memory.environment - have)) > 0) {
    have += static_cast<std::size_t>(bytes);
  }
  ::close(file);
  std::string_view environment(memory.environment, have);
  return environment.find(std::string_view(memory.mark, memory.mark_size)) !=
         std::string_view::npos;
}

bool KillMarked(ReaperMemory& memory) {
  int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return false;
  bool found = false;
  for (;;) {
    long bytes = ::syscall(SYS_getdents64, proc, memory.entries, sizeof memory.entries);
    if (bytes <= 0) break;
    for (long at = 0; at < bytes;) {
      auto* entry = reinterpret_cast<dirent64*>(memory.entries + at);
      at += entry->d_reclen;
      pid_t pid = NumberOf(entry->d_name);
      if (pid <= 1 || pid == ::getpid() || !HasMark(memory, proc, entry->d_name)) continue;
      found = true;
      ::kill(pid, SIGKILL);
    }
  }
  ::close(proc);
  return found;
}

[[noreturn]] void Reap(ReaperMemory& memory, int pipe) {
  ::setsid();
  ::prctl(PR_SET_NAME, "reaper");
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard : {0, 1, 2}) ::dup2(null, standard);
  constexpr int kPipe = 3;
  if (pipe != kPipe) ::dup2(pipe, kPipe);
  ::syscall(SYS_close_range, kPipe + 1, ~0u, 0);
  ListenUntilTheEnd(memory, kPipe);
  for (std::size_t i = 0; i < memory.group_count; ++i) ::kill(-memory.groups[i], SIGKILL);
  for (int pass = 0; pass < kPassesMax && KillMarked(memory); ++pass) ::usleep(10'000);
  ::_exit(0);
}

}  // namespace

Result<Reaper> StartReaper(const std::string& mark) {
  static ReaperMemory memory;  // written by the child alone, in its own copy
  int ends[2];
  if (mark.size() > sizeof memory.mark || ::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kIo,
                 std::string("cannot make the reaper's pipe: ") + std::strerror(errno)};
  }
  pid_t pid = ::fork();
  if (pid == 0) {
    std::memcpy(memory.mark, mark.data(), mark.size());
    memory.mark_size = mark.size();
    Reap(memory, ends[0]);
  }
  int error = errno;
  ::close(ends[0]);
  if (pid < 0) {
    ::close(ends[1]);
    return Error{ErrorCode::kIo, std::string("cannot fork the reaper: ") + std::strerror(error)};
  }
  return Reaper{pid, ends[1]};
}

}  // namespace gatehouse::process
