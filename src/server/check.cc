#include "server/check.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apps/chat/handlers.h"
#include "base/clock.h"
#include "base/file.h"
#include "net/child_processes.h"
#include "net/epoll_network.h"
#include "net/loop.h"
#include "server/code_faults.h"
#include "server/handlers_file.h"
#include "server/templates.h"
#include "stack/check.h"

namespace gatehouse::server {
namespace {

void Print(std::FILE* out, const std::string& path, const stack::Problem& problem,
           const char* kind) {
  std::string line = problem.line > 0 ? std::to_string(problem.line) + ":" : "";
  std::fprintf(out, "%s:%s %s%s\n", path.c_str(), line.c_str(), kind, problem.message.c_str());
}

int Fail(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return 2;
}

// What code is judged with: a loop of its own, on which interpreters are asked.
struct CodeJudge {
  base::SystemClock clock;
  net::EpollNetwork network;
  net::Loop loop{network, clock};
  std::unique_ptr<net::ChildProcesses> children;
  std::optional<CodeFaults> faults;
};

// Whether the template can be deployed, and clients can connect to what it makes.
bool CheckOne(const TemplateSource& source, const stack::CheckOptions& options) {
  stack::CheckResult result = stack::Check(source.text, options);
  result.problems.insert(result.problems.end(), result.unserved.begin(), result.unserved.end());
  std::stable_sort(
      result.problems.begin(), result.problems.end(),
      [](const stack::Problem& a, const stack::Problem& b) { return a.line < b.line; });
  for (const stack::Problem& problem : result.problems) Print(stdout, source.path, problem, "");
  for (const stack::Problems* notes : {&result.warnings, &result.notices}) {
    for (const stack::Problem& note : *notes) Print(stdout, source.path, note, "note: ");
  }
  if (result.problems.empty()) std::printf("%s: can be deployed\n", source.path.c_str());
  return result.problems.empty();
}

}  // namespace

int RunCheck(const CheckOptions& options) {
  base::SystemFiles files;
  CodeJudge judge;
  Result<std::unique_ptr<net::ChildProcesses>> children = net::ChildProcesses::Create(judge.loop);
  if (!children) return Fail(children.error());
  judge.children = *std::move(children);
  judge.faults.emplace(judge.loop, *judge.children, options.python, options.node);
  auto handlers = LoadHandlers(chat::Handlers(), options.handlers);
  if (!handlers) return Fail(handlers.error());
  stack::CheckOptions how;
  how.in_process_names.emplace();
  for (const HandlerEntry& entry : *handlers) how.in_process_names->emplace_back(entry.name);
  how.strict_types = options.strict_types;
  how.code_fault = [&](const auto& function) { return judge.faults->Of(function); };
  int exit_code = 0;
  std::vector<TemplateSource> sources;
  for (const std::string& path : options.templates) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (source) {
      sources.push_back(*std::move(source));
    } else {
      exit_code = Fail(source.error());
    }
  }
  auto parameters = ShareParameters(sources, options.parameters);
  if (!parameters) return Fail(parameters.error());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    how.source_directory = sources[i].directory;
    how.parameters = (*parameters)[i];
    if (!CheckOne(sources[i], how)) exit_code = std::max(exit_code, 1);
  }
  return exit_code;
}

}  // namespace gatehouse::server
