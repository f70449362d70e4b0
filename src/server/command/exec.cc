#include "server/command/exec.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "server/command/env.h"
#include "server/command/exec_variables.h"
#include "server/command/instance.h"
#include "server/command/signals.h"

namespace gatehouse::server {
namespace {

constexpr int kNotFoundCode = 127;  // as shells say it
constexpr int kNotExecutableCode = 126;

int FailExec(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return error.code == ErrorCode::kInvalidArgument ? 2 : 1;
}

int FailToStart(const std::string& command, int error) {
  std::fprintf(stderr, "gatehouse: %s: %s\n", command.c_str(), std::strerror(error));
  return error == ENOENT ? kNotFoundCode : kNotExecutableCode;
}

// What exec* functions want: pointers into texts, ending with null.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// "NAME=value" of this process's environment with what reaches the instance and tells of it.
std::vector<std::string> EnvironmentOf(const InstanceFacts& instance,
                                       const std::string& ready_json) {
  Variables variables = CurrentVariables();
  for (const VariableChange& change : EnterChanges(instance, variables)) {
    if (change.value) {
      variables[change.name] = *change.value;
    } else {
      variables.erase(change.name);
    }
  }
  SetExecVariables(ready_json, variables);
  std::vector<std::string> texts;
  for (const auto& [name, value] : variables) texts.push_back(name + "=" + value);
  return texts;
}

int Attach(const ExecOptions& options) {
  EnvOptions target;
  target.port = options.port;
  Result<InstanceFacts> instance = FindInstance(target);
  if (!instance) return FailExec(instance.error());
  std::vector<std::string> command = options.command;
  base::SystemFiles files;
  Result<std::string> ready = files.Read(instance->folder + "/ready.json");
  if (!ready) return FailExec(ready.error());  // it has just ended
  std::vector<std::string> environment = EnvironmentOf(*instance, *ready);
  ::execvpe(command[0].c_str(), Pointers(command).data(), Pointers(environment).data());
  return FailToStart(command[0], errno);
}

// Starts the command with the signals that a shell would give it; in our own process group, so
// that the terminal's Ctrl-C reaches it. The error is errno's.
int Spawn(std::vector<std::string> command, std::vector<std::string> environment, pid_t& pid) {
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  int error = ::posix_spawnp(&pid, command[0].c_str(), nullptr, &attributes,
                             Pointers(command).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

int RunPrivate(const ExecOptions& options) {
  Signals signals;
  UpOptions up = options.up;
  up.port = 0;
  up.data = ":memory:";
  if (up.log_level.empty()) up.log_level = "warning";
  Instance instance(up);
  if (Result<void> started = instance.Start(); !started) return FailExec(started.error());

  pid_t pid = 0;
  int error =
      Spawn(options.command, EnvironmentOf(instance.client(), ReadyJson(instance.ready())), pid);
  if (error != 0) return FailToStart(options.command[0], error);
  int exit_code = 0;
  signals.Watch(instance.loop(), [&](int signal) {
    if (pid == 0) return;
    // The terminal sends Ctrl-C to the command itself.
    if (signal == SIGTERM) ::kill(pid, SIGTERM);
    int status = 0;
    if (signal != SIGCHLD || ::waitpid(pid, &status, WNOHANG) != pid) return;
    pid = 0;
    exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    instance.BeginStop();
  });
  instance.Run();
  return exit_code;
}

}  // namespace

int RunExec(const ExecOptions& options) {
  return options.attach ? Attach(options) : RunPrivate(options);
}

}  // namespace gatehouse::server
