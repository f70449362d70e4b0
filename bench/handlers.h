// The in-process handlers of the benchmarks: bench/echo, bench/id, bench/broadcast, bench/flood.
// Each does the least that its route can ask for, so that what is measured is gatehouse.
#pragma once

#include <span>

#include "gatehouse/handler.h"

namespace gatehouse::bench {

std::span<const HandlerEntry> Handlers();

}  // namespace gatehouse::bench
