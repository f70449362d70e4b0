#include <utility>

#include "table/value/item_check.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {

void DeleteItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  write.action = ItemWrite::Action::kDelete;
  WriteOptions options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"ConditionExpression"});
  write.item = request.RequiredAttributes("Key");
  RefuseNewValues(options, request);
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(write.item); !checked) return call.Fail(checked.error());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  WriteItem(std::move(call), options, std::move(write), OldItemIfAsked(options));
}

}  // namespace gatehouse::table
