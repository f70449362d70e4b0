// How the functions of one loop reach the processes, which are another's: what is run is posted
// there, its outcome comes back. Loop thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/executor.h"
#include "function/outcome.h"

namespace gatehouse::server {

class ProcessRelay final : public function::ProcessRunner {
 public:
  static constexpr std::size_t kWaitingMax = 16'384;  // without an outcome; beyond: throttled

  // processes belong to home's thread, callers to own's. All outlive the relay's use.
  ProcessRelay(base::Executor& own, base::Executor& home, function::ProcessRunner& processes)
      : own_(own), home_(home), processes_(processes) {}

  void Run(std::shared_ptr<const function::FunctionDefinition> function, std::string payload,
           function::CallDetails details, function::OutcomeDone done) override;
  // Nothing: home hears of changes itself.
  void Retire(const std::string& /*name*/) override {}

 private:
  base::Executor& own_;
  base::Executor& home_;
  function::ProcessRunner& processes_;
  std::size_t waiting_ = 0;
};

}  // namespace gatehouse::server
