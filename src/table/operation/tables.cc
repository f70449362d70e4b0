#include "table/operation/tables.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "table/operation/index_backfill.h"
#include "table/operation/table_catalogue_codec.h"

namespace gatehouse::table {
namespace {

Result<store::KeyspaceId> FindOrCreateCatalogue(store::Transaction& transaction) {
  auto found = transaction.FindKeyspace(kCatalogueKeyspaceName);
  if (!found) return found.error();
  if (*found) return **found;
  return transaction.CreateKeyspace(kCatalogueKeyspaceName);
}

// Rows of an older format are written anew, so that an older gatehouse does not open what has
// changed meanwhile.
Result<void> ReadCatalogue(store::Transaction& transaction, store::KeyspaceId keyspace,
                           Catalogue& catalogue) {
  Result<void> outcome;
  store::ScanRange all;
  all.bytes_max = std::numeric_limits<std::size_t>::max();
  std::vector<std::pair<std::string, std::string>> older;
  auto end = transaction.Scan(keyspace, all, [&](std::string_view name, std::string_view row) {
    Result<TableEntry> entry = DecodeTableEntry(row);
    if (entry) {
      if (IsOlderFormat(row)) older.emplace_back(name, EncodeTableEntry(*entry));
      catalogue.Add(std::make_shared<TableEntry>(*std::move(entry)));
    } else {
      outcome = entry.error();
    }
    return outcome.has_value();
  });
  if (!end) return end.error();
  for (const auto& [name, row] : older) {
    if (outcome) outcome = transaction.Put(keyspace, name, row);
  }
  return outcome;
}

}  // namespace

Result<std::unique_ptr<Tables>> Tables::Open(store::Store& store) {
  std::unique_ptr<Tables> tables;
  Result<void> read = store.WriteAndWait([&](store::Transaction& transaction) -> Result<void> {
    auto keyspace = FindOrCreateCatalogue(transaction);
    if (!keyspace) return keyspace.error();
    tables.reset(new Tables(store, *keyspace));
    return ReadCatalogue(transaction, *keyspace, *tables->catalogue_);
  });
  if (!read) return read.error();
  if (auto finished = tables->FinishBackfills(); !finished) return finished.error();
  return tables;
}

Result<void> Tables::FinishBackfills() {
  for (Backfill& backfill : UnfinishedBackfills(*catalogue_)) {
    for (bool finished = false; !finished;) {
      auto step = store_.WriteAndWait([&](store::Transaction& transaction) -> Result<void> {
        auto done = BackfillSome(transaction, catalogue_, backfill);
        if (!done) return done.error();
        finished = *done;
        return {};
      });
      if (!step) return step;
    }
  }
  return {};
}

Result<TableDefinition> Tables::DescribeTable(std::string_view name) const {
  if (auto entry = catalogue_->Find(name)) return entry->definition;
  return Error{ErrorCode::kNotFound,
               "Requested resource not found: Table: " + std::string(name) + " not found"};
}

TableNamesPage Tables::ListTables(std::string_view exclusive_start, std::size_t limit) const {
  TableNamesPage page;
  auto entries = catalogue_->entries();
  auto entry = exclusive_start.empty() ? entries->begin() : entries->upper_bound(exclusive_start);
  for (; entry != entries->end() && page.names.size() < limit; ++entry) {
    page.names.push_back(entry->first);
  }
  if (entry != entries->end() && !page.names.empty()) page.last_evaluated_name = page.names.back();
  return page;
}

void Tables::Write(std::shared_ptr<ItemWrite> write, base::Executor& reply_to, Done<void> done) {
  store_.Write<void>(
      [write = std::move(write)](store::Transaction& transaction) {
        return ApplyItemWrite(transaction, *write);
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
