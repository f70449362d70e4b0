// Scan: the reader thread decodes and measures, so that a page of 1 MB costs the loop nothing.
#include <limits>
#include <utility>

#include "table/item_check.h"
#include "table/item_codec.h"
#include "table/item_size.h"
#include "table/key_codec.h"
#include "table/tables.h"

namespace gatehouse::table {
namespace {

Error InvalidStart(const Error& error) {
  return {error.code, "The provided starting key is invalid: " + error.message};
}

// The rows after the start key; its values have been checked.
Result<store::ScanRange> RangeAfter(const TableEntry& table, const std::optional<Item>& start_key) {
  store::ScanRange range;
  range.bytes_max = std::numeric_limits<std::size_t>::max();  // item sizes bound the page
  if (!start_key) return range;
  auto checked = CheckKey(table.primary_key, *start_key);
  if (!checked) return InvalidStart(checked.error());
  range.start = RowKeyOf(table.primary_key, *start_key);
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

void Tables::Scan(std::string_view table, ScanOptions options, base::Executor& reply_to,
                  Done<ScanPage> done) {
  if (auto& start_key = options.exclusive_start_key) {
    auto checked = CheckValues(*start_key);
    if (!checked) return done(InvalidStart(checked.error()));
  }
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  auto range = RangeAfter(*entry, options.exclusive_start_key);
  if (!range) return done(range.error());
  store_.Read<ScanPage>(
      [entry = std::move(entry), range = *std::move(range),
       limit = options.limit](store::View& view) { return ReadPage(view, *entry, range, limit); },
      reply_to, std::move(done));
}

}  // namespace gatehouse::table
