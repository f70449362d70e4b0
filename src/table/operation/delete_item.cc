#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"

namespace gatehouse::table {

void Tables::DeleteItem(std::string_view table, Item key, base::Executor& reply_to,
                        Done<void> done) {
  if (auto checked = CheckValues(key); !checked) return done(checked);
  auto write = std::make_shared<ItemWrite>();
  write->action = ItemWrite::Action::kDelete;
  write->table = catalogue_->Find(table);
  if (!write->table) return done(TableNotFound());
  write->item = std::move(key);
  if (auto checked = PrepareItemWrite(*write); !checked) return done(checked);
  Write(std::move(write), reply_to, std::move(done));
}

}  // namespace gatehouse::table
