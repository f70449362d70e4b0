// What roles and policies have, as tables that templates are read by. Any thread.
// Source: AWS::IAM::* of CloudFormation.
#pragma once

#include "aws/resource_type.h"

namespace gatehouse::auth {

const aws::ResourceType& RoleType();
const aws::ResourceType& PolicyType();
const aws::ResourceType& ManagedPolicyType();

}  // namespace gatehouse::auth
