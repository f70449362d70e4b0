#include "server/command/nowhere.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/file.h"
#include "server/command/env.h"
#include "server/command/instance_folder.h"
#include "server/command/own_command.h"

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

// Where a byte tells the child that it need not speak; -1: there is none.
int done_at_signal = -1;

void WriteAtSignal() {
  std::string_view left(text_at_signal, text_at_signal_bytes);
  while (!left.empty()) {
    ssize_t n = ::write(STDOUT_FILENO, left.data(), left.size());
    if (n <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(n));
  }
}

void TellChild() {
  if (done_at_signal >= 0 && ::write(done_at_signal, "", 1) != 1) return;  // it has gone
}

void OnSignal(int) {
  WriteAtSignal();
  TellChild();
  ::_exit(kExitCode);
}

// Nobody outlives SIGKILL, and the shell would evaluate nothing: a child holds its pipe and prints
// when we end without a word. Without a child (no process is to be had) that alone is lost.
void LeaveWitness() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  const pid_t child = ::fork();
  if (child != 0) {
    // We keep the end that is read, so that a child that has gone is no SIGPIPE for us.
    if (child < 0) ::close(ends[1]);
    done_at_signal = child < 0 ? -1 : ends[1];
    return;
  }
  ::setsid();  // what is sent to our group is not for it
  ::close(ends[1]);
  char byte = 0;
  ssize_t n = 0;
  do {
    n = ::read(ends[0], &byte, 1);
  } while (n < 0 && errno == EINTR);
  if (n == 0) WriteAtSignal();
  ::_exit(0);
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
  if (text_at_signal_bytes > 0) LeaveWitness();
  struct sigaction action {};
  action.sa_handler = OnSignal;
  for (int signal : kSignals) ::sigaction(signal, &action, nullptr);
}

NowhereUnlessDone::~NowhereUnlessDone() {
  for (int signal : kSignals) ::signal(signal, SIG_DFL);
  TellChild();
  if (done_at_signal >= 0) ::close(done_at_signal);
  done_at_signal = -1;
}

}  // namespace gatehouse::server
