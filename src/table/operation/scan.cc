// Scan: the reader thread decodes and measures, so that a page of 1 MB costs the loop nothing.
#include <limits>
#include <utility>

#include "table/operation/tables.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

Error InvalidStart(const Error& error) {
  return {error.code, "The provided starting key is invalid: " + error.message};
}

// Where a segment begins, as a row key; empty: at the end of the table.
std::string SegmentStart(const ScanSegment& segment, int index) {
  constexpr std::int64_t kCuts = 4096;  // 12 bits; a row key begins with 16
  std::int64_t cut = (kCuts * index + segment.total - 1) / segment.total;
  if (cut >= kCuts) return {};
  return {static_cast<char>(cut >> 4), static_cast<char>((cut & 15) << 4)};
}

Error WrongSegment(const ScanSegment& segment) {
  return {ErrorCode::kInvalidArgument,
          "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
          "ExclusiveStartKey with correct Segment. TotalSegments: " +
              std::to_string(segment.total) + " Segment: " + std::to_string(segment.segment)};
}

// The rows of the segment after the start key; its values have been checked.
Result<store::ScanRange> RangeAfter(const TableEntry& table, const std::optional<Item>& start_key,
                                    const ScanSegment& segment) {
  store::ScanRange range;
  range.bytes_max = std::numeric_limits<std::size_t>::max();  // item sizes bound the page
  if (segment.total > 1) {
    range.start = SegmentStart(segment, segment.segment);
    range.end = SegmentStart(segment, segment.segment + 1);
    if (range.start.empty() || range.start == range.end) range.rows_max = 0;
  }
  if (!start_key) return range;
  auto checked = CheckKey(table.primary_key, *start_key);
  if (!checked) return InvalidStart(checked.error());
  std::string row_key = RowKeyOf(table.primary_key, *start_key);
  bool within = row_key >= range.start && (range.end.empty() || row_key < range.end);
  if (!within) return WrongSegment(segment);
  range.start = std::move(row_key);
  range.start_exclusive = true;
  return range;
}

Item KeyOf(const PrimaryKey& primary_key, const Item& item) {
  Item key{*item.find(primary_key.partition.name)};
  if (primary_key.sort) key.insert(*item.find(primary_key.sort->name));
  return key;
}

Result<ScanPage> ReadPage(store::View& view, const TableEntry& table, store::ScanRange range,
                          std::size_t limit) {
  ScanPage page;
  std::size_t bytes = 0;
  Result<void> outcome;
  auto end = view.Scan(table.keyspace, range, [&](std::string_view, std::string_view row) {
    Result<Item> item = DecodeItem(row);
    if (item && !CheckItemKey(table.primary_key, *item)) {
      item = Error{ErrorCode::kIo, "a stored item of " + table.definition.name + " has no key"};
    }
    if (!item) {
      outcome = item.error();
      return false;
    }
    bytes += ItemSize(*item);
    page.items.push_back(*std::move(item));
    return page.items.size() != limit && bytes < kPageBytesMax;
  });
  if (!end) return FromStore(end.error());
  if (!outcome) return outcome.error();
  if (*end == store::ScanEnd::kStopped) {
    page.last_evaluated_key = KeyOf(table.primary_key, page.items.back());
  }
  return page;
}

}  // namespace

Result<Tables::CheckedScan> Tables::CheckScan(std::string_view table, ScanOptions& options,
                                              const ScanSegment& segment) const {
  if (auto& start_key = options.exclusive_start_key) {
    auto checked = CheckValues(*start_key);
    if (!checked) return InvalidStart(checked.error());
  }
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return TableNotFound();
  auto range = RangeAfter(*entry, options.exclusive_start_key, segment);
  if (!range) return range.error();
  return CheckedScan{std::move(entry), *std::move(range)};
}

void Tables::Scan(std::string_view table, ScanOptions options, base::Executor& reply_to,
                  Done<ScanPage> done) {
  auto range = CheckScan(table, options, {});
  if (!range) return done(range.error());
  store_.Read<ScanPage>(
      [checked = *std::move(range), limit = options.limit](store::View& view) {
        return ReadPage(view, *checked.table, checked.range, limit);
      },
      reply_to, std::move(done));
}

void Tables::ScanText(std::string_view table, ScanOptions options, ScanSegment segment,
                      MakeText make, base::Executor& reply_to, Done<std::string> done) {
  auto range = CheckScan(table, options, segment);
  if (!range) return done(range.error());
  store_.Read<std::string>(
      [checked = *std::move(range), limit = options.limit,
       make = std::move(make)](store::View& view) mutable -> Result<std::string> {
        auto page = ReadPage(view, *checked.table, checked.range, limit);
        if (!page) return page.error();
        return make(*std::move(page));
      },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
