// One write of several that are carried out in one closure of the writer: those of BatchWriteItem
// and TransactWriteItems. All of them end in ApplyItemChange (item_change.h).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "table/expression/expression.h"
#include "table/operation/item_change.h"

namespace gatehouse::table {

// What a write found and made. Filled on the writer's thread, read once that has answered.
struct BatchedOutcome {
  std::optional<Item> old_item;  // if it was read; also after kConditionFailed
  std::size_t old_bytes = 0;     // item sizes; of the old one if it was read, 0: no such item
  std::size_t new_bytes = 0;
};

struct BatchedWrite {
  enum class Action { kPut, kUpdate, kDelete, kCheck };

  Action action = Action::kPut;
  std::shared_ptr<const TableEntry> table = {};
  Item item = {};  // kPut: the whole item; else the key. Has passed CheckValues
  std::optional<Condition> condition = {};
  Update update = {};           // of kUpdate
  bool wants_old_item = false;  // for the answer, its capacity, or on failure

  // Of PrepareBatchedWrite.
  std::string row_key = {};
  std::string value = {};  // kPut: EncodeItem of the item

  BatchedOutcome outcome = {};
};

// Keys, and what an update may touch. `item` of kPut has passed CheckItemSize. Any thread.
// Errors: kInvalidArgument, AWS's message.
Result<void> PrepareBatchedWrite(BatchedWrite& write);

// Carries out one write. An error undoes the closure's transaction if the closure returns it:
// kConditionFailed (outcome.old_item is what the condition saw), kInvalidArgument, kNotFound (the
// table has gone meanwhile), kIo. Writer thread.
Result<void> ApplyBatchedWrite(store::Transaction& transaction, BatchedWrite& write);

// The item of a row as a snapshot has it.
Result<std::optional<Item>> ReadItemOf(store::View& view, const TableEntry& table,
                                       std::string_view row_key);

}  // namespace gatehouse::table
