// The environments of one function and the invocations that wait for one. Loop thread only.
//
// An invocation takes the idle environment that was used last; if there is none and the bound is
// not reached, another is started; then it waits. Calls and farewells ($disconnect) wait in a lane
// each, first come first served, and the lanes take turns: a flood of one leaves the other half of
// the environments. After a function's folder was edited its environments end, too.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "function/process/execution_environment.h"
#include "function/process/launcher.h"

namespace gatehouse::function {

class Pool final : public Environment::Owner {
 public:
  // All must outlive the pool.
  Pool(Launcher& launcher, RuntimeApi& runtime_api, const ProcessParts& parts,
       const ProcessOptions& options, std::shared_ptr<const FunctionDefinition> function);
  ~Pool() override;

  // With another definition than before, environments of the old one end when they are done.
  void Run(std::shared_ptr<const FunctionDefinition> function, Job job);
  void Retire();
  void RefuseWaiting();  // what has no environment yet: gatehouse stops
  void KillAll();        // and what runs

  bool empty() const { return environments_.empty() && waiting() == 0 && !preparing_; }
  std::size_t environments() const { return environments_.size(); }
  std::size_t waiting() const { return calls_.size() + farewells_.size(); }

  void OnIdle(Environment& environment) override;
  void OnInitFailed(Environment& environment, const InitFailure& failure) override;
  void OnEnded(Environment& environment) override;

 private:
  struct Waiting {
    Job job;
    std::optional<net::Loop::TimerId> timer;
  };
  using Lane = std::deque<Waiting>;
  std::size_t Limit() const;
  bool IsFull(bool is_farewell) const;
  Lane& NextLane();
  std::string NextRequestId();
  std::size_t Count(Environment::State state) const;
  std::vector<Environment*> All() const;
  void Throttle(Job job) const;
  void LookAtFolder();
  void Grow();
  void PrepareLaunch();
  void OnPrepared(Result<Launch> launch);
  void StartEnvironment(base::Millis init_time_max);
  void OnQueueTime(const std::string& request_id);
  std::optional<Job> TakeWaiting();
  void FailWaiting(std::string error, std::string payload, const std::string& log_tail = {});
  void ExplainImport(const std::string& error) const;

  Launcher& launcher_;
  RuntimeApi& runtime_api_;
  const ProcessParts parts_;
  const ProcessOptions& options_;
  net::Loop& loop_;
  std::shared_ptr<const FunctionDefinition> function_;
  std::optional<Launch> launch_;
  std::uint64_t stamp_ = 0;  // of the folder, when it was last looked at
  std::chrono::nanoseconds looked_{0};
  bool preparing_ = false;
  bool impatient_ = false;
  std::optional<net::Loop::TimerId> patience_;
  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<Environment*> idle_;  // the one used last is last
  Lane calls_, farewells_;
  bool farewell_is_next_ = false;  // if both wait
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gatehouse::function
