// The tables there are. What operations see is immutable and shared, so loops on several threads
// use it without waiting for each other; the store's writer thread exchanges it after commits.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "store/transaction.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

// One table; never changes.
struct TableEntry {
  TableDefinition definition;
  PrimaryKey primary_key;
  store::KeyspaceId keyspace;  // its items: RowKey → EncodeItem
};

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
