// DynamoDB's tables over a store: the door of this room for callers in this process. The wire
// protocol stands on the same functions. Any thread; the store must outlive this object.
// Source: DynamoDB API 2012-08-10.
//
// Every operation calls done once: inside the call when the answer is known at once (wrong input,
// no such table, GetItem from files), else by reply_to, which must live until then. Writes are
// answered after their commit, in their order; a read sees every write that was answered before it.
//
// Errors of all: kInvalidArgument (AWS's ValidationException and its message), kNotFound
// (ResourceNotFoundException, likewise), kLimitExceeded (the store's queue is full), kUnavailable
// (closed), kIo (nothing was applied).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/handler.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/store.h"
#include "table/catalogue.h"
#include "table/item_change.h"
#include "table/table_definition.h"

namespace gatehouse::table {

inline constexpr std::size_t kPageBytesMax = 1 << 20;  // item sizes in a page of Scan
inline constexpr std::size_t kListTablesMax = 100;     // names in a page of ListTables

struct TableNamesPage {
  std::vector<std::string> names;                  // in byte order
  std::optional<std::string> last_evaluated_name;  // there are more; start after this one
};

// A part of a table for parallel scans: AWS's cut of the partition hash's first 12 bits.
struct ScanSegment {
  int segment = 0;  // below total
  int total = 1;
};

class Tables {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  // Reads the catalogue, creating it in an empty store. Blocks; for start-up.
  // Errors: kUnsupported (written by a newer gatehouse), kIo (damaged, …).
  static Result<std::unique_ptr<Tables>> Open(store::Store& store);

  // The table can be used when done is called; answers its definition. Error besides:
  // kConflict (ResourceInUseException), "Table already exists: <name>".
  void CreateTable(TableDefinition definition, base::Executor& reply_to,
                   Done<TableDefinition> done);

  // Changes billing mode, throughput and deletion protection; keys must be as they are, id and time
  // of creation stay. Answers the definition as it is now.
  void UpdateTable(TableDefinition definition, base::Executor& reply_to,
                   Done<TableDefinition> done);

  // Deletes the table with its items; answers what its definition was.
  void DeleteTable(std::string_view name, base::Executor& reply_to, Done<TableDefinition> done);

  Result<TableDefinition> DescribeTable(std::string_view name) const;

  // At most limit names (1 to kListTablesMax) after exclusive_start; empty: from the first.
  TableNamesPage ListTables(std::string_view exclusive_start, std::size_t limit) const;

  // Replaces the whole item. Its numbers are stored in canonical form.
  void PutItem(std::string_view table, Item item, base::Executor& reply_to, Done<void> done);

  // key holds exactly the key attributes. Nothing when there is no such item.
  void GetItem(std::string_view table, Item key, base::Executor& reply_to,
               Done<std::optional<Item>> done);

  // Deleting nothing succeeds.
  void DeleteItem(std::string_view table, Item key, base::Executor& reply_to, Done<void> done);

  // One page, in the order of the partition hash, then of the sort key. The item of
  // exclusive_start_key need not exist any more. A page that ends at its limit has a
  // last_evaluated_key even if nothing follows; then the next one is empty, without one.
  void Scan(std::string_view table, ScanOptions options, base::Executor& reply_to,
            Done<ScanPage> done);

  // Scan for those who make something of a page: a text, say. make runs on the reader thread, so a
  // page of 1 MB costs the caller's loop nothing.
  using MakeText = base::UniqueFunction<Result<std::string>(ScanPage page)>;
  void ScanText(std::string_view table, ScanOptions options, ScanSegment segment, MakeText make,
                base::Executor& reply_to, Done<std::string> done);

  // Several items in one piece: work reads, and writes by ApplyBatchedWrite, in one transaction on
  // the writer thread, all or nothing; ReadTogether makes a text of one snapshot on the reader's.
  using Together = base::UniqueFunction<Result<std::string>(store::Transaction&)>;
  void WriteTogether(Together work, base::Executor& reply_to, Done<std::string> done) {
    store_.Write<std::string>(std::move(work), reply_to, std::move(done));
  }
  using ReadsTogether = base::UniqueFunction<Result<std::string>(store::View&)>;
  void ReadTogether(ReadsTogether make, base::Executor& reply_to, Done<std::string> done) {
    store_.Read<std::string>(std::move(make), reply_to, std::move(done));
  }

  // Runs, on the thread of the answer, whenever a table's TTL was changed. For start-up.
  void OnTimeToLive(base::UniqueFunction<void()> told) { on_time_to_live_ = std::move(told); }
  void TellTimeToLive() {
    if (on_time_to_live_) on_time_to_live_();
  }
  std::shared_ptr<const Catalogue> catalogue() const { return catalogue_; }

  // The table of an item operation; null: answer TableNotFound().
  std::shared_ptr<const TableEntry> Find(std::string_view table) const {
    return catalogue_->Find(table);
  }

  // Runs decide over one item in a transaction of its own. The row key is RowKeyOf a key that was
  // checked against the table's.
  void Change(std::shared_ptr<const TableEntry> table, std::string row_key, DecideChange decide,
              base::Executor& reply_to, Done<void> done);

 private:
  Tables(store::Store& store, store::KeyspaceId catalogue_keyspace)
      : store_(store),
        catalogue_keyspace_(catalogue_keyspace),
        catalogue_(std::make_shared<Catalogue>()) {}

  struct CheckedScan {
    std::shared_ptr<const TableEntry> table;
    store::ScanRange range;
  };
  Result<CheckedScan> CheckScan(std::string_view table, ScanOptions& options,
                                const ScanSegment& segment) const;

  store::Store& store_;
  base::UniqueFunction<void()> on_time_to_live_;
  const store::KeyspaceId catalogue_keyspace_;
  const std::shared_ptr<Catalogue> catalogue_;  // closures in the store's queue may outlive us
};

}  // namespace gatehouse::table
