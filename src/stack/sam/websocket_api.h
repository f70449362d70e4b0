// AWS::Serverless::WebSocketApi: the API, and of each route the route, its integration and the
// permission to call the function; a stage that deploys itself, and the authorizer of $connect.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

void ExpandWebSocketApi(const Source& source, Expansion& expansion);

// Property Domain: the domain name, its mappings to the stage (`Ref: ID.Stage`) and its records.
void MakeDomain(const Source& source, const Value& domain, std::string_view tag, MadeList& made,
                Expansion& expansion);

}  // namespace gatehouse::stack::sam
