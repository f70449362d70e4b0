#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"

namespace gatehouse::table {

void Tables::PutItem(std::string_view table, Item item, base::Executor& reply_to, Done<void> done) {
  if (auto checked = CheckValues(item); !checked) return done(checked);
  if (auto checked = CheckItemSize(item); !checked) return done(checked);
  auto write = std::make_shared<ItemWrite>();
  write->table = catalogue_->Find(table);
  if (!write->table) return done(TableNotFound());
  write->item = std::move(item);
  if (auto checked = PrepareItemWrite(*write); !checked) return done(checked);
  Write(std::move(write), reply_to, std::move(done));
}

}  // namespace gatehouse::table
