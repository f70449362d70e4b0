// The rows of secondary indexes: what they are for an item, and how they follow its changes, in the
// item's own transaction. docs/table-format.md has worked bytes.
//
//   row key   = hash enc(index key attribute)… and the table's row key without its hash
//   row value = EncodeItem of the attributes that the index projects
//
// An item has a row if it has every key attribute of the index, of its type and not too long.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

inline constexpr std::size_t kRowKeyHashBytes = 2;

// Nothing: the index has no row for the item.
std::optional<std::string> IndexRowKey(const IndexEntry& index, const Item& item,
                                       std::string_view table_row_key);

// encoded: EncodeItem of the item.
std::string IndexRowValue(const IndexEntry& index, const Item& item, std::string_view encoded);

// One change of an item. Its sides are null where it was or is not there.
struct ItemSides {
  std::string_view row_key;
  const Item* old_item = nullptr;
  const Item* new_item = nullptr;
  std::string_view old_value;  // EncodeItem of them
  std::string_view new_value;
};

// Puts and deletes what differs. half_units, if given, gets what each index costs, in the order of
// table.indexes. Writer thread.
Result<void> ApplyIndexRows(store::Transaction& transaction, const TableEntry& table,
                            const ItemSides& sides, std::vector<std::size_t>* half_units);

// Index keys that an item may not have: wrong type, empty, too long. Errors: kInvalidArgument.
Result<void> CheckIndexKeys(const TableEntry& table, const Item& item);

// The same of one attribute that an update has made; AWS's words differ.
Result<void> CheckUpdatedIndexKey(const TableEntry& table, std::string_view attribute,
                                  const Item& item);

}  // namespace gatehouse::table
