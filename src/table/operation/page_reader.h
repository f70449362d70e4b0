// Pages of Scan and Query, of tables and of indexes, as they are read from the store.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/function.h"
#include "gatehouse/handler.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/expression/expression.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

inline constexpr std::size_t kPageBytesMax = 1 << 20;  // item sizes in a page

// A page is read on the caller's own thread up to this many bytes of rows, which take some 0.1 ms;
// a larger one on the reader thread.
inline constexpr std::size_t kPageBytesHereMax = 32 * 1024;

struct PageRead {
  std::shared_ptr<const TableEntry> table = {};
  const IndexEntry* index = nullptr;  // of table; null: the table itself
  store::ScanRange range = {};
  std::size_t limit = 0;  // items; 0: none
  // Of a local index that does not project all: each item is read from the table.
  bool whole_items = false;
};

struct PageEnd {
  std::size_t scanned_count = 0;
  std::size_t bytes = 0;        // item sizes, as the page is measured
  std::size_t whole_units = 0;  // half units of the items that were read from the table
  std::optional<Item> last_evaluated_key = {};  // there may be more
};

// Gets EncodeItem of each item, in order; answers its size. The bytes are gone after the call.
using AddRow = base::UniqueFunction<Result<std::size_t>(std::string_view encoded)>;

// Nothing: the rows have more than bytes_max bytes; then add has seen some of them.
// Errors: those of add; kNotFound (the table or index has gone), kIo.
Result<std::optional<PageEnd>> ReadPage(store::View& view, const PageRead& read,
                                        std::size_t bytes_max, AddRow add);

// For callers in the process. Nothing: as above.
Result<std::optional<ScanPage>> ReadScanPage(store::View& view, const PageRead& read,
                                             std::size_t bytes_max,
                                             const std::optional<Condition>& filter,
                                             const std::optional<Projection>& projection);

}  // namespace gatehouse::table
