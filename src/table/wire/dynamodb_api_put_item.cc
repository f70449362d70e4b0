#include <utility>

#include "table/value/item_check.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {

void PutItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  WriteOptions options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"ConditionExpression"});
  write.item = request.RequiredAttributes("Item");
  RefuseNewValues(options, request);
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(write.item); !checked) return call.Fail(checked.error());
  if (auto checked = CheckItemSize(write.item); !checked) return call.Fail(checked.error());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  WriteItem(std::move(call), options, std::move(write), OldItemIfAsked(options));
}

}  // namespace gatehouse::table
