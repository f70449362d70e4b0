#include <utility>

#include "table/expression/item_path.h"
#include "table/expression/item_update.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_expressions.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {
namespace {

std::vector<Path> TargetsOf(const Update& update) {
  std::vector<Path> targets;
  for (const UpdateAction& action : update) targets.push_back(action.path);
  return targets;
}

Result<void> CheckTargets(const std::vector<Path>& targets, const PrimaryKey& primary_key) {
  for (const Path& path : targets) {
    const std::string& name = std::get<std::string>(path[0]);
    bool is_key =
        name == primary_key.partition.name || (primary_key.sort && name == primary_key.sort->name);
    if (!is_key || path.size() > 1) continue;
    return Error{ErrorCode::kInvalidArgument,
                 "One or more parameter values were invalid: Cannot update attribute " + name +
                     ". This attribute is part of the key"};
  }
  return CheckKeysAreScalars(targets, primary_key);
}

// The new item. Where there was none, nothing can be removed.
Result<Item> Updated(Update& update, const Item& key, const std::optional<Item>& old_item) {
  if (old_item) return ApplyUpdate(update, *old_item);
  std::erase_if(update, [](const UpdateAction& action) {
    return action.kind == UpdateAction::Kind::kRemove;
  });
  Result<Item> item = ApplyUpdate(update, {});
  if (item) item->insert(key.begin(), key.end());
  return item;
}

Result<ItemChange> Decide(Update& update, const Item& key, WriteOutcome& outcome) {
  if (!outcome.old_item && OnlyRemoves(update)) return ItemChange{};
  Result<Item> item = Updated(update, key, outcome.old_item);
  if (!item) return item.error();
  outcome.new_bytes = ItemSize(*item);
  if (outcome.new_bytes > kItemSizeMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "Item size to update has exceeded the maximum allowed size"};
  }
  std::string bytes = EncodeItem(*item);
  outcome.new_item = *std::move(item);
  return ItemChange{ItemChange::Action::kPut, std::move(bytes)};
}

std::optional<Item> Attributes(const std::string& return_values, const std::vector<Path>& targets,
                               WriteOutcome& outcome) {
  if (return_values == "NONE") return std::nullopt;
  auto& item = return_values.ends_with("_OLD") ? outcome.old_item : outcome.new_item;
  if (!item || return_values.starts_with("ALL_")) return std::move(item);
  Item updated = Project(*item, targets);
  return updated.empty() ? std::nullopt : std::optional(std::move(updated));
}

}  // namespace

void UpdateItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  write.options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"UpdateExpression", "ConditionExpression"});
  Item key = request.RequiredAttributes("Key");
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(key); !checked) return call.Fail(checked.error());
  auto update = expressions.ParseUpdateOf();
  if (!update) return call.Fail(update.error());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  write.table = call.tables().Find(write.options.table_name);
  if (!write.table) return call.Fail(TableNotFound());
  const PrimaryKey& primary_key = write.table->primary_key;
  if (auto checked = CheckKey(primary_key, key); !checked) return call.Fail(checked.error());
  std::vector<Path> targets = TargetsOf(update->value_or(Update()));
  if (auto checked = CheckTargets(targets, primary_key); !checked) {
    return call.Fail(checked.error());
  }
  write.row_key = RowKeyOf(primary_key, key);
  write.reads_old_item = true;
  write.decide = [update = std::move(*update).value_or(Update()), key = std::move(key)](
                     WriteOutcome& outcome) mutable { return Decide(update, key, outcome); };
  write.attributes = [return_values = write.options.return_values,
                      targets = std::move(targets)](WriteOutcome& outcome) {
    return Attributes(return_values, targets, outcome);
  };
  WriteItem(std::move(call), std::move(write));
}

}  // namespace gatehouse::table
