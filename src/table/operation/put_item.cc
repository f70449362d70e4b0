#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {

void Tables::PutItem(std::string_view table, Item item, base::Executor& reply_to, Done<void> done) {
  if (auto checked = CheckValues(item); !checked) return done(checked);
  if (auto checked = CheckItemSize(item); !checked) return done(checked);
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  if (auto checked = CheckItemKey(entry->primary_key, item); !checked) return done(checked);
  std::string row_key = RowKeyOf(entry->primary_key, item);
  Change(
      std::move(entry), std::move(row_key),
      [value = EncodeItem(item)](CurrentItem&) mutable -> Result<ItemChange> {
        return ItemChange{ItemChange::Action::kPut, std::move(value)};
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
