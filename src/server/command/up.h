// `gatehouse up`: builds the world, serves until SIGINT or SIGTERM, stops in order.
#pragma once

#include <span>

#include "gatehouse/handler.h"
#include "server/command/options.h"

namespace gatehouse::server {

// Exit code: 0 after an orderly stop, 1 if it could not start (said on stderr), 2 for wrong
// options. handlers: as for Instance.
int RunUp(const UpOptions& options, std::span<const HandlerEntry> handlers = {});

}  // namespace gatehouse::server
