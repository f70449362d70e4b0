#include "table/operation/item_change.h"

#include <utility>

#include "table/expression/condition_evaluation.h"
#include "table/expression/item_update.h"
#include "table/operation/index_rows.h"
#include "table/operation/table_catalogue_codec.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"

namespace gatehouse::table {
namespace {

using Action = ItemWrite::Action;

// Reading costs: nobody does who can decide without.
bool ReadsOldItem(const ItemWrite& write) {
  bool changes = write.action != Action::kCheck;
  return write.wants_old_item || write.wants_capacity || write.condition ||
         write.action == Action::kUpdate || (changes && !write.table->indexes.empty());
}

Result<void> ReadOldItem(store::View& view, ItemWrite& write) {
  Result<std::optional<std::string>> bytes = view.Get(write.table->keyspace, write.row_key);
  if (!bytes) return FromStore(bytes.error());
  write.outcome.old_item.reset();
  write.outcome.old_bytes = 0;
  write.outcome.index_half_units.clear();
  if (!*bytes) return {};
  Result<Item> item = DecodeItem(**bytes);
  if (!item) return item.error();
  write.outcome.old_bytes = ItemSize(*item);
  write.outcome.old_item = *std::move(item);
  write.old_value = **std::move(bytes);
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

// Index rows follow; new_item is null when the item goes.
Result<void> Follow(store::Transaction& transaction, ItemWrite& write, const Item* new_item) {
  if (write.table->indexes.empty()) return {};
  const auto& old_item = write.outcome.old_item;
  ItemSides sides{.row_key = write.row_key,
                  .old_item = old_item ? &*old_item : nullptr,
                  .new_item = new_item,
                  .old_value = write.old_value,
                  .new_value = write.value};
  Result<void> followed =
      ApplyIndexRows(transaction, *write.table, sides,
                     write.wants_capacity ? &write.outcome.index_half_units : nullptr);
  return followed ? followed : FromStore(followed.error());
}

Result<void> PutRow(store::Transaction& transaction, ItemWrite& write, Item& item) {
  Result<void> put = transaction.Put(write.table->keyspace, write.row_key, write.value);
  if (!put) return FromStore(put.error());
  if (auto followed = Follow(transaction, write, &item); !followed) return followed;
  if (write.wants_new_item) write.outcome.new_item = std::move(item);
  return {};
}

Result<void> CheckUpdatedIndexKeys(const ItemWrite& write, const Item& item) {
  if (write.table->indexes.empty()) return {};
  for (const UpdateAction& action : write.update) {
    const auto& attribute = std::get<std::string>(action.path[0]);
    if (auto checked = CheckUpdatedIndexKey(*write.table, attribute, item); !checked) {
      return checked;
    }
  }
  return {};
}

Result<void> ApplyUpdateItem(store::Transaction& transaction, ItemWrite& write) {
  if (!write.outcome.old_item && OnlyRemoves(write.update)) return {};
  Result<Item> item = Updated(write);
  if (!item) return item.error();
  if (auto checked = CheckUpdatedIndexKeys(write, *item); !checked) return checked;
  write.outcome.new_bytes = ItemSize(*item);
  if (write.outcome.new_bytes > kItemSizeMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "Item size to update has exceeded the maximum allowed size"};
  }
  write.value = EncodeItem(*item);
  return PutRow(transaction, write, *item);
}

Result<void> ApplyDelete(store::Transaction& transaction, ItemWrite& write) {
  Result<void> deleted = transaction.Delete(write.table->keyspace, write.row_key);
  if (!deleted) return FromStore(deleted.error());
  return Follow(transaction, write, nullptr);
}

// The write was checked against a table that has been updated since.
Result<void> PrepareAgain(store::View& view, ItemWrite& write) {
  Result<TableEntry> entry = ReadTableEntry(view, write.table->definition.name);
  if (!entry) return FromStore(entry.error());
  if (entry->keyspace != write.table->keyspace) return TableNotFound();
  write.table = std::make_shared<const TableEntry>(*std::move(entry));
  return PrepareItemWrite(write);
}

}  // namespace

Error TableNotFound() { return {ErrorCode::kNotFound, "Requested resource not found"}; }

Error FromStore(Error error) {
  return error.code == ErrorCode::kNotFound ? TableNotFound() : std::move(error);
}

Result<void> ApplyItemWrite(store::Transaction& transaction, ItemWrite& write) {
  if (write.table->superseded) {
    if (auto prepared = PrepareAgain(transaction, write); !prepared) return prepared;
  }
  if (ReadsOldItem(write)) {
    if (auto read = ReadOldItem(transaction, write); !read) return read;
  }
  if (auto held = CheckCondition(write); !held) return held;
  switch (write.action) {
    case Action::kPut:
      return PutRow(transaction, write, write.item);
    case Action::kUpdate:
      return ApplyUpdateItem(transaction, write);
    case Action::kDelete:
      return ApplyDelete(transaction, write);
    case Action::kCheck:
      return {};
  }
  return {};
}

Result<std::optional<Item>> ReadItemOf(store::View& view, const TableEntry& table,
                                       std::string_view row_key) {
  Result<std::optional<std::string>> bytes = view.Get(table.keyspace, row_key);
  if (!bytes) return FromStore(bytes.error());
  if (!*bytes) return std::optional<Item>();
  Result<Item> item = DecodeItem(**bytes);
  if (!item) return item.error();
  return std::optional<Item>(*std::move(item));
}

}  // namespace gatehouse::table
