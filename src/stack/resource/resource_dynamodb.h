// AWS::DynamoDB::Table in the words of the table room.
#pragma once

#include "stack/resource/resource.h"
#include "table/value/table_definition.h"

namespace gatehouse::stack {

// Without id and time of creation. The properties conform to the type's schema.
// Error: kInvalidArgument with AWS's message.
Result<table::TableDefinition> ToTableDefinition(const Resource& resource);

}  // namespace gatehouse::stack
