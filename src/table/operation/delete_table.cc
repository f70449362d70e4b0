// DeleteTable: drops the keyspace with the catalogue row, in one transaction. Item operations that
// wait behind it find no keyspace, which is AWS's ResourceNotFoundException.
#include <utility>

#include "table/operation/table_catalogue_codec.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

Result<TableDefinition> RemoveTable(store::Transaction& transaction,
                                    store::KeyspaceId catalogue_keyspace, const std::string& name) {
  auto row = transaction.Get(catalogue_keyspace, name);
  if (!row) return row.error();
  if (!*row) {
    return Error{ErrorCode::kNotFound,
                 "Requested resource not found: Table: " + name + " not found"};
  }
  Result<TableEntry> entry = DecodeTableEntry(**row);
  if (!entry) return entry.error();
  if (entry->definition.deletion_protection_enabled) {
    return Error{ErrorCode::kInvalidArgument,
                 "Resource cannot be deleted as it is currently protected against deletion. "
                 "Disable deletion protection first."};
  }
  if (auto dropped = transaction.DropKeyspace(entry->keyspace); !dropped) return dropped.error();
  for (const IndexEntry& index : entry->indexes) {
    if (auto dropped = transaction.DropKeyspace(index.keyspace); !dropped) return dropped.error();
  }
  if (auto deleted = transaction.Delete(catalogue_keyspace, name); !deleted) {
    return deleted.error();
  }
  return std::move(entry->definition);
}

}  // namespace

void Tables::DeleteTable(std::string_view name, base::Executor& reply_to,
                         Done<TableDefinition> done) {
  store_.Write<TableDefinition>(
      [catalogue = catalogue_, keyspace = catalogue_keyspace_,
       name = std::string(name)](store::Transaction& transaction) {
        Result<TableDefinition> removed = RemoveTable(transaction, keyspace, name);
        if (removed) transaction.AfterCommit([catalogue, name] { catalogue->Remove(name); });
        return removed;
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
