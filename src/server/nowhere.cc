#include "server/nowhere.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "base/file.h"
#include "server/env.h"
#include "server/instance_folder.h"
#include "server/own_command.h"

namespace gatehouse::server {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM};
constexpr int kExitCode = 2;

std::string NowhereText(const std::string& node_shim) {
  return ShellText(NowhereChanges(CurrentVariables(), node_shim)) + "false\n";
}

// Node's shim is best effort: where it cannot be written, the dummy keys still hold.
std::string WriteNodeShim() {
  base::SystemFiles files;
  Result<std::string> path = WriteInRoot(InstancesRoot(CurrentVariables(), ::geteuid()), files,
                                         "nowhere.cjs", NodeShimText(kNowherePort));
  return path ? *path : std::string();
}

// For the handler of signals, which may neither allocate nor lock.
const char* text_at_signal = nullptr;
std::size_t text_at_signal_bytes = 0;

void OnSignal(int) {
  std::string_view left(text_at_signal, text_at_signal_bytes);
  while (!left.empty()) {
    ssize_t n = ::write(STDOUT_FILENO, left.data(), left.size());
    if (n <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(n));
  }
  ::_exit(kExitCode);
}

}  // namespace

void LeadNowhere() {
  if (::isatty(STDOUT_FILENO) == 1) return;
  std::string text = NowhereText(WriteNodeShim());
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  std::fprintf(stderr,
               "until `gatehouse env` succeeds, aws and the SDKs reach nothing from this shell; "
               "`eval \"$(%s env --unset)\"` brings back what was there before\n",
               OwnCommand().c_str());
}

NowhereUnlessDone::NowhereUnlessDone() {
  static const std::string text = NowhereText({});
  text_at_signal = text.data();
  text_at_signal_bytes = ::isatty(STDOUT_FILENO) == 1 ? 0 : text.size();
  struct sigaction action {};
  action.sa_handler = OnSignal;
  for (int signal : kSignals) ::sigaction(signal, &action, nullptr);
}

NowhereUnlessDone::~NowhereUnlessDone() {
  for (int signal : kSignals) ::signal(signal, SIG_DFL);
}

}  // namespace gatehouse::server
