// The checks of a table's definition that concern its keys and indexes, with AWS's words.
// Inside the room; CheckDefinition (table_definition.h) is the door.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

// "One or more parameter values were invalid: " and the rest.
Error InvalidValues(std::string_view message);

// That every key has an attribute definition.
Result<void> CheckKeysAreDefined(const TableDefinition& definition,
                                 const std::vector<KeySchemaElement>& keys);
// HASH, then perhaps RANGE, of different names.
Result<void> CheckKeyOrder(const std::vector<KeySchemaElement>& keys);
// Keys, projections, names and numbers of all indexes. The table's own keys have been checked.
Result<void> CheckIndexes(const TableDefinition& definition);
// That no attribute is defined which is no key.
Result<void> CheckAttributesAreUsed(const TableDefinition& definition);

}  // namespace gatehouse::table
