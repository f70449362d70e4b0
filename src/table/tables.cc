#include "table/tables.h"

#include <limits>
#include <utility>

#include "table/catalogue_codec.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kCatalogueKeyspace = "tables";

Result<store::KeyspaceId> FindOrCreateCatalogue(store::Transaction& transaction) {
  auto found = transaction.FindKeyspace(kCatalogueKeyspace);
  if (!found) return found.error();
  if (*found) return **found;
  return transaction.CreateKeyspace(kCatalogueKeyspace);
}

Result<void> ReadCatalogue(store::View& view, store::KeyspaceId keyspace, Catalogue& catalogue) {
  Result<void> outcome;
  store::ScanRange all;
  all.bytes_max = std::numeric_limits<std::size_t>::max();
  auto end = view.Scan(keyspace, all, [&](std::string_view, std::string_view row) {
    Result<TableEntry> entry = DecodeTableEntry(row);
    if (entry) {
      catalogue.Add(std::make_shared<TableEntry>(*std::move(entry)));
    } else {
      outcome = entry.error();
    }
    return outcome.has_value();
  });
  return end ? outcome : end.error();
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
  return tables;
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
