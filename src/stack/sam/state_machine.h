// AWS::Serverless::StateMachine: the state machine, its role, version and alias, and its events.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

void ExpandStateMachine(const Source& source, Expansion& expansion);

}  // namespace gatehouse::stack::sam
