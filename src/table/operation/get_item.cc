#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {

void Tables::GetItem(std::string_view table, Item key, base::Executor& reply_to,
                     Done<std::optional<Item>> done) {
  if (auto checked = CheckValues(key); !checked) return done(checked.error());
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  if (auto checked = CheckKey(entry->primary_key, key); !checked) return done(checked.error());
  store_.Get(entry->keyspace, RowKeyOf(entry->primary_key, key), reply_to,
             [done = std::move(done)](Result<std::optional<std::string>> bytes) mutable {
               if (!bytes) return done(FromStore(bytes.error()));
               if (!*bytes) return done(std::optional<Item>());
               Result<Item> item = DecodeItem(**bytes);
               if (!item) return done(item.error());
               done(std::optional<Item>(*std::move(item)));
             });
}

}  // namespace gatehouse::table
