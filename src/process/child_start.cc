#include "process/child_start.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"

namespace gatehouse::process {
namespace {

// All that the child needs, prepared before it exists: between vfork and exec it shares our memory.
struct Plan {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* directory = nullptr;
  int output = -1;
  int null = -1;
  int channel = -1;
  pid_t parent = 0;
  rlimit descriptors{};
  sigset_t no_signals{};
  int error = 0;
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Not 0 to 2, which the child's own descriptors will replace.
int AboveStandard(int descriptor) {
  if (descriptor < 0 || descriptor > 2) return descriptor;
  int above = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  ::close(descriptor);
  return above;
}

// In the child. System calls only; never returns.
[[noreturn]] void Become(Plan& plan) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);  // the parent died before prctl
  ::dup2(plan.null, 0);
  ::dup2(plan.output, 1);
  ::dup2(plan.output, 2);
  int others = 3;
  if (plan.channel >= 0) {
    // Onto itself dup2 would leave it to be closed by exec.
    if (plan.channel == kChannelDescriptor) ::fcntl(plan.channel, F_SETFD, 0);
    ::dup2(plan.channel, kChannelDescriptor);
    others = kChannelDescriptor + 1;
  }
  ::syscall(SYS_close_range, others, ~0u, 0);  // also what our own parent left open
  ::setrlimit(RLIMIT_NOFILE, &plan.descriptors);
  ::sigprocmask(SIG_SETMASK, &plan.no_signals, nullptr);
  if (::chdir(plan.directory) == 0) {
    ::execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  }
  plan.error = errno;
  ::_exit(127);
}

// The frame that vfork leaves twice: nothing but the plan is in it.
[[gnu::noinline]] pid_t Fork(Plan& plan) {
  pid_t pid = ::vfork();
  if (pid == 0) Become(plan);
  // The child does it too, but where vfork is a fork (thread sanitizer) a signal to the group may
  // come before it has; after exec this says EACCES.
  if (pid > 0) ::setpgid(pid, pid);
  return pid;
}

// The group of a process and its own memory, from /proc/PID/stat and statm.
struct Sample {
  pid_t group = 0;
  std::size_t bytes = 0;
};

bool ReadLine(const std::string& path, char* into, std::size_t size) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t bytes = ::read(file, into, size - 1);
  ::close(file);
  into[std::max<ssize_t>(bytes, 0)] = 0;
  return bytes > 0;
}

Sample SampleProcess(const std::string& folder, const std::map<pid_t, std::size_t>& wanted) {
  char line[1024];
  if (!ReadLine(folder + "/stat", line, sizeof line)) return {};
  std::string_view text(line);
  std::size_t name_end = text.rfind(')');  // the name before may hold anything
  Sample sample;
  char state = 0;
  int parent = 0;
  if (name_end == std::string_view::npos ||
      std::sscanf(line + name_end + 1, " %c %d %d", &state, &parent, &sample.group) != 3 ||
      !wanted.contains(sample.group) || !ReadLine(folder + "/statm", line, sizeof line)) {
    return {};
  }
  unsigned long total = 0;
  unsigned long resident = 0;
  unsigned long shared = 0;
  if (std::sscanf(line, "%lu %lu %lu", &total, &resident, &shared) != 3) return {};
  static const auto kPageBytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  sample.bytes = (resident - std::min(resident, shared)) * kPageBytes;
  return sample;
}

}  // namespace

pid_t StartChild(const ChildSpec& spec, int output) {
  CHECK(!spec.arguments.empty());
  Plan plan;
  plan.arguments = Pointers(spec.arguments);
  plan.environment = Pointers(spec.environment);
  plan.directory = spec.directory.c_str();
  plan.parent = ::getpid();
  plan.null = AboveStandard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  plan.output = AboveStandard(::fcntl(output, F_DUPFD_CLOEXEC, 3));
  plan.channel = spec.channel < 0 ? -1 : ::fcntl(spec.channel, F_DUPFD_CLOEXEC, 3);
  if (plan.null < 0 || plan.output < 0 || (spec.channel >= 0 && plan.channel < 0)) {
    int error = errno;
    for (int opened : {plan.null, plan.output, plan.channel}) {
      if (opened >= 0) ::close(opened);
    }
    return -error;
  }
  ::getrlimit(RLIMIT_NOFILE, &plan.descriptors);
  plan.descriptors.rlim_cur = std::min<rlim_t>(plan.descriptors.rlim_max, kChildDescriptors);
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigemptyset(&plan.no_signals);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours runs in the child
  pid_t pid = Fork(plan);
  int error = pid < 0 ? errno : plan.error;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  for (int opened : {plan.null, plan.output, plan.channel}) {
    if (opened >= 0) ::close(opened);
  }
  if (pid > 0 && error != 0) {  // it ended without exec: nobody else will wait for it
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  return error != 0 ? -error : pid;
}

void SampleGroups(std::map<pid_t, std::size_t>& bytes_by_group) {
  DIR* proc = ::opendir("/proc");
  if (!proc) return;
  while (const dirent* entry = ::readdir(proc)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    Sample sample = SampleProcess(std::string("/proc/") + entry->d_name, bytes_by_group);
    if (sample.bytes > 0) bytes_by_group[sample.group] += sample.bytes;
  }
  ::closedir(proc);
}

}  // namespace gatehouse::process
