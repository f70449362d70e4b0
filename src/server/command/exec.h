// `gatehouse exec [TEMPLATE…] -- CMD…`: a command in the environment of a private instance in
// memory, or with --attach of the one that runs.
#pragma once

#include "server/command/options.h"

namespace gatehouse::server {

// The command's exit code; 128 + the signal that ended it; 127 and 126 as shells have them when it
// could not be started; 1 and 2 when the instance could not.
int RunExec(const ExecOptions& options);

}  // namespace gatehouse::server
