// What is set at a table without touching its definition: TTL and tags. A row each in a keyspace of
// its own, by the number of the table's keyspace, which no other table ever gets; what a deleted
// table leaves is taken by the next sweep. Values in closures of the store.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

struct TableSettings {
  std::string time_to_live_attribute = {};  // empty: disabled
  std::map<std::string, std::string> tags = {};
};

// Errors of all: kIo (damaged, …).
Result<TableSettings> ReadTableSettings(store::View& view, store::KeyspaceId table);
Result<void> WriteTableSettings(store::Transaction& transaction, store::KeyspaceId table,
                                const TableSettings& settings);

// The keyspaces of all tables that have settings.
Result<std::vector<store::KeyspaceId>> TablesWithSettings(store::View& view);
Result<void> DeleteTableSettings(store::Transaction& transaction, store::KeyspaceId table);

}  // namespace gatehouse::table
