// What a parameter has, as a table of rows that templates are read by. Any thread.
// Source: AWS::SSM::Parameter of CloudFormation.
#pragma once

#include "aws/resource_type.h"

namespace gatehouse::parameter {

const aws::ResourceType& ParameterType();

}  // namespace gatehouse::parameter
