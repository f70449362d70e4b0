#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {

void Tables::DeleteItem(std::string_view table, Item key, base::Executor& reply_to,
                        Done<void> done) {
  if (auto checked = CheckValues(key); !checked) return done(checked);
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  if (auto checked = CheckKey(entry->primary_key, key); !checked) return done(checked);
  std::string row_key = RowKeyOf(entry->primary_key, key);
  Change(
      std::move(entry), std::move(row_key),
      [](CurrentItem&) -> Result<ItemChange> {
        return ItemChange{.action = ItemChange::Action::kDelete};
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
