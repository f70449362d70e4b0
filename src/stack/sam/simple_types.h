// SAM's small types: one resource each.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

void ExpandSimpleTable(const Source& source, Expansion& expansion);
// ID and a hash of what it is made of, so that a change is another layer; references follow.
void ExpandLayerVersion(const Source& source, Expansion& expansion);
void ExpandApplication(const Source& source, Expansion& expansion);

}  // namespace gatehouse::stack::sam
