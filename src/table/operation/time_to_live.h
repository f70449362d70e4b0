// Deletes the items whose time has come. A turn looks at kSweepRowsMax rows at most, where the last
// one ended, in one closure of the writer; whoever has a clock calls it now and then. Expired items
// that no turn has met yet are still there for readers, as on AWS, where it may take days.
// One thread. Source: docs/aws/dynamodb.md §3.4.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "table/operation/tables.h"

namespace gatehouse::table {

class TimeToLiveSweep {
 public:
  static constexpr std::size_t kSweepRowsMax = 1000;
  static constexpr std::size_t kSweepBytesMax = 1 << 20;  // keys and values of them

  struct Outcome {
    std::size_t deleted = 0;
    bool has_more = false;    // the turn ended at its bound
    bool has_tables = false;  // a table has TTL enabled: call again
  };

  // tables must outlive the last answer.
  explicit TimeToLiveSweep(Tables& tables) : tables_(tables) {}

  // One turn; not while another one runs. Errors: as of the store's writes.
  void Turn(base::Millis now, base::Executor& reply_to, Tables::Done<Outcome> done);

 private:
  struct Place {
    store::KeyspaceId table{};  // 0: from the first
    std::string row_key;        // after this one
  };

  Tables& tables_;
  // Of the closure that runs, which may outlive us.
  const std::shared_ptr<Place> place_ = std::make_shared<Place>();

  static Result<Outcome> Sweep(store::Transaction& transaction, const Catalogue::Entries& entries,
                               Place& place, base::Millis now);
};

// Whether a table has settings, so that a turn is worth its while. Blocks; for start-up.
Result<bool> HasTimeToLive(store::Store& store);

// Whether an item's attribute says that its time has come: a number of seconds since 1970 that is
// past, by five years at most.
bool IsExpired(const Item& item, const std::string& attribute, base::Millis now);

}  // namespace gatehouse::table
