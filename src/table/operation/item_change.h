// The one way in which items change: a closure looks at the current item inside the writer's
// transaction and decides. PutItem and DeleteItem decide without looking; conditions, UpdateItem
// and return values look first. Writer thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/function.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

struct ItemChange {
  enum class Action { kKeep, kPut, kDelete };
  Action action = Action::kKeep;
  std::string value = {};  // of kPut: EncodeItem of the new item
};

// The item as the transaction sees it, read when somebody asks.
class CurrentItem {
 public:
  CurrentItem(store::View& view, store::KeyspaceId keyspace, std::string_view row_key)
      : view_(view), keyspace_(keyspace), row_key_(row_key) {}
  Result<std::optional<Item>> Read();

 private:
  store::View& view_;
  const store::KeyspaceId keyspace_;
  const std::string_view row_key_;
};

// An error undoes the transaction: kConditionFailed, kInvalidArgument, …
using DecideChange = base::UniqueFunction<Result<ItemChange>(CurrentItem& current)>;

// Carries out one change; several in one transaction are a TransactWriteItems. Errors: those of
// decide; kNotFound (the table has gone meanwhile); kIo.
Result<void> ApplyItemChange(store::Transaction& transaction, const TableEntry& table,
                             std::string_view row_key, DecideChange& decide);

// `Requested resource not found`, for item operations.
Error TableNotFound();
// Any error but the store's "no such keyspace", which becomes TableNotFound.
Error FromStore(Error error);

}  // namespace gatehouse::table
