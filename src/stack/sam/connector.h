// AWS::Serverless::Connector, and the attribute Connectors of resources: policies and permissions
// that let one resource use another.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// What stands in the attribute Connectors becomes a resource of its own; the attribute goes.
void LiftEmbeddedConnectors(Expansion& expansion);

// After all other types: it looks at the plain resources on both ends.
void ExpandConnector(const Source& source, Expansion& expansion);

}  // namespace gatehouse::stack::sam
