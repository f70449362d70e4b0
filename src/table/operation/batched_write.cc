#include "table/operation/batched_write.h"

#include <utility>
#include <vector>

#include "table/expression/condition_evaluation.h"
#include "table/expression/item_update.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {
namespace {

using Action = BatchedWrite::Action;

Result<void> CheckUpdateTargets(const Update& update, const PrimaryKey& primary_key) {
  std::vector<Path> targets;
  for (const UpdateAction& action : update) {
    targets.push_back(action.path);
    const std::string& name = std::get<std::string>(action.path[0]);
    bool is_key =
        name == primary_key.partition.name || (primary_key.sort && name == primary_key.sort->name);
    if (!is_key || action.path.size() > 1) continue;
    return Error{ErrorCode::kInvalidArgument,
                 "One or more parameter values were invalid: Cannot update attribute " + name +
                     ". This attribute is part of the key"};
  }
  return CheckKeysAreScalars(targets, primary_key);
}

// The new item. Where there was none, nothing can be removed.
Result<Item> UpdatedItem(BatchedWrite& write) {
  const std::optional<Item>& old_item = write.outcome.old_item;
  if (old_item) return ApplyUpdate(write.update, *old_item);
  std::erase_if(write.update, [](const UpdateAction& action) {
    return action.kind == UpdateAction::Kind::kRemove;
  });
  Result<Item> item = ApplyUpdate(write.update, {});
  if (item) item->insert(write.item.begin(), write.item.end());
  return item;
}

Result<ItemChange> DecideUpdate(BatchedWrite& write) {
  if (!write.outcome.old_item && OnlyRemoves(write.update)) return ItemChange{};
  Result<Item> item = UpdatedItem(write);
  if (!item) return item.error();
  write.outcome.new_bytes = ItemSize(*item);
  if (write.outcome.new_bytes > kItemSizeMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "Item size to update has exceeded the maximum allowed size"};
  }
  return ItemChange{ItemChange::Action::kPut, EncodeItem(*item)};
}

Result<ItemChange> DecideBatched(BatchedWrite& write, CurrentItem& current) {
  BatchedOutcome& outcome = write.outcome;
  if (write.condition || write.action == Action::kUpdate || write.wants_old_item) {
    Result<std::optional<Item>> old_item = current.Read();
    if (!old_item) return old_item.error();
    outcome.old_item = *std::move(old_item);
    outcome.old_bytes = outcome.old_item ? ItemSize(*outcome.old_item) : 0;
  }
  static const Item kAbsentItem;
  if (write.condition && !Holds(*write.condition, outcome.old_item.value_or(kAbsentItem))) {
    return Error{ErrorCode::kConditionFailed, "The conditional request failed"};
  }
  switch (write.action) {
    case Action::kPut:
      return ItemChange{ItemChange::Action::kPut, std::move(write.value)};
    case Action::kUpdate:
      return DecideUpdate(write);
    case Action::kDelete:
      return ItemChange{.action = ItemChange::Action::kDelete};
    case Action::kCheck:
      break;
  }
  return ItemChange{};
}

}  // namespace

Result<void> PrepareBatchedWrite(BatchedWrite& write) {
  const PrimaryKey& primary_key = write.table->primary_key;
  const bool puts = write.action == Action::kPut;
  auto checked = puts ? CheckItemKey(primary_key, write.item) : CheckKey(primary_key, write.item);
  if (!checked) return checked;
  if (write.action == Action::kUpdate) {
    if (auto targets = CheckUpdateTargets(write.update, primary_key); !targets) return targets;
  }
  write.row_key = RowKeyOf(primary_key, write.item);
  if (puts) {
    write.value = EncodeItem(write.item);
    write.outcome.new_bytes = ItemSize(write.item);
  }
  return {};
}

Result<void> ApplyBatchedWrite(store::Transaction& transaction, BatchedWrite& write) {
  DecideChange decide = [&write](CurrentItem& current) { return DecideBatched(write, current); };
  return ApplyItemChange(transaction, *write.table, write.row_key, decide);
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
