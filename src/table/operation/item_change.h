// The one way in which items change. PutItem, UpdateItem, DeleteItem and ConditionCheck, from the
// wire or from a handler, one by one or in batches and transactions, are each an ItemWrite:
//
//   checked     PrepareItemWrite, before the write is queued: everything that needs no old item
//   carried out ApplyItemWrite, in a closure of the store's writer: condition, new item, rows
//
// Nobody else writes rows of a table: whatever hangs on an item (indexes, streams) hangs on it
// here.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/expression/expression.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

// What a write found and made. Filled on the writer's thread, read once that has answered.
struct WriteOutcome {
  std::optional<Item> old_item;  // if it was read; also after kConditionFailed
  std::optional<Item> new_item;  // of kPut and kUpdate, if wants_new_item
  std::size_t old_bytes = 0;     // item sizes; of the old one if it was read, 0: no such item
  std::size_t new_bytes = 0;
  std::vector<std::size_t> index_half_units = {};  // if wants_capacity; as table.indexes
};

struct ItemWrite {
  enum class Action { kPut, kUpdate, kDelete, kCheck };

  Action action = Action::kPut;
  std::shared_ptr<const TableEntry> table = {};
  Item item = {};  // kPut: the whole item; else the key. Has passed CheckValues
  std::optional<Condition> condition = {};
  Update update = {};           // of kUpdate
  bool wants_old_item = false;  // for the answer, its capacity, or on failure
  bool wants_new_item = false;
  bool wants_capacity = false;  // also reads the old item

  // Of PrepareItemWrite.
  std::string row_key = {};
  std::string value = {};  // kPut: EncodeItem of the item

  // Of ApplyItemWrite.
  std::string old_value = {};  // EncodeItem of outcome.old_item

  WriteOutcome outcome = {};
};

// Keys, index keys, and what an update may touch. `item` of kPut has passed CheckItemSize. Any
// thread. Errors: kInvalidArgument, AWS's message.
Result<void> PrepareItemWrite(ItemWrite& write);

// Carries out one write; several in one closure are a TransactWriteItems. An error undoes the
// closure's transaction if the closure returns it: kConditionFailed (outcome.old_item is what the
// condition saw), kInvalidArgument (AWS's message), kNotFound (the table has gone meanwhile), kIo.
// Writer thread.
Result<void> ApplyItemWrite(store::Transaction& transaction, ItemWrite& write);

// The item of a row as a snapshot has it.
Result<std::optional<Item>> ReadItemOf(store::View& view, const TableEntry& table,
                                       std::string_view row_key);

// `Requested resource not found`, for item operations.
Error TableNotFound();
// Any error but the store's "no such keyspace", which becomes TableNotFound.
Error FromStore(Error error);

}  // namespace gatehouse::table
