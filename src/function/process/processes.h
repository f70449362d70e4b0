// Functions that are processes: a pool of environments for each. Loop thread only.
//
// Setting up, in this order:
//   auto children = process::ChildProcesses::Create(loop);          // early: it forks
//   auto processes = Processes::Create({sockets, *children, credentials, random, log}, options);
//   functions.UseProcesses(*processes, event_writer);
//   catalogue.OnChange([&](const std::string& name) { processes->Retire(name); });
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "function/process/launcher.h"
#include "function/process/pool.h"

namespace gatehouse::function {

struct PoolFacts {
  std::string function;  // its name
  std::size_t environments = 0;
  std::size_t waiting = 0;  // invocations
};

class Processes final : public ProcessRunner {
 public:
  // Writes our runtimes below options.base_directory. Blocks; for start-up. Errors: kIo.
  static Result<std::unique_ptr<Processes>> Create(const ProcessParts& parts,
                                                   ProcessOptions options);
  ~Processes() override;

  void Run(std::shared_ptr<const FunctionDefinition> function, std::string payload,
           CallDetails details, OutcomeDone done) override;
  void Retire(const std::string& name) override;

  // Nothing is started any more; idle processes end now, busy ones when they have answered, all at
  // the latest after stop_grace.
  void BeginStop();
  bool IsQuiet() const { return environments() == 0; }

  std::size_t environments() const;
  std::vector<PoolFacts> Facts() const;
  // Says once in the log which interpreters serve these functions, and which SDKs they have. The
  // interpreters are asked meanwhile; nobody waits for them.
  void SayWhatServes(const std::vector<std::shared_ptr<const FunctionDefinition>>& functions);
  CodeStore& code() { return launcher_->code(); }
  const ProcessOptions& options() const { return options_; }

 private:
  Processes(const ProcessParts& parts, ProcessOptions options);

  const ProcessParts parts_;
  const ProcessOptions options_;
  RuntimeApi runtime_api_;
  std::unique_ptr<Launcher> launcher_;
  std::map<std::string, std::unique_ptr<Pool>, std::less<>> pools_;
  bool stopping_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gatehouse::function
