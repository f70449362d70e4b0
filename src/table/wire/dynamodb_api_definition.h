// What CreateTable and UpdateTable say of a table, read from a request. Problems go to the request.
// Inside the room.
#pragma once

#include <optional>
#include <string>

#include "base/function.h"
#include "table/value/table_definition.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

void ReadAttributeDefinitions(RequestReader& request, TableDefinition& definition);
void ReadKeySchema(RequestReader& request, TableDefinition& definition);
void ReadBilling(RequestReader& request, TableDefinition& definition);
// LocalSecondaryIndexes and GlobalSecondaryIndexes.
void ReadIndexes(RequestReader& request, TableDefinition& definition);

std::optional<ProvisionedThroughput> ReadThroughput(RequestReader& request);
// One index from its object; its problems go to `request`, with their path ("…member.").
IndexDefinition ReadIndex(RequestReader& request, RequestReader& index, const std::string& path,
                          bool global);

// Calls read(element, path) for each object of a list that may be absent.
void ReadObjects(RequestReader& request, std::string_view name,
                 base::UniqueFunction<void(RequestReader& element, const std::string& path)> read);

}  // namespace gatehouse::table
