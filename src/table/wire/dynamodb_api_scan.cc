// Scan: pages become JSON as they are read.
#include <utility>

#include "table/wire/dynamodb_api_page.h"

namespace gatehouse::table {
namespace {

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

}  // namespace

void Scan(ApiCall call) {
  RequestReader& request = call.request();
  PageCall page = ReadPageCall(request, false);
  ScanSegment segment;
  ReadSegment(request, segment);
  RequestExpressions expressions(request, {"FilterExpression", "ProjectionExpression"});
  CheckSelect(page, expressions, request);
  if (!call.Proceeds()) return;
  if (auto read = ReadPageExpressions(expressions, page); !read) return call.Fail(read.error());
  auto table = call.tables().Find(page.table_name);
  if (!table) return call.Fail(TableNotFound());
  auto index = FindIndexToRead(*table, page.index_name, page.consistent);
  if (!index) return call.Fail(index.error());
  auto read = PlanScan(std::move(table), *index, std::move(page.start_key), segment);
  if (!read) return call.Fail(read.error());
  AnswerPage(std::move(call), std::move(page), *std::move(read));
}

}  // namespace gatehouse::table
