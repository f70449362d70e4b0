#include <utility>

#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {
void PutItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  write.options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"ConditionExpression"});
  Item item = request.RequiredAttributes("Item");
  RefuseNewValues(write.options, request);
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(item); !checked) return call.Fail(checked.error());
  if (auto checked = CheckItemSize(item); !checked) return call.Fail(checked.error());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  write.table = call.tables().Find(write.options.table_name);
  if (!write.table) return call.Fail(TableNotFound());
  auto checked = CheckItemKey(write.table->primary_key, item);
  if (!checked) return call.Fail(checked.error());
  write.row_key = RowKeyOf(write.table->primary_key, item);
  write.decide = [value = EncodeItem(item),
                  bytes = ItemSize(item)](WriteOutcome& outcome) mutable -> Result<ItemChange> {
    outcome.new_bytes = bytes;
    return ItemChange{ItemChange::Action::kPut, std::move(value)};
  };
  write.attributes = [return_values = write.options.return_values](WriteOutcome& outcome) {
    return OldItemIfAsked(return_values, outcome);
  };
  WriteItem(std::move(call), std::move(write));
}

}  // namespace gatehouse::table
