// `gatehouse check TEMPLATE…`: what is wrong in templates or not supported, with lines.
#pragma once

#include "server/command/options.h"

namespace gatehouse::server {

// Exit code: 0 all can be deployed, 1 something is wrong, 2 a file cannot be read or loaded.
int RunCheck(const CheckOptions& options);

}  // namespace gatehouse::server
