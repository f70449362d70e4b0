// What Ref and GetAtt give for inert resources of the types that WebSocket templates have.
// Source: docs/aws/cloudformation.md §9, §11; CloudFormation user guide, resource reference.
#pragma once

#include <string_view>

#include "stack/resource/resource_type.h"

namespace gatehouse::stack {

// Names of a type's attributes, separated by blanks; empty: the table does not have the type.
std::string_view InertAttributes(std::string_view type);

ResourceValues InertValues(const Resource& resource, const Surroundings& around);

}  // namespace gatehouse::stack
