#include "server/command/env.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "gatehouse/json.h"
#include "server/command/instance_folder.h"
#include "server/command/nowhere.h"
#include "server/command/own_command.h"

extern char** environ;

namespace gatehouse::server {
namespace {

int FailEnv(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return error.code == ErrorCode::kInvalidArgument ? 2 : 1;
}

void PrintLines(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// The port a ready file names. Errors: kInvalidArgument.
Result<std::uint16_t> PortOfReadyFile(const std::string& path, base::Files& files) {
  Result<std::string> text = files.Read(path);
  if (!text) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--ready-file {}: {}", path, text.error().message)};
  }
  auto port = json::Member(*text, "port");
  int number = port ? std::atoi(std::string(*port).c_str()) : 0;
  if (number < 1 || number > 65535) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} is no ready file of ours", path)};
  }
  return static_cast<std::uint16_t>(number);
}

// Where an instance is, as its owner knows it.
std::string EnvPlace(const InstanceFacts& instance) {
  constexpr std::string_view kData = "/.gatehouse";
  std::string_view data = instance.data;
  if (data == ":memory:") return fmt::format("{}, in memory", instance.started_in);
  if (data.ends_with(kData)) data.remove_suffix(kData.size());
  return data.empty() ? "/" : std::string(data);
}

std::string Listed(const std::vector<InstanceFacts>& live) {
  std::string lines;
  for (const InstanceFacts& instance : live) {
    fmt::format_to(std::back_inserter(lines), "\n  --port {:<5}  {}  ({})", instance.port,
                   base::EscapeForTerminal(EnvPlace(instance)), instance.region);
  }
  return lines;
}

void SayWhere(const InstanceFacts& instance) {
  std::fprintf(stderr,
               "aws and the SDKs now go to gatehouse at http://localhost:%u (region %s); "
               "`eval \"$(%s env --unset)\"` undoes it\n",
               instance.port, instance.region.c_str(), OwnCommand().c_str());
}

int PrintChanges(const EnvOptions& options,
                 std::string (*show)(const std::vector<VariableChange>&)) {
  if (options.unset) {
    auto changes = RestoreChanges(CurrentVariables());
    if (!changes) return FailEnv(changes.error());
    PrintLines(show(*changes));
    return 0;
  }
  Result<InstanceFacts> instance = FindInstance(options);
  if (!instance) return FailEnv(instance.error());
  PrintLines(show(EnterChanges(*instance, CurrentVariables())));
  if (!options.json) SayWhere(*instance);
  return 0;
}

}  // namespace

Variables CurrentVariables() {
  Variables variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    std::string_view text = *entry;
    std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Result<InstanceFacts> ChooseInstance(const std::vector<InstanceFacts>& live, std::uint16_t wanted,
                                     const std::string& folder) {
  if (wanted != 0) {
    auto it = std::find_if(live.begin(), live.end(),
                           [&](const InstanceFacts& facts) { return facts.port == wanted; });
    if (it != live.end()) return *it;
    std::string others = live.empty() ? "" : "; these do:" + Listed(live);
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("no gatehouse of yours runs on port {}{}", wanted, others)};
  }
  if (live.empty()) {
    return Error{ErrorCode::kNotFound, "no gatehouse runs; start one: gatehouse up"};
  }
  if (live.size() == 1) return live.front();
  if (auto own = InstanceOfFolder(live, folder)) return *own;
  return Error{ErrorCode::kInvalidArgument,
               "several instances run, none of them with the data of this folder; --port picks "
               "one:" +
                   Listed(live)};
}

Result<InstanceFacts> FindInstance(const EnvOptions& options) {
  base::SystemFiles files;
  std::uint16_t wanted = options.port;
  if (!options.ready_file.empty()) {
    Result<std::uint16_t> port = PortOfReadyFile(options.ready_file, files);
    if (!port) return port.error();
    wanted = *port;
  }
  std::error_code ignored;  // a folder that is gone is nobody's
  return ChooseInstance(LiveInstances(InstancesRoot(CurrentVariables(), ::geteuid()), files),
                        wanted, std::filesystem::current_path(ignored).string());
}

int RunEnv(const EnvOptions& options) {
  if (options.json) return PrintChanges(options, JsonText);
  NowhereUnlessDone guard;
  int exit_code = PrintChanges(options, ShellText);
  if (exit_code != 0) LeadNowhere();
  return exit_code;
}

}  // namespace gatehouse::server
