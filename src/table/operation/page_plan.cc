#include "table/operation/page_plan.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "table/expression/item_path.h"
#include "table/value/definition_check.h"
#include "table/value/item_check.h"

namespace gatehouse::table {
namespace {

Error PlanError(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

// Where a segment begins, as a row key; empty: at the end of the table.
std::string SegmentStart(const ScanSegment& segment, int index) {
  constexpr std::int64_t kCuts = 4096;  // 12 bits; a row key begins with 16
  std::int64_t cut = (kCuts * index + segment.total - 1) / segment.total;
  if (cut >= kCuts) return {};
  return {static_cast<char>(cut >> 4), static_cast<char>((cut & 15) << 4)};
}

Error WrongSegment(const ScanSegment& segment) {
  return PlanError(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
      "ExclusiveStartKey with correct Segment. TotalSegments: " +
      std::to_string(segment.total) + " Segment: " + std::to_string(segment.segment));
}

void AddName(const Path& path, std::set<std::string>& names) {
  if (!path.empty()) names.insert(std::get<std::string>(path[0]));
}

void AddNames(const Operand& operand, std::set<std::string>& names) {
  AddName(operand.path, names);
  for (const Operand& argument : operand.arguments) AddNames(argument, names);
}

// The attributes at the top of the condition's paths.
void AddNames(const Condition& condition, std::set<std::string>& names) {
  for (const Condition& part : condition.conditions) AddNames(part, names);
  for (const Operand& operand : condition.operands) AddNames(operand, names);
}

std::set<std::string> NamesIn(const PageExpressions& expressions) {
  std::set<std::string> names;
  if (expressions.filter) AddNames(*expressions.filter, names);
  if (expressions.projection) {
    for (const Path& path : *expressions.projection) AddName(path, names);
  }
  return names;
}

}  // namespace

Result<const IndexEntry*> FindIndexToRead(const TableEntry& table,
                                          const std::optional<std::string>& name, bool consistent) {
  const IndexEntry* index = nullptr;
  if (!name) return index;
  index = FindIndex(table, *name);
  if (!index) return PlanError("The table does not have the specified index: " + *name);
  if (index->definition.global && consistent) {
    return PlanError("Consistent reads are not supported on global secondary indexes");
  }
  if (index->definition.backfilling) {
    return PlanError("Cannot read from backfilling global secondary index: " + *name);
  }
  return index;
}

Result<PageRead> PlanScan(std::shared_ptr<const TableEntry> table, const IndexEntry* index,
                          std::optional<Item> start_key, const ScanSegment& segment) {
  PageRead read{.table = std::move(table), .index = index};
  read.range.bytes_max = std::numeric_limits<std::size_t>::max();  // item sizes bound the page
  if (segment.total > 1) {
    read.range.start = SegmentStart(segment, segment.segment);
    read.range.end = SegmentStart(segment, segment.segment + 1);
    if (read.range.start.empty() || read.range.start == read.range.end) read.range.rows_max = 0;
  }
  if (!start_key) return read;
  Result<std::string> row_key = StartRowKey(*read.table, index, *start_key);
  if (!row_key) return row_key.error();
  bool within =
      *row_key >= read.range.start && (read.range.end.empty() || *row_key < read.range.end);
  if (!within) return WrongSegment(segment);
  read.range.start = *std::move(row_key);
  read.range.start_exclusive = true;
  return read;
}

Result<PageRead> PlanQuery(std::shared_ptr<const TableEntry> table, const IndexEntry* index,
                           const KeyConditions& conditions, bool forward,
                           std::optional<Item> start_key) {
  Result<KeyRange> within = KeyRangeOf(index ? index->key : table->key, conditions);
  if (!within) return within.error();
  within->range.backward = !forward;
  if (start_key) {
    auto behind = StartBehind(*table, index, *start_key, *within);
    if (!behind) return behind.error();
  }
  return PageRead{.table = std::move(table), .index = index, .range = std::move(within->range)};
}

Result<void> CheckPageExpressions(PageRead& read, const PageExpressions& expressions) {
  if (expressions.projection) {
    auto checked = CheckKeysAreScalars(*expressions.projection, read.table->primary_key);
    if (!checked) return checked;
  }
  if (!read.index || read.index->projected.empty()) return {};
  const auto& projected = read.index->projected;
  std::string lacking;
  for (const std::string& name : NamesIn(expressions)) {
    if (std::binary_search(projected.begin(), projected.end(), name)) continue;
    lacking += (lacking.empty() ? "" : ", ") + name;
  }
  if (lacking.empty()) return {};
  if (read.index->definition.global) {
    return InvalidValues("Global secondary index " + read.index->definition.name +
                         " does not project [" + lacking + "]");
  }
  read.whole_items = true;
  return {};
}

Result<void> CheckFilterNamesNoKey(const PageRead& read, const std::optional<Condition>& filter) {
  if (!filter) return {};
  std::set<std::string> names;
  AddNames(*filter, names);
  const KeyShape& key = read.index ? read.index->key : read.table->key;
  for (const std::string& name : names) {
    if (!key.Has(name)) continue;
    return PlanError(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
        name);
  }
  return {};
}

}  // namespace gatehouse::table
