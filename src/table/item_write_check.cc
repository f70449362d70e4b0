// What can be said of a write without its old item.
#include "table/api_expressions.h"
#include "table/item_change.h"
#include "table/item_check.h"
#include "table/item_codec.h"
#include "table/item_size.h"
#include "table/key_codec.h"

namespace gatehouse::table {
namespace {

Result<void> CheckTargets(const Update& update, const PrimaryKey& primary_key) {
  std::vector<Path> targets;
  for (const UpdateAction& action : update) {
    const std::string& name = std::get<std::string>(action.path[0]);
    if (primary_key.Has(name) && action.path.size() == 1) {
      return Error{ErrorCode::kInvalidArgument,
                   "One or more parameter values were invalid: Cannot update attribute " + name +
                       ". This attribute is part of the key"};
    }
    targets.push_back(action.path);
  }
  return CheckKeysAreScalars(targets, primary_key);
}

}  // namespace

Result<void> PrepareItemWrite(ItemWrite& write) {
  const PrimaryKey& primary_key = write.table->primary_key;
  bool whole = write.action == ItemWrite::Action::kPut;
  auto checked = whole ? CheckItemKey(primary_key, write.item) : CheckKey(primary_key, write.item);
  if (!checked) return checked;
  if (auto targets = CheckTargets(write.update, primary_key); !targets) return targets;
  write.row_key = RowKeyOf(primary_key, write.item);
  if (!whole) return {};
  write.value = EncodeItem(write.item);
  write.outcome.new_bytes = write.wants_old_item ? ItemSize(write.item) : 0;
  return {};
}

}  // namespace gatehouse::table
