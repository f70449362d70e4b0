#include "table/operation/item_change.h"

#include <utility>

#include "table/value/item_codec.h"

namespace gatehouse::table {

Error TableNotFound() { return {ErrorCode::kNotFound, "Requested resource not found"}; }

Error FromStore(Error error) {
  return error.code == ErrorCode::kNotFound ? TableNotFound() : std::move(error);
}

Result<std::optional<Item>> CurrentItem::Read() {
  Result<std::optional<std::string>> bytes = view_.Get(keyspace_, row_key_);
  if (!bytes) return FromStore(bytes.error());
  if (!*bytes) return std::optional<Item>();
  Result<Item> item = DecodeItem(**bytes);
  if (!item) return item.error();
  return std::optional<Item>(*std::move(item));
}

Result<void> ApplyItemChange(store::Transaction& transaction, const TableEntry& table,
                             std::string_view row_key, DecideChange& decide) {
  CurrentItem current(transaction, table.keyspace, row_key);
  Result<ItemChange> change = decide(current);
  if (!change) return change.error();
  Result<void> done;
  switch (change->action) {
    case ItemChange::Action::kKeep:
      return {};
    case ItemChange::Action::kPut:
      done = transaction.Put(table.keyspace, row_key, change->value);
      break;
    case ItemChange::Action::kDelete:
      done = transaction.Delete(table.keyspace, row_key);
      break;
  }
  if (!done) return FromStore(done.error());
  return {};
}

}  // namespace gatehouse::table
