// A running gatehouse: a process's rooms from options to ready, and their orderly end. `up` and
// `exec` are made of it. Everything on the main thread, which runs the first loop; further loops
// have threads that Start starts and Run ends. Start blocks, Run runs the loop.
#pragma once

#include <memory>
#include <span>

#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "net/loop/loop.h"
#include "server/command/announcement.h"
#include "server/command/client_environment.h"
#include "server/command/options.h"

namespace gatehouse::server {

class Instance {
 public:
  // handlers: what functions may name as InProcess, beside those of --handlers; they outlive the
  // instance. Empty: the chat's.
  explicit Instance(const UpOptions& options, std::span<const HandlerEntry> handlers = {});
  ~Instance();

  // Opens data and rooms, deploys the templates, listens: afterwards the first request succeeds.
  // Errors: one sentence for a person; nothing is left half done.
  Result<void> Start();

  net::Loop& loop();
  // After Start.
  const ReadyFacts& ready() const;
  const InstanceFacts& client() const;

  // Closes connections, runs $disconnect, lets functions end, drains sockets; then Run returns. A
  // second call ends it at once. Source: design §7.14.
  void BeginStop();
  void Run();

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::server
