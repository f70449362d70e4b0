#include <utility>

#include "table/expression/item_path.h"
#include "table/value/item_size.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {

void GetItem(ApiCall call) {
  RequestReader& request = call.request();
  ReturnConsumedCapacity capacity = ReadReturnConsumedCapacity(request);
  std::string table_name = request.TableName();
  RequestExpressions expressions(request, {"ProjectionExpression"});
  Item key = request.RequiredAttributes("Key");
  bool consistent = request.Boolean("ConsistentRead").value_or(false);
  if (!call.Proceeds()) return;
  auto projection = expressions.ParseProjectionOf();
  if (!projection) return call.Fail(projection.error());
  if (auto used = expressions.CheckAllUsed(); !used) return call.Fail(used.error());
  if (auto table = call.tables().Find(table_name); table && *projection) {
    auto checked = CheckKeysAreScalars(**projection, table->primary_key);
    if (!checked) return call.Fail(checked.error());
  }
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.GetItem(table_name, std::move(key), reply_to,
                 [=, call = std::move(call),
                  projection = *std::move(projection)](Result<std::optional<Item>> found) mutable {
                   if (!found) return call.Fail(found.error());
                   BodyWriter body;
                   const std::optional<Item>& item = *found;
                   if (capacity != ReturnConsumedCapacity::kNone) {
                     std::size_t bytes = item ? ItemSize(*item) : 0;
                     AppendCapacity(body, capacity, table_name, ReadHalfUnits(bytes, consistent));
                   }
                   if (item) body.Member("Item", projection ? Project(*item, *projection) : *item);
                   call.Reply(body.Finish());
                 });
}

}  // namespace gatehouse::table
