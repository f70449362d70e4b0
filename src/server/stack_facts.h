// What runs, for the ready file and the box: stacks with their apis, functions and tables, read
// from the rooms. Loop thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "api/stages.h"
#include "function/catalogue.h"
#include "server/ready.h"
#include "stack/check.h"
#include "stack/stacks.h"

namespace gatehouse::server {

// code_fault: may be null.
std::vector<StackFacts> GatherStackFacts(const stack::Stacks& stacks, const api::Stages& stages,
                                         const function::Catalogue& functions,
                                         const stack::CodeFault& code_fault, std::uint16_t port);

}  // namespace gatehouse::server
