#include "process/child_processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "process/child_reaper.h"
#include "process/child_start.h"

namespace gatehouse::process {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;     // of one child's output in a turn
constexpr std::size_t kDrainBytesMax = 1u << 20;  // a pipe holds 64 KB; a child may go on writing

}  // namespace

struct ChildProcesses::Child {
  ChildId id = 0;
  ChildObserver* observer = nullptr;  // null: forgotten
  std::uint32_t slot = 0;
  int output = -1;
  pid_t pid = 0;  // 0: not started yet
  int end_descriptor = -1;
  int pending_signal = 0;
  bool sampled = false;
};

// The thread that starts children and samples memory. It knows ids, groups and a queue, nothing of
// the loop's objects.
class ChildProcesses::Thread {
 public:
  explicit Thread(ChildProcesses& owner)
      : owner_(owner), alive_(owner.alive_), thread_([this] { Run(); }) {}
  ~Thread() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    for (Start& start : starts_) start.Close();
  }

  void Begin(ChildId id, ChildSpec spec, int output) {
    std::lock_guard lock(mutex_);
    starts_.push_back({id, std::move(spec), output});
    changed_.notify_one();
  }
  void Sample(ChildId id, pid_t group, bool on) {
    std::lock_guard lock(mutex_);
    if (on) {
      sampled_[group] = id;
    } else {
      sampled_.erase(group);
    }
    changed_.notify_one();
  }

 private:
  struct Start {
    ChildId id = 0;
    ChildSpec spec;
    int output = -1;
    void Close() const {  // ours of what the child gets
      ::close(output);
      if (spec.channel >= 0) ::close(spec.channel);
    }
  };

  void Run() {
    using Clock = std::chrono::steady_clock;
    Clock::time_point next_sample = Clock::now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (!starts_.empty()) {
        Start start = std::move(starts_.front());
        starts_.pop_front();
        lock.unlock();
        Do(start);
        lock.lock();
      } else if (sampled_.empty()) {
        changed_.wait(lock);
      } else if (Clock::now() < next_sample) {
        changed_.wait_until(lock, next_sample);
      } else {
        auto sampled = sampled_;
        lock.unlock();
        DoSample(sampled);
        next_sample = Clock::now() + std::chrono::milliseconds{kMemorySampleMs};
        lock.lock();
      }
    }
  }

  void Do(Start& start) {
    pid_t pid = StartChild(start.spec, start.output);
    start.Close();
    Started started{start.id, std::max(pid, 0), -1, pid < 0 ? -pid : 0};
    if (pid > 0) {
      TellReaper(pid);
      // glibc 2.36 declares pidfd_open without C linkage.
      started.end_descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
      if (started.end_descriptor < 0) started = {start.id, 0, -1, Abandon(pid)};
    }
    ToOwner([started](ChildProcesses& owner) { owner.OnStarted(started); });
  }

  void TellReaper(pid_t group) {
    [[maybe_unused]] ssize_t told = ::write(owner_.reaper_pipe_, &group, sizeof group);
  }

  // Nobody could hear of its end (no descriptor is left, or an old kernel). Why, as errno.
  int Abandon(pid_t pid) {
    int error = errno;
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    TellReaper(-pid);
    return error;
  }

  void DoSample(const std::map<pid_t, ChildId>& sampled) {
    std::map<pid_t, std::size_t> bytes;
    for (const auto& [group, id] : sampled) bytes[group] = 0;
    SampleGroups(bytes);
    for (const auto& [group, id] : sampled) {
      ToOwner([id = id, size = bytes[group]](ChildProcesses& owner) { owner.OnSample(id, size); });
    }
  }

  template <class F>
  void ToOwner(F tell) {
    owner_.loop_.Post([owner = &owner_, alive = alive_, tell = std::move(tell)] {
      if (*alive) tell(*owner);
    });
  }

  ChildProcesses& owner_;
  std::shared_ptr<bool> alive_;  // read on the loop's thread only
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Start> starts_;
  std::map<pid_t, ChildId> sampled_;
  bool stopping_ = false;
  std::thread thread_;
};

std::string ToString(const ChildEnd& end) {
  if (end.kind == ChildEnd::kExited) return "exit status " + std::to_string(end.code);
  if (end.kind == ChildEnd::kNotStarted) return std::strerror(end.code);
  const char* name = ::sigdescr_np(end.code);
  std::string text = name ? name : std::to_string(end.code);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return "signal: " + text;
}

Result<std::unique_ptr<ChildProcesses>> ChildProcesses::Create(net::Loop& loop) {
  base::SystemRandom random;
  std::string mark = "_GATEHOUSE_INSTANCE=" + std::to_string(random.Next());
  Result<Reaper> reaper = StartReaper(mark);
  if (!reaper) return reaper.error();
  return std::unique_ptr<ChildProcesses>(
      new ChildProcesses(loop, reaper->pipe, reaper->pid, std::move(mark)));
}

ChildProcesses::ChildProcesses(net::Loop& loop, int reaper_pipe, pid_t reaper, std::string mark)
    : loop_(loop),
      source_(loop.AddSource(*this)),
      reaper_pipe_(reaper_pipe),
      reaper_(reaper),
      mark_(std::move(mark)),
      thread_(std::make_unique<Thread>(*this)) {}

ChildProcesses::~ChildProcesses() {
  *alive_ = false;
  for (const auto& [id, child] : children_) {
    if (child->pid > 0) ::kill(-child->pid, SIGKILL);
  }
  thread_.reset();  // and with it, by PDEATHSIG, children that had just been started
  for (const auto& [id, child] : children_) {
    int status = 0;
    while (child->pid > 0 && ::waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (child->output >= 0) ::close(child->output);
    if (child->end_descriptor >= 0) ::close(child->end_descriptor);
  }
  ::close(reaper_pipe_);  // kills what left its group, then ends
  int status = 0;
  while (::waitpid(reaper_, &status, 0) < 0 && errno == EINTR) {
  }
}

ChildProcesses::Child* ChildProcesses::Find(ChildId id) const {
  auto found = children_.find(id);
  return found == children_.end() ? nullptr : found->second.get();
}

pid_t ChildProcesses::pid(ChildId child) const {
  const Child* found = Find(child);
  return found ? found->pid : 0;
}

std::uint32_t ChildProcesses::NewSlot(ChildId id) {
  auto free = std::find(slots_.begin(), slots_.end(), ChildId{0});
  if (free == slots_.end()) free = slots_.insert(slots_.end(), 0);
  *free = id;
  return static_cast<std::uint32_t>(free - slots_.begin());
}

ChildId ChildProcesses::Spawn(ChildSpec spec, ChildObserver& observer) {
  auto child = std::make_unique<Child>();
  ChildId id = child->id = ++last_id_;
  child->observer = &observer;
  child->slot = NewSlot(id);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    int error = errno;
    if (spec.channel >= 0) ::close(spec.channel);
    children_.emplace(id, std::move(child));
    loop_.Post([this, alive = alive_, id, error] {
      if (*alive) OnStarted({id, 0, -1, error});
    });
    return id;
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);  // ours alone: the child's end blocks
  child->output = ends[0];
  loop_.Watch(source_, child->slot * 2, ends[0], net::kReadable);
  children_.emplace(id, std::move(child));
  spec.environment.push_back(mark_);
  thread_->Begin(id, std::move(spec), ends[1]);
  return id;
}

void ChildProcesses::OnStarted(const Started& started) {
  Child* child = Find(started.id);
  CHECK(child);
  if (started.pid == 0) return Finish(*child, {ChildEnd::kNotStarted, started.error});
  child->pid = started.pid;
  child->end_descriptor = started.end_descriptor;
  loop_.Watch(source_, child->slot * 2 + 1, child->end_descriptor, net::kReadable);
  if (child->pending_signal != 0) ::kill(-child->pid, child->pending_signal);
  if (child->sampled) thread_->Sample(child->id, child->pid, true);
  if (child->observer) child->observer->OnStarted(child->pid);
}

void ChildProcesses::Signal(ChildId id, int signal) {
  Child* child = Find(id);
  if (!child) return;
  if (child->pid > 0) {
    ::kill(-child->pid, signal);
  } else {
    child->pending_signal = signal;
  }
}

void ChildProcesses::SampleMemory(ChildId id, bool on) {
  Child* child = Find(id);
  if (!child || child->sampled == on) return;
  child->sampled = on;
  if (child->pid > 0) thread_->Sample(child->id, child->pid, on);
}

void ChildProcesses::OnSample(ChildId id, std::size_t bytes) {
  Child* child = Find(id);
  if (child && child->observer && child->sampled && bytes > 0) child->observer->OnMemory(bytes);
}

void ChildProcesses::Forget(ChildId id) {
  Child* child = Find(id);
  if (!child) return;
  SampleMemory(id, false);
  child->observer = nullptr;
  Signal(id, SIGKILL);
}

void ChildProcesses::OnReady(std::uint32_t index, std::uint32_t /*readiness*/) {
  Child* child = Find(slots_.at(index / 2));
  if (!child) return;
  if (index % 2 == 1) return ReadEnd(*child);
  ReadOutput(*child, kReadBytes);
}

void ChildProcesses::Drain(ChildId id) {
  if (Child* child = Find(id)) ReadOutput(*child, kDrainBytesMax);
}

void ChildProcesses::ReadOutput(Child& child, std::size_t bytes_max) {
  std::array<char, kReadBytes> buffer;
  ChildId id = child.id;
  std::size_t taken = 0;
  while (child.output >= 0 && taken < bytes_max) {
    ssize_t bytes = ::read(child.output, buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return;  // EAGAIN
    if (bytes == 0) {       // closed by the child and all that came from it
      loop_.network().Close(child.output, false);
      child.output = -1;
      return;
    }
    taken += static_cast<std::size_t>(bytes);
    if (!child.observer) continue;
    child.observer->OnOutput({buffer.data(), static_cast<std::size_t>(bytes)});
    if (!Find(id)) return;
  }
}

// The group is killed before its leader is reaped: until then nobody else can get its number.
void ChildProcesses::ReadEnd(Child& child) {
  siginfo_t info{};
  auto pid = static_cast<id_t>(child.pid);
  if (::waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
  ::kill(-child.pid, SIGKILL);
  ::waitid(P_PID, pid, &info, WEXITED | WNOHANG);
  pid_t ended = -child.pid;
  [[maybe_unused]] ssize_t told = ::write(reaper_pipe_, &ended, sizeof ended);
  ReadOutput(child, kDrainBytesMax);
  bool exited = info.si_code == CLD_EXITED;
  Finish(child, {exited ? ChildEnd::kExited : ChildEnd::kKilled, info.si_status});
}

void ChildProcesses::Finish(Child& child, const ChildEnd& end) {
  if (child.sampled && child.pid > 0) thread_->Sample(child.id, child.pid, false);
  if (child.output >= 0) loop_.network().Close(child.output, false);
  if (child.end_descriptor >= 0) loop_.network().Close(child.end_descriptor, false);
  slots_[child.slot] = 0;
  ChildObserver* observer = child.observer;
  children_.erase(child.id);
  if (observer) observer->OnEnd(end);
}

}  // namespace gatehouse::process
