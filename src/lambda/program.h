// A whole Lambda program: what `bootstrap` does from its start on.
#pragma once

#include <span>

#include "gatehouse/handler.h"

namespace gatehouse::lambda {

// Serves the handler that _HANDLER names until the Runtime API goes away. Returns an exit code.
int RunProgram(std::span<const HandlerEntry> handlers);

}  // namespace gatehouse::lambda
