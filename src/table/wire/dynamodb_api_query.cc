#include <optional>
#include <utility>

#include "table/operation/key_condition.h"
#include "table/wire/dynamodb_api_legacy.h"
#include "table/wire/dynamodb_api_page.h"

namespace gatehouse::table {
namespace {

// The keys that the request names. The older KeyConditions become the same structure.
Result<KeyConditions> KeysOf(RequestExpressions& expressions,
                             const std::optional<Condition>& legacy) {
  auto condition = expressions.ParseConditionOf("KeyConditionExpression");
  if (!condition) return condition.error();
  if (*condition) return KeyConditionsOf(**condition);
  if (legacy) return KeyConditionsOf(*legacy);
  return Error{ErrorCode::kInvalidArgument,
               "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
               "the request."};
}

}  // namespace

void Query(ApiCall call) {
  RequestReader& request = call.request();
  PageCall page = ReadPageCall(request, true);
  bool forward = request.Boolean("ScanIndexForward").value_or(true);
  RequestExpressions expressions(
      request, {"KeyConditionExpression", "FilterExpression", "ProjectionExpression"});
  CheckSelect(page, expressions, request);
  const std::optional<Condition> legacy_keys = ReadKeyConditions(request);
  if (!call.Proceeds()) return;
  auto keys = KeysOf(expressions, legacy_keys);
  if (!keys) return call.Fail(keys.error());
  if (auto read = ReadPageExpressions(expressions, page); !read) return call.Fail(read.error());
  auto table = call.tables().Find(page.table_name);
  if (!table) return call.Fail(TableNotFound());
  auto index = FindIndexToRead(*table, page.index_name, page.consistent);
  if (!index) return call.Fail(index.error());
  auto read = PlanQuery(std::move(table), *index, *keys, forward, std::move(page.start_key));
  if (!read) return call.Fail(read.error());
  auto filter = CheckFilterNamesNoKey(*read, page.expressions.filter);
  if (!filter) return call.Fail(filter.error());
  AnswerPage(std::move(call), std::move(page), *std::move(read));
}

}  // namespace gatehouse::table
