// CreateTable: catalogue row and keyspace in one transaction; operations see the table once that is
// committed.
#include <utility>

#include "table/operation/table_catalogue_codec.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

Result<TableEntry> AddTable(store::Transaction& transaction, store::KeyspaceId catalogue_keyspace,
                            TableDefinition definition) {
  auto row = transaction.Get(catalogue_keyspace, definition.name);
  if (!row) return row.error();
  if (*row) {
    return Error{ErrorCode::kConflict, "Table already exists: " + definition.name};
  }
  auto keyspace = transaction.CreateKeyspace(TableKeyspaceName(definition.name));
  if (!keyspace) return keyspace.error();
  std::vector<store::KeyspaceId> index_keyspaces;
  for (const IndexDefinition& index : definition.indexes) {
    auto created = transaction.CreateKeyspace(IndexKeyspaceName(definition.name, index.name));
    if (!created) return created.error();
    index_keyspaces.push_back(*created);
  }
  Result<TableEntry> entry = MakeTableEntry(std::move(definition), *keyspace, index_keyspaces);
  if (!entry) return entry;
  auto put = transaction.Put(catalogue_keyspace, entry->definition.name, EncodeTableEntry(*entry));
  if (!put) return put.error();
  return entry;
}

}  // namespace

void Tables::CreateTable(TableDefinition definition, base::Executor& reply_to,
                         Done<TableDefinition> done) {
  if (auto checked = CheckDefinition(definition); !checked) return done(checked.error());
  store_.Write<TableDefinition>(
      [catalogue = catalogue_, keyspace = catalogue_keyspace_, definition = std::move(definition)](
          store::Transaction& transaction) mutable -> Result<TableDefinition> {
        Result<TableEntry> added = AddTable(transaction, keyspace, std::move(definition));
        if (!added) return added.error();
        auto entry = std::make_shared<const TableEntry>(*std::move(added));
        transaction.AfterCommit([catalogue, entry] { catalogue->Add(entry); });
        return entry->definition;
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
