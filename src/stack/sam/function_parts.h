// What a SAM function consists of beside the function itself. Inside the transform.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stack/sam/events.h"
#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// FVersionHASH and FAliasNAME of AutoPublishAlias, behind the function in made; `Ref: F.Version`
// and `Ref: F.Alias` mean them. Empty: there are none.
std::string MakeVersionAndAlias(const Source& source, MadeList& made, Expansion& expansion);

// FUrl, and who may call it when AuthType is NONE.
void MakeFunctionUrl(const Source& source, const Target& target, MadeList& made,
                     Expansion& expansion);

// FEventInvokeConfig and the queues and topics it asks for. The policies that the role needs.
std::vector<Value> MakeEventInvoke(const Source& source, const std::string& alias_id,
                                   MadeList& made, Expansion& expansion);

// DeploymentPreference: FDeploymentGroup, and the CodeDeploy application that all share.
void MakeDeployment(const Source& source, const std::string& alias_id, MadeList& made,
                    Expansion& expansion);

}  // namespace gatehouse::stack::sam
