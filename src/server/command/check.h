// `gatehouse check TEMPLATE…`: what is wrong in templates or not supported, with lines.
#pragma once

#include "server/command/options.h"

namespace gatehouse::server {

// Exit code: 0 all load and clients can connect; 1 one does not load (`up` refuses it, too), or
// nobody can connect to it; 2 a file cannot be read or loaded, or the command line is wrong.
int RunCheck(const CheckOptions& options);

}  // namespace gatehouse::server
