// What the parts of Stacks share. Inside the room, for stacks*.cc.
#pragma once

#include "stack/engine/stacks.h"

namespace gatehouse::stack {

// A request that was checked and planned.
struct Stacks::Prepared {
  Plan plan;
  StackDefinition definition;  // without what the plan's outcome adds
  bool uses_sam = false;
  std::string transform_failure;  // AWS's sentence when SAM's transform failed
  bool changes = true;            // against what the stack has
};

// The first reason why an operation on the stack failed, from its events.
std::string FirstFailure(const StackRecord& stack);

}  // namespace gatehouse::stack
