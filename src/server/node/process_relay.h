// How the functions of one loop reach the processes, which are another's: what is run is posted
// there, its outcome comes back. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/executor.h"
#include "base/mailbox.h"
#include "function/define/outcome.h"

namespace gatehouse::server {

// Runs without an outcome but for $disconnect, of the relays of all loops together; beyond it they
// are throttled.
inline constexpr base::MailboxLimits kProcessMailbox{.questions_max = 16'384,
                                                     .bytes_max = 256 * 1024 * 1024};

class ProcessRelay final : public function::ProcessRunner {
 public:
  // processes belong to the thread of home, the mailbox of all relays; callers to own's. All
  // outlive whatever runs; the relay itself need not outlive the outcomes.
  ProcessRelay(base::Executor& own, const base::Mailbox& home, function::ProcessRunner& processes)
      : own_(own), home_(home), processes_(processes) {}

  void Run(std::shared_ptr<const function::FunctionDefinition> function, std::string payload,
           function::CallDetails details, function::OutcomeDone done) override;
  // Nothing: home hears of changes itself.
  void Retire(const std::string& /*name*/) override {}

 private:
  base::Executor& own_;
  const base::Mailbox& home_;
  function::ProcessRunner& processes_;
};

}  // namespace gatehouse::server
