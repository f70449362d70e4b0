#include "server/command/up.h"

#include <signal.h>

#include <cstdio>

#include "base/file.h"
#include "server/command/instance.h"
#include "server/command/signals.h"

namespace gatehouse::server {
namespace {

int FailUp(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return error.code == ErrorCode::kInvalidArgument ? 2 : 1;
}

Result<void> Announce(const UpOptions& options, const ReadyFacts& facts, base::Files& files) {
  if (!options.ready_file.empty()) {
    Result<void> written = files.WriteAtomically(options.ready_file, ReadyJson(facts), 0644);
    if (!written) return written;
  }
  std::string box = ReadyBox(facts);
  std::fwrite(box.data(), 1, box.size(), stdout);
  std::fflush(stdout);
  return {};
}

}  // namespace

int RunUp(const UpOptions& options, std::span<const HandlerEntry> handlers) {
  Signals signals;
  base::SystemFiles files;
  Instance instance(options, handlers);
  if (Result<void> started = instance.Start(); !started) return FailUp(started.error());
  signals.Watch(instance.loop(), [&](int signal) {
    if (signal != SIGCHLD) instance.BeginStop();
  });
  if (Result<void> said = Announce(options, instance.ready(), files); !said) {
    return FailUp(said.error());
  }
  instance.Run();
  if (!options.ready_file.empty()) files.Remove(options.ready_file);
  return 0;
}

}  // namespace gatehouse::server
