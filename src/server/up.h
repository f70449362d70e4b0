// `gatehouse up`: builds the world, serves until SIGINT or SIGTERM, stops in order.
#pragma once

#include "server/options.h"

namespace gatehouse::server {

// Exit code: 0 after an orderly stop, 1 if it could not start (said on stderr), 2 for wrong
// options.
int RunUp(const UpOptions& options);

}  // namespace gatehouse::server
