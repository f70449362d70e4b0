#include "table/operation/page_reader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "table/expression/condition_evaluation.h"
#include "table/expression/item_path.h"
#include "table/operation/item_change.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

void AddKeys(const std::vector<KeyAttribute>& attributes, const Item& item, Item& key) {
  for (const KeyAttribute& attribute : attributes) {
    auto found = item.find(attribute.name);
    if (found != item.end()) key.insert(*found);
  }
}

// The keys of table and index; a stored item has them, unless it is damaged.
Result<Item> KeysOf(const PageRead& read, std::string_view encoded) {
  Result<Item> item = DecodeItem(encoded);
  if (!item) return item;
  Item key;
  AddKeys(read.table->key.partition, *item, key);
  AddKeys(read.table->key.sort, *item, key);
  if (key.size() != read.table->primary_key.size()) {
    return Error{ErrorCode::kIo, "a stored item of " + read.table->definition.name + " has no key"};
  }
  if (read.index) {
    AddKeys(read.index->key.partition, *item, key);
    AddKeys(read.index->key.sort, *item, key);
  }
  return key;
}

std::size_t HalfReadUnits(std::size_t bytes) {
  return std::max<std::size_t>((bytes + 4095) / 4096, 1);
}

// The items of the table to which the rows of a local index lead.
Result<void> AddWholeItems(store::View& view, const PageRead& read,
                           const std::vector<std::string>& row_keys, AddRow& add, PageEnd& page) {
  for (const std::string& row_key : row_keys) {
    auto bytes = view.Get(read.table->keyspace, row_key);
    if (!bytes) return FromStore(bytes.error());
    if (!*bytes) {
      return Error{ErrorCode::kIo,
                   "an index of " + read.table->definition.name + " has a row without an item"};
    }
    Result<std::size_t> size = add(**bytes);
    if (!size) return size.error();
    page.whole_units += HalfReadUnits(*size);
  }
  return {};
}

// One pass over the rows of a page.
class PageScan {
 public:
  PageScan(const PageRead& read, std::size_t bytes_max, AddRow& add)
      : read_(read), bytes_max_(bytes_max), add_(add) {}

  // Whether there shall be another row.
  bool Visit(std::string_view key, std::string_view value) {
    row_bytes_ += key.size() + value.size();
    if (row_bytes_ > bytes_max_) return false;
    outcome_ = Add(value);
    if (!outcome_) return false;
    ++page_.scanned_count;
    if (page_.scanned_count != read_.limit && page_.bytes < kPageBytesMax) return true;
    Result<Item> keys = KeysOf(read_, value);
    if (keys) {
      page_.last_evaluated_key = *std::move(keys);
    } else {
      outcome_ = keys.error();
    }
    return false;
  }

  bool too_large() const { return row_bytes_ > bytes_max_; }
  Result<void>& outcome() { return outcome_; }
  PageEnd& page() { return page_; }
  const std::vector<std::string>& whole_row_keys() const { return whole_row_keys_; }

 private:
  Result<void> Add(std::string_view value) {
    if (!read_.whole_items) {
      Result<std::size_t> size = add_(value);
      if (!size) return size.error();
      page_.bytes += *size;
      return {};
    }
    Result<Item> item = DecodeItem(value);
    if (!item) return item.error();
    if (auto keys = CheckItemKey(read_.table->primary_key, *item); !keys) {
      return Error{ErrorCode::kIo, "a stored item has no key: " + keys.error().message};
    }
    page_.bytes += ItemSize(*item);
    whole_row_keys_.push_back(RowKeyOf(read_.table->primary_key, *item));
    return {};
  }

  const PageRead& read_;
  const std::size_t bytes_max_;
  AddRow& add_;
  PageEnd page_;
  std::size_t row_bytes_ = 0;
  Result<void> outcome_;
  std::vector<std::string> whole_row_keys_;
};

}  // namespace

Result<std::optional<PageEnd>> ReadPage(store::View& view, const PageRead& read,
                                        std::size_t bytes_max, AddRow add) {
  PageScan scan(read, bytes_max, add);
  store::KeyspaceId keyspace = read.index ? read.index->keyspace : read.table->keyspace;
  auto end = view.Scan(keyspace, read.range, [&scan](std::string_view key, std::string_view value) {
    return scan.Visit(key, value);
  });
  if (!end) return FromStore(end.error());
  if (!scan.outcome()) return scan.outcome().error();
  if (scan.too_large()) return std::optional<PageEnd>();
  if (read.whole_items) {
    auto added = AddWholeItems(view, read, scan.whole_row_keys(), add, scan.page());
    if (!added) return added.error();
  }
  return std::optional<PageEnd>(std::move(scan.page()));
}

Result<std::optional<ScanPage>> ReadScanPage(store::View& view, const PageRead& read,
                                             std::size_t bytes_max,
                                             const std::optional<Condition>& filter,
                                             const std::optional<Projection>& projection) {
  ScanPage page;
  auto add = [&](std::string_view encoded) -> Result<std::size_t> {
    Result<Item> item = DecodeItem(encoded);
    if (!item) return item.error();
    std::size_t size = ItemSize(*item);
    if (filter && !Holds(*filter, *item)) return size;
    page.items.push_back(projection ? Project(*item, *projection) : *std::move(item));
    return size;
  };
  auto end = ReadPage(view, read, bytes_max, add);
  if (!end) return end.error();
  if (!*end) return std::optional<ScanPage>();
  page.last_evaluated_key = std::move((*end)->last_evaluated_key);
  return std::optional<ScanPage>(std::move(page));
}

}  // namespace gatehouse::table
