// How the functions of one loop reach the processes, which are another's: what is run is posted
// there, its outcome comes back. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/executor.h"
#include "base/shared_bound.h"
#include "function/define/outcome.h"

namespace gatehouse::server {

// Runs without an outcome but for $disconnect, of the relays of all loops together; beyond it they
// are throttled.
struct ProcessRelayBounds {
  base::SharedBound runs{16'384};
  base::SharedBound payload_bytes{256 * 1024 * 1024};
};

class ProcessRelay final : public function::ProcessRunner {
 public:
  // processes belong to home's thread, callers to own's. Both executors outlive whatever runs; the
  // relay itself need not outlive the outcomes.
  ProcessRelay(base::Executor& own, base::Executor& home, function::ProcessRunner& processes,
               std::shared_ptr<ProcessRelayBounds> bounds)
      : own_(own), home_(home), processes_(processes), bounds_(std::move(bounds)) {}

  void Run(std::shared_ptr<const function::FunctionDefinition> function, std::string payload,
           function::CallDetails details, function::OutcomeDone done) override;
  // Nothing: home hears of changes itself.
  void Retire(const std::string& /*name*/) override {}

 private:
  base::Executor& own_;
  base::Executor& home_;
  function::ProcessRunner& processes_;
  const std::shared_ptr<ProcessRelayBounds> bounds_;
};

}  // namespace gatehouse::server
