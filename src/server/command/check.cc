#include "server/command/check.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/json.hpp>

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
#include "stack/template/expand.h"

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

// Loads: `up` would deploy it. Good: clients can connect to what it makes, too.
void PrintVerdict(const TemplateSource& source, const stack::CheckResult& result) {
  stack::Problems wrong = result.problems;
  wrong.insert(wrong.end(), result.unserved.begin(), result.unserved.end());
  std::stable_sort(
      wrong.begin(), wrong.end(),
      [](const stack::Problem& a, const stack::Problem& b) { return a.line < b.line; });
  for (const stack::Problem& problem : wrong) PrintFindings(stdout, source.path, problem, "");
  for (const stack::Problems* notes : {&result.warnings, &result.notices}) {
    for (const stack::Problem& note : *notes) PrintFindings(stdout, source.path, note, "note: ");
  }
  if (!result.problems.empty()) return;
  std::printf("%s: can be deployed%s\n", source.path.c_str(),
              result.unserved.empty() ? "" : ", but clients cannot connect");
}

boost::json::array ToJson(const stack::Problems& problems) {
  boost::json::array list;
  for (const stack::Problem& problem : problems) {
    list.push_back(boost::json::object{{"line", problem.line}, {"message", problem.message}});
  }
  return list;
}

boost::json::object ToJson(const TemplateSource& source, const stack::CheckResult& result) {
  return {{"path", source.path},
          {"loads", result.problems.empty()},
          {"good", result.is_good()},
          {"problems", ToJson(result.problems)},
          {"unserved", ToJson(result.unserved)},
          {"warnings", ToJson(result.warnings)},
          {"notices", ToJson(result.notices)}};
}

// The template as its transforms leave it; what is wrong stands on the error output.
int PrintExpanded(const CheckOptions& options, base::Files& files) {
  int exit_code = 0;
  std::vector<TemplateSource> sources;
  for (const std::string& path : options.templates) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (!source) return FailCheck(source.error());
    sources.push_back(*std::move(source));
  }
  auto parameters = ShareParameters(sources, options.parameters);
  if (!parameters) return FailCheck(parameters.error());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    stack::Value root;
    stack::Problems problems;
    const stack::TemplateInputs inputs{&(*parameters)[i], nullptr, sources[i].directory};
    stack::ReadExpanded(sources[i].text, inputs, root, problems);
    for (const stack::Problem& problem : problems)
      PrintFindings(stderr, sources[i].path, problem, "");
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
  how.strict_types = options.strict_types;
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
  boost::json::array checked;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    how.source_directory = sources[i].directory;
    how.parameters = (*parameters)[i];
    const stack::CheckResult result = stack::Check(sources[i].text, how);
    if (!result.is_good()) exit_code = std::max(exit_code, 1);
    if (options.json) {
      checked.push_back(ToJson(sources[i], result));
    } else {
      PrintVerdict(sources[i], result);
    }
  }
  if (options.json) {
    const boost::json::object all{{"templates", std::move(checked)}};
    std::printf("%s\n", boost::json::serialize(all).c_str());
  }
  return exit_code;
}

}  // namespace gatehouse::server
