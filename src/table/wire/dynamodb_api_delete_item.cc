#include <utility>

#include "table/value/item_check.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {
void DeleteItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  write.options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"ConditionExpression"});
  Item key = request.RequiredAttributes("Key");
  RefuseNewValues(write.options, request);
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(key); !checked) return call.Fail(checked.error());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  write.table = call.tables().Find(write.options.table_name);
  if (!write.table) return call.Fail(TableNotFound());
  auto checked = CheckKey(write.table->primary_key, key);
  if (!checked) return call.Fail(checked.error());
  write.row_key = RowKeyOf(write.table->primary_key, key);
  write.decide = [](WriteOutcome&) -> Result<ItemChange> {
    return ItemChange{.action = ItemChange::Action::kDelete};
  };
  write.attributes = [return_values = write.options.return_values](WriteOutcome& outcome) {
    return OldItemIfAsked(return_values, outcome);
  };
  WriteItem(std::move(call), std::move(write));
}

}  // namespace gatehouse::table
