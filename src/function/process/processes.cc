#include "function/process/processes.h"

#include <filesystem>
#include <utility>

#include "aws/id.h"
#include "function/define/identifiers.h"

namespace gatehouse::function {
namespace {

// Processes start in their task root: relative paths would mean something else there.
ProcessOptions WithAbsolutePaths(ProcessOptions options) {
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::absolute(options.base_directory, error);
  if (!error) options.base_directory = absolute.lexically_normal().string();
  return options;
}

}  // namespace

Result<std::unique_ptr<Processes>> Processes::Create(const ProcessParts& parts,
                                                     ProcessOptions options) {
  std::unique_ptr<Processes> processes(new Processes(parts, WithAbsolutePaths(std::move(options))));
  Result<std::unique_ptr<Launcher>> launcher =
      Launcher::Create(processes->options_, parts.children, parts.sockets.loop());
  if (!launcher) return launcher.error();
  processes->launcher_ = std::move(*launcher);
  return processes;
}

Processes::Processes(const ProcessParts& parts, ProcessOptions options)
    : parts_(parts), options_(std::move(options)), runtime_api_(parts.sockets) {}

Processes::~Processes() {
  stopping_ = true;
  *alive_ = false;
  pools_.clear();
}

void Processes::Run(std::shared_ptr<const FunctionDefinition> function, std::string payload,
                    CallDetails details, OutcomeDone done) {
  if (stopping_) {
    return done({Outcome::kRefused, {}, "gatehouse stops", {}, {}, ErrorCode::kUnavailable});
  }
  if (details.request_id.empty()) details.request_id = aws::NewUuid(parts_.random);
  std::unique_ptr<Pool>& pool = pools_[function->name];
  if (!pool) {
    pool = std::make_unique<Pool>(*launcher_, runtime_api_, parts_, options_, function);
  }
  pool->Run(std::move(function), {std::move(payload), std::move(details), std::move(done)});
}

void Processes::Retire(const std::string& name) {
  auto found = pools_.find(name);
  if (found == pools_.end()) return;
  found->second->Retire();
  if (found->second->empty()) pools_.erase(found);
}

void Processes::BeginStop() {
  stopping_ = true;
  for (const auto& [name, pool] : pools_) {
    pool->RefuseWaiting();
    pool->Retire();
  }
  parts_.sockets.loop().After(options_.stop_grace, [this, alive = alive_] {
    if (!*alive) return;
    for (const auto& [name, pool] : pools_) pool->KillAll();
  });
}

void Processes::SayWhatServes(
    const std::vector<std::shared_ptr<const FunctionDefinition>>& functions) {
  std::map<std::string, std::shared_ptr<const FunctionDefinition>> runtimes;
  for (const auto& function : functions) {
    const RuntimeFamily family = FamilyOf(function->runtime);
    const bool is_served = family == RuntimeFamily::kPython || family == RuntimeFamily::kNode;
    if (function->in_process.empty() && is_served) runtimes.emplace(function->runtime, function);
  }
  for (const auto& [runtime, function] : runtimes) {
    launcher_->Describe(*function, [this, alive = alive_, runtime = runtime](
                                       const Interpreter& interpreter, const std::string& sdk) {
      if (!*alive) return;
      parts_.log.Info("functions of this runtime are served by the machine's interpreter",
                      {{"runtime", runtime},
                       {"interpreter", interpreter.path},
                       {"version", interpreter.version},
                       {"sdk", sdk}});
    });
  }
}

std::size_t Processes::environments() const {
  std::size_t count = 0;
  for (const auto& [name, pool] : pools_) count += pool->environments();
  return count;
}

std::vector<PoolFacts> Processes::Facts() const {
  std::vector<PoolFacts> facts;
  for (const auto& [name, pool] : pools_) {
    facts.push_back({name, pool->environments(), pool->waiting()});
  }
  return facts;
}

}  // namespace gatehouse::function
