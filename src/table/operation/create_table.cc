// CreateTable: catalogue row and keyspace in one transaction; operations see the table once that is
// committed.
#include <utility>

#include "table/operation/table_catalogue_codec.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

Result<TableEntry> AddTable(store::Transaction& transaction, store::KeyspaceId catalogue_keyspace,
                            TableDefinition definition, PrimaryKey primary_key) {
  auto row = transaction.Get(catalogue_keyspace, definition.name);
  if (!row) return row.error();
  if (*row) {
    return Error{ErrorCode::kConflict, "Table already exists: " + definition.name};
  }
  auto keyspace = transaction.CreateKeyspace("table:" + definition.name);
  if (!keyspace) return keyspace.error();
  TableEntry entry{std::move(definition), std::move(primary_key), *keyspace};
  auto put = transaction.Put(catalogue_keyspace, entry.definition.name, EncodeTableEntry(entry));
  if (!put) return put.error();
  return entry;
}

}  // namespace

void Tables::CreateTable(TableDefinition definition, base::Executor& reply_to,
                         Done<TableDefinition> done) {
  Result<PrimaryKey> primary_key = CheckDefinition(definition);
  if (!primary_key) return done(primary_key.error());
  store_.Write<TableDefinition>(
      [catalogue = catalogue_, keyspace = catalogue_keyspace_, definition = std::move(definition),
       primary_key = *std::move(primary_key)](
          store::Transaction& transaction) mutable -> Result<TableDefinition> {
        Result<TableEntry> added =
            AddTable(transaction, keyspace, std::move(definition), std::move(primary_key));
        if (!added) return added.error();
        auto entry = std::make_shared<const TableEntry>(*std::move(added));
        transaction.AfterCommit([catalogue, entry] { catalogue->Add(entry); });
        return entry->definition;
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
