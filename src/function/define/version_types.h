// What versions, aliases and layers of functions have, as tables that templates are read by. Any
// thread.
// Source: AWS::Lambda::Version, Alias, LayerVersion of CloudFormation.
#pragma once

#include "aws/resource_type.h"

namespace gatehouse::function {

const aws::ResourceType& VersionType();
const aws::ResourceType& AliasType();
const aws::ResourceType& LayerVersionType();

}  // namespace gatehouse::function
