// What a table has, as a table of rows that templates are read by. Any thread.
// Source: AWS::DynamoDB::Table of CloudFormation.
#pragma once

#include "aws/resource_type.h"

namespace gatehouse::table {

const aws::ResourceType& TableType();

}  // namespace gatehouse::table
