// The tables there are. What operations see is immutable and shared, so loops on several threads
// use it without waiting for each other; the store's writer thread exchanges it after commits.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/transaction.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

struct IndexEntry {
  IndexDefinition definition;
  KeyShape key;
  store::KeyspaceId keyspace;          // its rows (index_rows.h)
  std::vector<std::string> projected;  // names that its rows have, ascending; empty: all
};

// One table; never changes.
struct TableEntry {
  TableDefinition definition = {};
  PrimaryKey primary_key = {};
  KeyShape key = {};                     // the same, as indexes have it
  store::KeyspaceId keyspace = {};       // its items: RowKey → EncodeItem
  std::vector<IndexEntry> indexes = {};  // in the definition's order

  // Another entry has taken its place: a write that still holds this one looks again. Writer thread
  // only.
  mutable bool superseded = false;
};

// index_keyspaces in the order of the definition's indexes. Errors: CheckDefinition's.
Result<TableEntry> MakeTableEntry(TableDefinition definition, store::KeyspaceId keyspace,
                                  const std::vector<store::KeyspaceId>& index_keyspaces);

// Null if there is none of that name.
const IndexEntry* FindIndex(const TableEntry& table, std::string_view name);

// The names under which the store knows them.
std::string TableKeyspaceName(std::string_view table);
std::string IndexKeyspaceName(std::string_view table, std::string_view index);
inline constexpr std::string_view kCatalogueKeyspaceName = "tables";

// Any thread.
class Catalogue {
 public:
  using Entries = std::map<std::string, std::shared_ptr<const TableEntry>, std::less<>>;

  std::shared_ptr<const Entries> entries() const {
    std::lock_guard lock(mutex_);
    return entries_;
  }
  std::shared_ptr<const TableEntry> Find(std::string_view name) const;  // null: no such table

  // Copies the map, which is fine: tables come and go rarely.
  void Add(std::shared_ptr<const TableEntry> entry);
  void Remove(std::string_view name);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_ = std::make_shared<Entries>();
};

}  // namespace gatehouse::table
