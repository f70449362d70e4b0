#include "table/operation/index_backfill.h"

#include <algorithm>
#include <utility>

#include "table/operation/index_rows.h"
#include "table/operation/table_catalogue_codec.h"
#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

struct TableRow {
  std::string key;
  std::string value;
};

// The indexes of the backfill that still want rows, as places in entry.indexes.
std::vector<std::size_t> WantingRows(const TableEntry& entry, const Backfill& backfill) {
  std::vector<std::size_t> wanting;
  for (std::size_t i = 0; i < entry.indexes.size(); ++i) {
    const IndexDefinition& index = entry.indexes[i].definition;
    const auto& names = backfill.index_names;
    if (index.backfilling && std::find(names.begin(), names.end(), index.name) != names.end()) {
      wanting.push_back(i);
    }
  }
  return wanting;
}

Result<void> AddRows(store::Transaction& transaction, const TableEntry& entry,
                     const std::vector<std::size_t>& wanting, const TableRow& row) {
  Result<Item> item = DecodeItem(row.value);
  if (!item) return item.error();
  for (std::size_t i : wanting) {
    const IndexEntry& index = entry.indexes[i];
    // Items with a key of another type, or too long a one, are left out, as AWS does it.
    auto key = IndexRowKey(index, *item, row.key);
    if (!key) continue;
    auto put = transaction.Put(index.keyspace, *key, IndexRowValue(index, *item, row.value));
    if (!put) return put;
  }
  return {};
}

Result<void> Finish(store::Transaction& transaction, const std::shared_ptr<Catalogue>& catalogue,
                    TableEntry entry, const std::vector<std::size_t>& wanting) {
  for (std::size_t i : wanting) {
    entry.definition.indexes[i].backfilling = false;
    entry.indexes[i].definition.backfilling = false;
  }
  return ReplaceEntry(transaction, catalogue, std::move(entry));
}

}  // namespace

Result<bool> BackfillSome(store::Transaction& transaction,
                          const std::shared_ptr<Catalogue>& catalogue, Backfill& backfill) {
  Result<TableEntry> entry = ReadTableEntry(transaction, backfill.table_name);
  if (!entry) {
    if (entry.error().code == ErrorCode::kNotFound) return true;
    return entry.error();
  }
  std::vector<std::size_t> wanting = WantingRows(*entry, backfill);
  if (wanting.empty()) return true;
  store::ScanRange range{.start = backfill.after, .start_exclusive = !backfill.after.empty()};
  range.rows_max = kBackfillRowsMax;
  range.bytes_max = kBackfillBytesMax;
  std::vector<TableRow> rows;
  auto end =
      transaction.Scan(entry->keyspace, range, [&](std::string_view key, std::string_view v) {
        rows.push_back({std::string(key), std::string(v)});
        return true;
      });
  if (!end) return end.error();
  for (const TableRow& row : rows) {
    if (auto added = AddRows(transaction, *entry, wanting, row); !added) return added.error();
  }
  if (*end == store::ScanEnd::kLimit) {
    backfill.after = std::move(rows.back().key);
    return false;
  }
  auto finished = Finish(transaction, catalogue, *std::move(entry), wanting);
  if (!finished) return finished.error();
  return true;
}

std::vector<Backfill> UnfinishedBackfills(const Catalogue& catalogue) {
  std::vector<Backfill> unfinished;
  for (const auto& [name, entry] : *catalogue.entries()) {
    Backfill backfill{.table_name = name, .index_names = {}};
    for (const IndexEntry& index : entry->indexes) {
      if (index.definition.backfilling) backfill.index_names.push_back(index.definition.name);
    }
    if (!backfill.index_names.empty()) unfinished.push_back(std::move(backfill));
  }
  return unfinished;
}

Result<void> ReplaceEntry(store::Transaction& transaction,
                          const std::shared_ptr<Catalogue>& catalogue, TableEntry entry) {
  auto keyspace = transaction.FindKeyspace(kCatalogueKeyspaceName);
  if (!keyspace) return keyspace.error();
  std::string name = entry.definition.name;
  auto put = transaction.Put(**keyspace, name, EncodeTableEntry(entry));
  if (!put) return put;
  // At once, for writes that wait behind us in the same commit. Should that fail, they only look
  // once more than they had to.
  if (auto old = catalogue->Find(name)) old->superseded = true;
  entry.superseded = false;
  auto added = std::make_shared<const TableEntry>(std::move(entry));
  transaction.AfterCommit([catalogue, added] { catalogue->Add(added); });
  return {};
}

}  // namespace gatehouse::table
