// Rows of a table brought into indexes that were added later: in steps, each a transaction, so that
// other writes go on in between. What is written meanwhile follows by itself (index_rows.h); a step
// that is done twice does no harm, so an interrupted backfill begins anew.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

// Bounds of a step, which other writes wait for: about 1 ms.
inline constexpr std::size_t kBackfillRowsMax = 128;
inline constexpr std::size_t kBackfillBytesMax = 256 * 1024;

struct Backfill {
  std::string table_name;
  std::vector<std::string> index_names;
  std::string after = {};  // row key of the last row done; empty: none yet
};

// Does one step. Once all rows are done the indexes are no longer backfilling; true then, or when
// table and indexes have gone. Writer thread. Error: kIo.
Result<bool> BackfillSome(store::Transaction& transaction,
                          const std::shared_ptr<Catalogue>& catalogue, Backfill& backfill);

// The backfills that are to be finished.
std::vector<Backfill> UnfinishedBackfills(const Catalogue& catalogue);

// The row of a table in the catalogue, and its entry once that is committed. Writer thread.
Result<void> ReplaceEntry(store::Transaction& transaction,
                          const std::shared_ptr<Catalogue>& catalogue, TableEntry entry);

}  // namespace gatehouse::table
