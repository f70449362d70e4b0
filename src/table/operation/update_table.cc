// UpdateTable: what can change of a table without touching its items.
#include <utility>

#include "table/operation/table_catalogue_codec.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

Result<TableEntry> ChangeTable(store::Transaction& transaction,
                               store::KeyspaceId catalogue_keyspace, TableDefinition definition) {
  auto row = transaction.Get(catalogue_keyspace, definition.name);
  if (!row) return row.error();
  if (!*row) {
    return Error{ErrorCode::kNotFound,
                 "Requested resource not found: Table: " + definition.name + " not found"};
  }
  Result<TableEntry> entry = DecodeTableEntry(**row);
  if (!entry) return entry.error();
  TableDefinition& table = entry->definition;
  if (table.key_schema != definition.key_schema ||
      table.attribute_definitions != definition.attribute_definitions) {
    return Error{ErrorCode::kInvalidArgument, "the keys of a table cannot be changed"};
  }
  table.billing_mode = definition.billing_mode;
  table.provisioned_throughput = definition.provisioned_throughput;
  table.deletion_protection_enabled = definition.deletion_protection_enabled;
  auto put = transaction.Put(catalogue_keyspace, table.name, EncodeTableEntry(*entry));
  if (!put) return put.error();
  return entry;
}

}  // namespace

void Tables::UpdateTable(TableDefinition definition, base::Executor& reply_to,
                         Done<TableDefinition> done) {
  if (Result<PrimaryKey> checked = CheckDefinition(definition); !checked) {
    return done(checked.error());
  }
  store_.Write<TableDefinition>(
      [catalogue = catalogue_, keyspace = catalogue_keyspace_, definition = std::move(definition)](
          store::Transaction& transaction) mutable -> Result<TableDefinition> {
        Result<TableEntry> changed = ChangeTable(transaction, keyspace, std::move(definition));
        if (!changed) return changed.error();
        auto entry = std::make_shared<const TableEntry>(*std::move(changed));
        transaction.AfterCommit([catalogue, entry] { catalogue->Add(entry); });
        return entry->definition;
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
