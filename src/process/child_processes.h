// Child processes and what they print. ChildSpawner is the interface that rooms use and tests fake;
// ChildProcesses is the real one. All calls on the loop's thread.
//
// Invariants:
// - A child is the leader of its own process group, has stdin from /dev/null, stdout and stderr in
//   one pipe, no other descriptor of ours but the channel, default signals, and its soft limit of
//   descriptors at kChildDescriptors.
// - One long-lived thread starts them all: PR_SET_PDEATHSIG fires when the spawning thread ends.
// - When a child ends, what is left of its group is killed. When gatehouse ends, however it ends,
//   PDEATHSIG kills the children, and the reaper (child_reaper.h) everything that came from them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "net/loop/loop.h"

namespace gatehouse::process {

struct ChildSpec {
  std::vector<std::string> arguments;    // the first is the path of the program
  std::vector<std::string> environment;  // "NAME=value"; nothing is inherited
  std::string directory;                 // to start in
  // A descriptor that the child gets as its kChannelDescriptor; taken over, whatever happens.
  int channel = -1;
};

struct ChildEnd {
  enum Kind {
    kExited,      // code: its exit status
    kKilled,      // code: the signal
    kNotStarted,  // code: errno
  };
  Kind kind = kExited;
  int code = 0;
};

// "exit status 1", "signal: killed", "No such file or directory".
std::string ToString(const ChildEnd& end);

class ChildObserver {
 public:
  virtual ~ChildObserver() = default;
  // It runs. Not called when it has been forgotten, or could not be started.
  virtual void OnStarted(pid_t /*pid*/) {}
  virtual void OnOutput(std::string_view bytes) = 0;
  // The memory its group holds by itself (resident, not shared with files), as sampled.
  virtual void OnMemory(std::size_t bytes) = 0;
  // The last call; all output came before.
  virtual void OnEnd(const ChildEnd& end) = 0;
};

using ChildId = std::uint64_t;  // never 0, never used twice

class ChildSpawner {
 public:
  virtual ~ChildSpawner() = default;
  // The observer lives until OnEnd or Forget. Never calls it inside Spawn.
  virtual ChildId Spawn(ChildSpec spec, ChildObserver& observer) = 0;
  // To its whole group; also before it has started: then as soon as it has.
  virtual void Signal(ChildId child, int signal) = 0;
  // Gives what it has written by now to OnOutput, within the call.
  virtual void Drain(ChildId child) = 0;
  // While on, OnMemory comes every kMemorySampleMs.
  virtual void SampleMemory(ChildId child, bool on) = 0;
  // Kills the child; its observer hears no more of it.
  virtual void Forget(ChildId child) = 0;
};

inline constexpr int kChannelDescriptor = 3;
inline constexpr int kMemorySampleMs = 100;
inline constexpr unsigned kChildDescriptors = 1024;  // as AWS

class ChildProcesses final : public ChildSpawner, public net::Loop::Source {
 public:
  // Forks the reaper: make this early, before other threads. Errors: kIo.
  static Result<std::unique_ptr<ChildProcesses>> Create(net::Loop& loop);
  // Kills what still runs, and waits for it.
  ~ChildProcesses() override;

  ChildId Spawn(ChildSpec spec, ChildObserver& observer) override;
  void Signal(ChildId child, int signal) override;
  void Drain(ChildId child) override;
  void SampleMemory(ChildId child, bool on) override;
  void Forget(ChildId child) override;

  std::size_t count() const { return children_.size(); }  // not yet ended, forgotten ones too
  pid_t pid(ChildId child) const;                         // 0: not started, or ended

  void OnReady(std::uint32_t index, std::uint32_t readiness) override;

 private:
  class Thread;
  struct Child;
  struct Started {
    ChildId id = 0;
    pid_t pid = 0;
    int end_descriptor = -1;  // a pidfd
    int error = 0;
  };

  ChildProcesses(net::Loop& loop, int reaper_pipe, pid_t reaper, std::string mark);
  Child* Find(ChildId id) const;
  void OnStarted(const Started& started);
  void OnSample(ChildId id, std::size_t bytes);
  void ReadOutput(Child& child, std::size_t bytes_max);
  void ReadEnd(Child& child);
  void Finish(Child& child, const ChildEnd& end);
  std::uint32_t NewSlot(ChildId id);

  net::Loop& loop_;
  const std::uint8_t source_;
  const int reaper_pipe_;
  const pid_t reaper_;
  const std::string mark_;  // "NAME=value" in the environment of every child
  std::map<ChildId, std::unique_ptr<Child>> children_;
  std::vector<ChildId> slots_;  // 0: free
  ChildId last_id_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<Thread> thread_;
};

}  // namespace gatehouse::process
