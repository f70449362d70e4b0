#include "server/check.h"

#include <algorithm>
#include <cstdio>

#include "apps/chat/handlers.h"
#include "base/file.h"
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

// Whether the template can be deployed.
bool CheckOne(const TemplateSource& source, std::span<const HandlerEntry> handlers) {
  stack::CheckOptions options;
  options.source_directory = source.directory;
  options.in_process_names.emplace();
  for (const HandlerEntry& entry : handlers) {
    options.in_process_names->emplace_back(entry.name);
  }
  stack::CheckResult result = stack::Check(source.text, options);
  for (const stack::Problem& problem : result.problems) Print(stdout, source.path, problem, "");
  for (const stack::Problem& notice : result.notices) {
    Print(stdout, source.path, notice, "note: ");
  }
  if (result.problems.empty()) std::printf("%s: can be deployed\n", source.path.c_str());
  return result.problems.empty();
}

}  // namespace

int RunCheck(const CheckOptions& options) {
  base::SystemFiles files;
  auto handlers = LoadHandlers(chat::Handlers(), options.handlers);
  if (!handlers) return Fail(handlers.error());
  int exit_code = 0;
  for (const std::string& path : options.templates) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (!source) {
      exit_code = Fail(source.error());
    } else if (!CheckOne(*source, *handlers)) {
      exit_code = std::max(exit_code, 1);
    }
  }
  return exit_code;
}

}  // namespace gatehouse::server
