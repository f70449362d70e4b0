// References to what SAM made: by the names that stand in the template.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// Ref, Fn::GetAtt, Fn::Sub and DependsOn of the whole template: `F.Alias`, `F.Version`, `A.Stage`
// and the like become the logical ids they mean, resources with another id are followed.
void ResolveReferences(Expansion& expansion);

}  // namespace gatehouse::stack::sam
