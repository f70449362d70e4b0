// The section Globals: what resources of SAM's types have in common, merged into each.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// Merges and takes the section and the attributes IgnoreGlobals away. Maps are merged member by
// member, lists are put behind each other (the global one first), of all else the resource's own
// value counts. Two maps of Function are special, DeploymentPreference is not.
void MergeGlobals(Value& root, Expansion& expansion, Problems& problems);

}  // namespace gatehouse::stack::sam
