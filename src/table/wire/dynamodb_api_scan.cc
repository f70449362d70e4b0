// Scan: pages become JSON on the store's reader thread.
#include <limits>
#include <utility>

#include "table/expression/condition_evaluation.h"
#include "table/expression/item_path.h"
#include "table/value/item_size.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {
namespace {

struct ScanCall {
  std::string table_name;
  std::optional<std::string> index_name;
  ScanOptions options;
  ScanSegment segment;
  std::string select;
  std::optional<Condition> filter;
  std::optional<Projection> projection;
  bool consistent = false;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

void ReadSegment(RequestReader& request, ScanSegment& segment) {
  constexpr std::int64_t kSegmentsMax = 1'000'000;
  auto index = request.IntegerWithin("Segment", 0, kSegmentsMax - 1);
  auto total = request.IntegerWithin("TotalSegments", 1, kSegmentsMax);
  if (index && !total && !request.Has("TotalSegments")) {
    request.problems().Validation(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (total && !index && !request.Has("Segment")) {
    request.problems().Validation(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (!index || !total) return;
  if (*index >= *total) {
    request.problems().Validation(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(*index) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  segment = {static_cast<int>(*index), static_cast<int>(*total)};
}

ScanCall ReadScan(RequestReader& request) {
  ScanCall scan;
  scan.capacity = ReadReturnConsumedCapacity(request);
  scan.table_name = request.TableName();
  auto limit = request.IntegerWithin("Limit", 1, std::numeric_limits<std::int32_t>::max());
  scan.options.limit = static_cast<std::size_t>(limit.value_or(0));
  scan.options.exclusive_start_key = request.Attributes("ExclusiveStartKey");
  scan.select = request.OneOf(
      "Select", "", {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"});
  scan.consistent = request.Boolean("ConsistentRead").value_or(false);
  ReadSegment(request, scan.segment);
  scan.index_name = request.String("IndexName");
  if (scan.select == "ALL_PROJECTED_ATTRIBUTES" && !scan.index_name) {
    request.problems().Validation(
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return scan;
}

void CheckSelect(const std::string& select, const RequestExpressions& expressions,
                 RequestReader& request) {
  bool projects = expressions.Has("ProjectionExpression");
  bool lists = expressions.HasAttributesToGet();
  if (select == "SPECIFIC_ATTRIBUTES" && !projects && !lists) {
    request.problems().Validation(
        "Must specify the AttributesToGet when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (projects && !select.empty() && select != "SPECIFIC_ATTRIBUTES") {
    request.problems().Validation("Cannot specify the ProjectionExpression when choosing to get " +
                                  select);
  }
  if (lists && !select.empty() && select != "SPECIFIC_ATTRIBUTES") {
    request.problems().Validation("Cannot specify the AttributesToGet when choosing to get " +
                                  select);
  }
}

Result<void> Parse(RequestExpressions& expressions, ScanCall& scan) {
  auto filter = expressions.ParseConditionOf("FilterExpression");
  if (!filter) return filter.error();
  scan.filter = *std::move(filter);
  auto projection = expressions.ParseProjectionOf();
  if (!projection) return projection.error();
  scan.projection = *std::move(projection);
  return expressions.CheckAllUsed();
}

Result<void> CheckAgainstTable(Tables& tables, const ScanCall& scan) {
  auto table = tables.Find(scan.table_name);
  if (!table) return TableNotFound();
  if (scan.index_name) {
    return Error{ErrorCode::kInvalidArgument,
                 "The table does not have the specified index: " + *scan.index_name};
  }
  if (!scan.projection) return {};
  return CheckKeysAreScalars(*scan.projection, table->primary_key);
}

Result<std::string> PageAsJson(const ScanCall& scan, const ScanPage& page) {
  BodyWriter body;
  if (scan.capacity != ReturnConsumedCapacity::kNone) {
    std::size_t bytes = 0;
    for (const Item& item : page.items) bytes += ItemSize(item);
    AppendCapacity(body, scan.capacity, scan.table_name, ReadHalfUnits(bytes, scan.consistent));
  }
  std::size_t count = 0;
  std::string items;
  for (const Item& item : page.items) {
    if (scan.filter && !Holds(*scan.filter, item)) continue;
    ++count;
    if (scan.select == "COUNT") continue;
    if (!items.empty()) items += ',';
    AppendJson(items, scan.projection ? Project(item, *scan.projection) : item);
  }
  body.Number("Count", static_cast<std::int64_t>(count));
  if (scan.select != "COUNT") body.Member("Items") += "[" + items + "]";
  if (page.last_evaluated_key) body.Member("LastEvaluatedKey", *page.last_evaluated_key);
  body.Number("ScannedCount", static_cast<std::int64_t>(page.items.size()));
  return body.Finish();
}

}  // namespace

void Scan(ApiCall call) {
  ScanCall scan = ReadScan(call.request());
  RequestExpressions expressions(call.request(), {"FilterExpression", "ProjectionExpression"});
  CheckSelect(scan.select, expressions, call.request());
  if (!call.Proceeds()) return;
  if (auto parsed = Parse(expressions, scan); !parsed) return call.Fail(parsed.error());
  if (auto checked = CheckAgainstTable(call.tables(), scan); !checked) {
    return call.Fail(checked.error());
  }
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  std::string table_name = scan.table_name;
  ScanOptions options = std::move(scan.options);
  ScanSegment segment = scan.segment;
  tables.ScanText(
      table_name, std::move(options), segment,
      [scan = std::move(scan)](ScanPage page) { return PageAsJson(scan, page); }, reply_to,
      [call = std::move(call)](Result<std::string> body) mutable {
        if (!body) return call.Fail(body.error());
        call.Reply(*std::move(body));
      });
}

}  // namespace gatehouse::table
