// What can be said of a write without its old item.
#include <algorithm>
#include <string_view>

#include "table/expression/item_path.h"
#include "table/operation/index_rows.h"
#include "table/operation/item_change.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

bool IsIndexKey(const TableEntry& table, std::string_view name) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [name](const IndexEntry& index) { return index.key.Has(name); });
}

bool TypeFits(const TableEntry& table, std::string_view name, const AttributeValue& value) {
  return TypeName(value) == ToString(FindAttribute(table.definition, name)->type);
}

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

// Index keys stay scalars, too; and what an update sets without looking is known already.
Result<void> CheckIndexTargets(const Update& update, const TableEntry& table) {
  if (table.indexes.empty()) return {};
  Item literals;
  for (const UpdateAction& action : update) {
    const std::string& name = std::get<std::string>(action.path[0]);
    if (action.path.size() > 1 && IsIndexKey(table, name)) {
      return Error{ErrorCode::kInvalidArgument,
                   "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                   "not allowed: IndexKey: " +
                       name};
    }
    bool known = action.kind == UpdateAction::Kind::kSet && action.operands.size() == 1 &&
                 action.operands[0].kind == Operand::Kind::kValue;
    if (known && IsIndexKey(table, name)) literals[name] = *action.operands[0].value;
  }
  for (const auto& [name, value] : literals) {
    if (TypeFits(table, name, value)) continue;
    return CheckIndexKeys(table, literals);
  }
  return {};
}

}  // namespace

Result<void> PrepareItemWrite(ItemWrite& write) {
  const PrimaryKey& primary_key = write.table->primary_key;
  bool whole = write.action == ItemWrite::Action::kPut;
  auto checked = whole ? CheckItemKey(primary_key, write.item) : CheckKey(primary_key, write.item);
  if (!checked) return checked;
  if (auto targets = CheckTargets(write.update, primary_key); !targets) return targets;
  if (auto targets = CheckIndexTargets(write.update, *write.table); !targets) return targets;
  if (whole) {
    if (auto keys = CheckIndexKeys(*write.table, write.item); !keys) return keys;
  }
  write.row_key = RowKeyOf(primary_key, write.item);
  if (!whole) return {};
  write.value = EncodeItem(write.item);
  write.outcome.new_bytes = write.wants_capacity ? ItemSize(write.item) : 0;
  return {};
}

}  // namespace gatehouse::table
