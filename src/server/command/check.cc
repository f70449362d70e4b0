#include "server/command/check.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apps/chat/handlers.h"
#include "base/clock.h"
#include "base/file.h"
#include "net/loop/epoll_network.h"
#include "net/loop/loop.h"
#include "process/child_processes.h"
#include "server/command/code_faults.h"
#include "server/command/templates.h"
#include "server/node/handlers_file.h"
#include "stack/check/template_check.h"

namespace gatehouse::server {
namespace {

void PrintFindings(std::FILE* out, const std::string& path, const stack::Problem& problem,
                   const char* kind) {
  std::string line = problem.line > 0 ? std::to_string(problem.line) + ":" : "";
  std::fprintf(out, "%s:%s %s%s\n", path.c_str(), line.c_str(), kind, problem.message.c_str());
}

int FailCheck(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return 2;
}

// What code is judged with: a loop of its own, on which interpreters are asked.
struct CodeJudge {
  base::SystemClock clock;
  net::EpollNetwork network;
  net::Loop loop{network, clock};
  std::unique_ptr<process::ChildProcesses> children;
  std::optional<CodeFaults> faults;
};

// Whether the template can be deployed, and clients can connect to what it makes.
bool CheckOne(const TemplateSource& source, const stack::CheckOptions& options) {
  stack::CheckResult result = stack::Check(source.text, options);
  result.problems.insert(result.problems.end(), result.unserved.begin(), result.unserved.end());
  std::stable_sort(
      result.problems.begin(), result.problems.end(),
      [](const stack::Problem& a, const stack::Problem& b) { return a.line < b.line; });
  for (const stack::Problem& problem : result.problems)
    PrintFindings(stdout, source.path, problem, "");
  for (const stack::Problems* notes : {&result.warnings, &result.notices}) {
    for (const stack::Problem& note : *notes) PrintFindings(stdout, source.path, note, "note: ");
  }
  if (result.problems.empty()) std::printf("%s: can be deployed\n", source.path.c_str());
  return result.problems.empty();
}

// The template as its transforms leave it; what is wrong stands on the error output.
int PrintExpanded(const CheckOptions& options, base::Files& files) {
  int exit_code = 0;
  std::vector<TemplateSource> sources;
  for (const std::string& path : options.templates) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (!source) return Fail(source.error());
    sources.push_back(*std::move(source));
  }
  auto parameters = ShareParameters(sources, options.parameters);
  if (!parameters) return Fail(parameters.error());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    stack::Value root;
    stack::Problems problems;
    stack::sam::TransformInput input;
    input.parameters = stack::GivenParameters((*parameters)[i], nullptr);
    stack::ReadExpanded(sources[i].text, input, root, problems);
    for (const stack::Problem& problem : problems) Print(stderr, sources[i].path, problem, "");
    if (problems.empty()) std::printf("%s\n", stack::ToJson(root).c_str());
    if (!problems.empty()) exit_code = 1;
  }
  return exit_code;
}

}  // namespace

int RunCheck(const CheckOptions& options) {
  base::SystemFiles files;
  if (options.print_expanded) return PrintExpanded(options, files);
  CodeJudge judge;
  Result<std::unique_ptr<process::ChildProcesses>> children =
      process::ChildProcesses::Create(judge.loop);
  if (!children) return FailCheck(children.error());
  judge.children = *std::move(children);
  judge.faults.emplace(judge.loop, *judge.children, options.python, options.node);
  auto handlers = LoadHandlers(chat::Handlers(), options.handlers);
  if (!handlers) return FailCheck(handlers.error());
  stack::CheckOptions how;
  how.in_process_names.emplace();
  for (const HandlerEntry& entry : *handlers) how.in_process_names->emplace_back(entry.name);
  how.code_fault = [&](const auto& function) { return judge.faults->Of(function); };
  int exit_code = 0;
  std::vector<TemplateSource> sources;
  for (const std::string& path : options.templates) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (source) {
      sources.push_back(*std::move(source));
    } else {
      exit_code = FailCheck(source.error());
    }
  }
  auto parameters = ShareParameters(sources, options.parameters);
  if (!parameters) return FailCheck(parameters.error());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    how.source_directory = sources[i].directory;
    how.parameters = (*parameters)[i];
    if (!CheckOne(sources[i], how)) exit_code = std::max(exit_code, 1);
  }
  return exit_code;
}

}  // namespace gatehouse::server
