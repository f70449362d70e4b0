// What `gatehouse exec` tells its command of the instance it runs against. Pure.
#pragma once

#include <string_view>

#include "server/command/client_environment.h"

namespace gatehouse::server {

// Sets, from an instance's ready.json: GATEHOUSE_PORT; of the first stage there is GATEHOUSE_URL,
// _MANAGEMENT_URL and _STAGE; every output of a stack as GATEHOUSE_OUTPUT_{stack}_{key}, and as
// GATEHOUSE_OUTPUT_{key} for the first stack that has the key (a stack's hyphens are underscores).
// What an outer exec set is gone. Text that is no ready.json sets nothing.
void SetExecVariables(std::string_view ready_json, Variables& variables);

}  // namespace gatehouse::server
