#include "table/item_change.h"

#include <utility>

#include "table/condition_evaluation.h"
#include "table/item_codec.h"
#include "table/item_size.h"
#include "table/item_update.h"

namespace gatehouse::table {
namespace {

using Action = ItemWrite::Action;

// Reading costs: nobody does who can decide without.
bool ReadsOldItem(const ItemWrite& write) {
  return write.wants_old_item || write.condition || write.action == Action::kUpdate;
}

Result<void> ReadOldItem(store::View& view, ItemWrite& write) {
  Result<std::optional<std::string>> bytes = view.Get(write.table->keyspace, write.row_key);
  if (!bytes) return FromStore(bytes.error());
  write.outcome.old_item.reset();
  write.outcome.old_bytes = 0;
  if (!*bytes) return {};
  Result<Item> item = DecodeItem(**bytes);
  if (!item) return item.error();
  write.outcome.old_bytes = ItemSize(*item);
  write.outcome.old_item = *std::move(item);
  return {};
}

Result<void> CheckCondition(const ItemWrite& write) {
  static const Item kAbsent;
  if (!write.condition) return {};
  if (Holds(*write.condition, write.outcome.old_item ? *write.outcome.old_item : kAbsent)) {
    return {};
  }
  return Error{ErrorCode::kConditionFailed, "The conditional request failed"};
}

// The new item. Where there was none, nothing can be removed.
Result<Item> Updated(ItemWrite& write) {
  if (write.outcome.old_item) return ApplyUpdate(write.update, *write.outcome.old_item);
  std::erase_if(write.update, [](const UpdateAction& action) {
    return action.kind == UpdateAction::Kind::kRemove;
  });
  Result<Item> item = ApplyUpdate(write.update, {});
  if (item) item->insert(write.item.begin(), write.item.end());
  return item;
}

Result<void> PutRow(store::Transaction& transaction, const ItemWrite& write) {
  Result<void> put = transaction.Put(write.table->keyspace, write.row_key, write.value);
  return put ? put : FromStore(put.error());
}

Result<void> ApplyPut(store::Transaction& transaction, ItemWrite& write) {
  if (auto put = PutRow(transaction, write); !put) return put;
  if (write.wants_new_item) write.outcome.new_item = std::move(write.item);
  return {};
}

Result<void> ApplyUpdateItem(store::Transaction& transaction, ItemWrite& write) {
  if (!write.outcome.old_item && OnlyRemoves(write.update)) return {};
  Result<Item> item = Updated(write);
  if (!item) return item.error();
  write.outcome.new_bytes = ItemSize(*item);
  if (write.outcome.new_bytes > kItemSizeMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "Item size to update has exceeded the maximum allowed size"};
  }
  write.value = EncodeItem(*item);
  if (auto put = PutRow(transaction, write); !put) return put;
  if (write.wants_new_item) write.outcome.new_item = *std::move(item);
  return {};
}

Result<void> ApplyDelete(store::Transaction& transaction, ItemWrite& write) {
  Result<void> deleted = transaction.Delete(write.table->keyspace, write.row_key);
  return deleted ? deleted : FromStore(deleted.error());
}

}  // namespace

Error TableNotFound() { return {ErrorCode::kNotFound, "Requested resource not found"}; }

Error FromStore(Error error) {
  return error.code == ErrorCode::kNotFound ? TableNotFound() : std::move(error);
}

Result<void> ApplyItemWrite(store::Transaction& transaction, ItemWrite& write) {
  if (ReadsOldItem(write)) {
    if (auto read = ReadOldItem(transaction, write); !read) return read;
  }
  if (auto held = CheckCondition(write); !held) return held;
  switch (write.action) {
    case Action::kPut:
      return ApplyPut(transaction, write);
    case Action::kUpdate:
      return ApplyUpdateItem(transaction, write);
    case Action::kDelete:
      return ApplyDelete(transaction, write);
    case Action::kCheck:
      return {};
  }
  return {};
}

}  // namespace gatehouse::table
