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
#include "table/operation/item_change.h"
#include "table/operation/page_reader.h"
#include "table/operation/table_catalogue.h"
#include "table/operation/table_update.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

inline constexpr std::size_t kListTablesMax = 100;  // names in a page of ListTables

struct TableNamesPage {
  std::vector<std::string> names;                  // in byte order
  std::optional<std::string> last_evaluated_name;  // there are more; start after this one
};

// Makes something of a page, on whatever thread reads it: never on two at once.
class PageMaker {
 public:
  virtual ~PageMaker() = default;
  virtual void Begin() = 0;  // also anew, when a page turned out to be too large for one thread
  virtual Result<std::size_t> Add(std::string_view encoded) = 0;  // as AddRow
  virtual std::string Finish(const PageEnd& end) = 0;
};

class Tables {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  // Reads the catalogue, creating it in an empty store, and finishes backfills that were
  // interrupted. Blocks; for start-up.
  // Errors: kUnsupported (written by a newer gatehouse), kIo (damaged, …).
  static Result<std::unique_ptr<Tables>> Open(store::Store& store);

  // The table can be used when done is called; answers its definition. Error besides:
  // kConflict (ResourceInUseException), "Table already exists: <name>".
  void CreateTable(TableDefinition definition, base::Executor& reply_to,
                   Done<TableDefinition> done);

  // Changes what update says (update_table.h); answers the definition as it is now. Indexes that
  // are added are backfilled from then on, in small steps between other writes; `finished`, if
  // given, is called when that is done, or has failed.
  void UpdateTable(TableUpdate update, base::Executor& reply_to, Done<TableDefinition> done,
                   Done<void> finished = nullptr);

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

  // The items of one partition of a table or index, in the order of the sort key. A page and its
  // end are as Scan's.
  void Query(std::string_view table, QueryOptions options, base::Executor& reply_to,
             Done<ScanPage> done);

  // Changes an item as the expression says, or makes it; answers the new one.
  void UpdateItem(std::string_view table, Item key, UpdateOptions options, base::Executor& reply_to,
                  Done<Item> done);

  // As those without a condition. Error besides: kConditionFailed.
  void PutItemIf(std::string_view table, Item item, ConditionOptions options,
                 base::Executor& reply_to, Done<void> done);
  void DeleteItemIf(std::string_view table, Item key, ConditionOptions options,
                    base::Executor& reply_to, Done<void> done);

  // A page that was planned (page_plan.h) as text.
  void ReadText(PageRead read, std::unique_ptr<PageMaker> maker, base::Executor& reply_to,
                Done<std::string> done);

  // Several items in one piece: work reads, and writes by ApplyItemWrite, in one transaction on
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

  // Carries out a write that PrepareItemWrite has passed, in a transaction of its own. Its outcome
  // can be read once done is called.
  void Write(std::shared_ptr<ItemWrite> write, base::Executor& reply_to, Done<void> done);

 private:
  Tables(store::Store& store, store::KeyspaceId catalogue_keyspace)
      : store_(store),
        catalogue_keyspace_(catalogue_keyspace),
        catalogue_(std::make_shared<Catalogue>()) {}

  Result<void> FinishBackfills();

  void ReadItems(PageRead read, std::optional<Condition> filter,
                 std::optional<Projection> projection, base::Executor& reply_to,
                 Done<ScanPage> done);

  store::Store& store_;
  base::UniqueFunction<void()> on_time_to_live_;
  const store::KeyspaceId catalogue_keyspace_;
  const std::shared_ptr<Catalogue> catalogue_;  // closures in the store's queue may outlive us
};

}  // namespace gatehouse::table
