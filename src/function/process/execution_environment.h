// One environment: a child process that runs a function's handler, one invocation at a time. Loop
// thread only.
//
//   starting → idle ⇄ busy → (answered) → idle … → ended
//
// It ends when its process does, when it is stopped, when the function's time is over, or when its
// start took too long. End is the last thing it tells its owner, who destroys it later, never
// within a call of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/signature/credentials.h"
#include "base/log.h"
#include "base/random.h"
#include "function/define/function_variables.h"
#include "function/define/outcome.h"
#include "function/process/function_log.h"
#include "function/process/inspect.h"
#include "function/process/runtime_api.h"
#include "net/loop/loop.h"
#include "process/child_processes.h"

namespace gatehouse::function {

struct ProcessOptions {
  std::string base_directory;  // private to this gatehouse: code and bootstraps are written there
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::string python;  // paths or names of interpreters; empty: looked for
  std::string node;
  // How to reach gatehouse (HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE, NODE_OPTIONS …); a function's own
  // variables do not override it.
  Variables environment;
  std::size_t environments_max = 10;  // of one function
  // Invocations of one function that wait for an environment, but for $disconnect; with those that
  // run AWS's concurrency of 1,000.
  std::size_t queue_max = 990;
  std::chrono::seconds queue_time_max{60};  // of those whose caller names no time of its own
  base::Millis init_time_max{10'000};       // AWS
  std::chrono::seconds idle_time_max{300};
  base::Millis stop_grace{2'000};  // between SIGTERM and SIGKILL
  bool limit_memory = true;
  Inspected inspected;
  std::size_t package_bytes_max = 250u * 1024 * 1024;  // of a zip, unpacked (AWS)
};

// The rooms that processes need; all outlive them.
struct ProcessParts {
  net::Sockets& sockets;
  process::ChildSpawner& children;
  auth::Credentials& credentials;
  base::Random& random;
  base::Log& log;
};

// How a function's process is started, once its code lies there and its interpreter is known.
struct Launch {
  std::vector<std::string> arguments;
  std::string task_root;
  std::string runtime_directory;
  Variables base;  // weaker than the function's own variables
};

// An invocation on its way.
struct Job {
  std::string payload;
  CallDetails details;  // request_id is set
  OutcomeDone done;
};

// Neither: it took longer than its limit.
struct InitFailure {
  std::optional<std::string> error;      // what its runtime said, JSON
  std::optional<process::ChildEnd> end;  // how the process ended
  std::string log_tail;                  // what it printed
};

class Environment final : public process::ChildObserver, public RuntimeObserver {
 public:
  enum class State { kStarting, kIdle, kBusy, kAnswered, kStopping, kEnded };
  static const char* ToString(State state);

  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnIdle(Environment& environment) = 0;
    // It ended before it was ever idle.
    virtual void OnInitFailed(Environment& environment, const InitFailure& failure) = 0;
    virtual void OnEnded(Environment& environment) = 0;  // always, as the last
  };

  Environment(Owner& owner, RuntimeApi& runtime_api, const ProcessParts& parts,
              const ProcessOptions& options, std::shared_ptr<const FunctionDefinition> function,
              base::Millis init_time_max);
  ~Environment() override;

  // Errors: kIo. Then it has ended, and the owner was not told.
  Result<void> Start(const Launch& launch);
  void Run(Job job);  // idle only
  void Stop();        // idle: asks the process to end, kills it later; busy: once it has answered
  void Kill();        // ends now; a running job fails

  State state() const { return state_; }
  const FunctionDefinition& function() const { return *function_; }
  base::Millis init_time_max() const { return init_time_max_; }

  void OnStarted(pid_t pid) override;
  void OnOutput(std::string_view bytes) override;
  void OnMemory(std::size_t bytes) override;
  void OnEnd(const process::ChildEnd& end) override;
  void OnNext() override;
  void OnResponse(std::string body) override;
  void OnResponseTooLarge(std::size_t bytes) override;
  void OnError(std::string_view type, std::string_view body) override;
  void OnInitError(std::string_view type, std::string_view body) override;
  void OnInitHint(std::string_view lines) override;
  void OnStranger() override;

 private:
  void OnTimeOut();
  void OnInitTimeOut();
  void BeginStop();
  void Answer(Outcome outcome);  // the job's
  void Fail(std::string error, std::string payload);
  std::string Report(std::string_view request_id);
  void SetTimer(std::chrono::nanoseconds delay, void (Environment::*then)());
  void ClearTimer();
  void Release();  // door, key, child, timers; state becomes kEnded
  void EndAndTell();

  Owner& owner_;
  RuntimeApi& runtime_api_;
  const ProcessParts parts_;
  const ProcessOptions& options_;
  const std::shared_ptr<const FunctionDefinition> function_;
  net::Loop& loop_;
  FunctionLog log_;
  const bool inspected_;
  State state_ = State::kStarting;
  bool stop_when_answered_ = false;
  bool told_of_strangers_ = false;
  base::Millis init_time_max_;
  std::optional<RuntimeApi::DoorId> door_;
  process::ChildId child_ = 0;
  std::string access_key_id_;
  std::optional<Job> job_;
  std::chrono::nanoseconds started_{};    // the process
  std::chrono::nanoseconds delivered_{};  // the job
  std::optional<double> init_ms_;         // until it was reported
  std::size_t memory_bytes_ = 0;          // the most that was seen
  std::optional<net::Loop::TimerId> timer_;
  std::optional<net::Loop::TimerId> sample_timer_;
};

}  // namespace gatehouse::function
