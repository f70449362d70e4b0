// What a page of Scan or Query shall read, from what its request says. Plain functions: no thread
// rules. Errors of all: kInvalidArgument, AWS's message.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "table/expression/expression.h"
#include "table/operation/key_condition.h"
#include "table/operation/page_reader.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

// A part of a table for parallel scans: AWS's cut of the partition hash's first 12 bits.
struct ScanSegment {
  int segment = 0;  // below total
  int total = 1;
};

// Null without a name. Errors: no such index, one that is being backfilled, a consistent read of a
// global one.
Result<const IndexEntry*> FindIndexToRead(const TableEntry& table,
                                          const std::optional<std::string>& name, bool consistent);

Result<PageRead> PlanScan(std::shared_ptr<const TableEntry> table, const IndexEntry* index,
                          std::optional<Item> start_key, const ScanSegment& segment);

Result<PageRead> PlanQuery(std::shared_ptr<const TableEntry> table, const IndexEntry* index,
                           const KeyConditions& conditions, bool forward,
                           std::optional<Item> start_key);

// What a page shows and keeps out, with its place in read. A local index that lacks something has
// it read from the table (read.whole_items); a global one cannot.
struct PageExpressions {
  std::optional<Condition> filter;
  std::optional<Projection> projection;
};
Result<void> CheckPageExpressions(PageRead& read, const PageExpressions& expressions);

// Of Query: a filter looks at no key.
Result<void> CheckFilterNamesNoKey(const PageRead& read, const std::optional<Condition>& filter);

}  // namespace gatehouse::table
