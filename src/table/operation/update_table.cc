// UpdateTable: the definition in one transaction; then indexes that were added get their rows.
#include <utility>

#include "table/operation/index_backfill.h"
#include "table/operation/table_catalogue_codec.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

// Keyspaces as the new definition wants them: those that stay, new ones, and old ones dropped.
Result<std::vector<store::KeyspaceId>> MoveIndexes(store::Transaction& transaction,
                                                   const TableEntry& before,
                                                   const TableDefinition& after) {
  for (const IndexEntry& index : before.indexes) {
    const IndexDefinition* now = FindIndex(after, index.definition.name);
    if (now && now->key_schema == index.definition.key_schema) continue;
    if (auto dropped = transaction.DropKeyspace(index.keyspace); !dropped) return dropped.error();
  }
  std::vector<store::KeyspaceId> keyspaces;
  for (const IndexDefinition& index : after.indexes) {
    const IndexEntry* was = FindIndex(before, index.name);
    if (was && was->definition.key_schema == index.key_schema) {
      keyspaces.push_back(was->keyspace);
      continue;
    }
    auto created = transaction.CreateKeyspace(IndexKeyspaceName(after.name, index.name));
    if (!created) return created.error();
    keyspaces.push_back(*created);
  }
  return keyspaces;
}

Result<TableDefinition> ChangeTable(store::Transaction& transaction,
                                    const std::shared_ptr<Catalogue>& catalogue,
                                    const TableUpdate& update) {
  Result<TableEntry> before = ReadTableEntry(transaction, update.table_name);
  if (!before) return before.error();
  Result<TableDefinition> after = Updated(before->definition, update);
  if (!after) return after;
  auto keyspaces = MoveIndexes(transaction, *before, *after);
  if (!keyspaces) return keyspaces.error();
  auto entry = MakeTableEntry(*after, before->keyspace, *keyspaces);
  if (!entry) return entry.error();
  auto replaced = ReplaceEntry(transaction, catalogue, *std::move(entry));
  if (!replaced) return replaced.error();
  return after;
}

// Steps one after the other; each is a write that waits its turn.
class BackfillRun : public std::enable_shared_from_this<BackfillRun> {
 public:
  BackfillRun(store::Store& store, std::shared_ptr<Catalogue> catalogue, Backfill backfill,
              base::Executor& reply_to, Tables::Done<void> finished)
      : store_(store),
        catalogue_(std::move(catalogue)),
        backfill_(std::move(backfill)),
        reply_to_(reply_to),
        finished_(std::move(finished)) {}

  void Step() {
    store_.Write<bool>(
        [self = shared_from_this()](store::Transaction& transaction) {
          return BackfillSome(transaction, self->catalogue_, self->backfill_);
        },
        reply_to_,
        [self = shared_from_this()](Result<bool> done) {
          if (done && !*done) return self->Step();
          if (!self->finished_) return;
          self->finished_(done ? Result<void>() : Result<void>(done.error()));
        });
  }

 private:
  store::Store& store_;
  const std::shared_ptr<Catalogue> catalogue_;
  Backfill backfill_;  // of the writer thread, while a step runs
  base::Executor& reply_to_;
  Tables::Done<void> finished_;
};

}  // namespace

void Tables::UpdateTable(TableUpdate update, base::Executor& reply_to, Done<TableDefinition> done,
                         Done<void> finished) {
  Backfill backfill{.table_name = update.table_name, .index_names = {}};
  for (const IndexDefinition& index : update.created_indexes) {
    backfill.index_names.push_back(index.name);
  }
  auto run = std::make_shared<BackfillRun>(store_, catalogue_, std::move(backfill), reply_to,
                                           std::move(finished));
  store_.Write<TableDefinition>(
      [catalogue = catalogue_, update = std::move(update)](store::Transaction& transaction) {
        return ChangeTable(transaction, catalogue, update);
      },
      reply_to,
      [run, done = std::move(done)](Result<TableDefinition> changed) mutable {
        bool goes_on = changed.has_value();
        done(std::move(changed));
        if (goes_on) run->Step();
      });
}

}  // namespace gatehouse::table
