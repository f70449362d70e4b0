// What runs, for the ready file and the box: stacks with their apis, functions and tables, read
// from the rooms. Loop thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "api/stage/stages.h"
#include "function/define/function_catalogue.h"
#include "server/command/announcement.h"
#include "stack/check/template_check.h"
#include "stack/engine/stacks.h"

namespace gatehouse::server {

// code_fault: may be null.
std::vector<StackFacts> GatherStackFacts(const stack::Stacks& stacks, const api::Stages& stages,
                                         const function::Catalogue& functions,
                                         const stack::CodeFault& code_fault, std::uint16_t port);

}  // namespace gatehouse::server
