// Group commit: runs a batch of write requests as one SQLite transaction. One thread at a time.
//
//   BEGIN; for each request: SAVEPOINT, work, RELEASE or ROLLBACK TO; COMMIT; hooks; answers
//
// A request that fails undoes itself alone. When BEGIN or COMMIT fails, or SQLite rolls back by
// itself (disk full, I/O error), nothing of the batch is applied and every request gets that error.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "store/health.h"
#include "store/keyspaces.h"
#include "store/sqlite.h"
#include "store/transaction.h"

namespace gatehouse::store {

// A closure on its way through the store, and the answer that goes back.
struct Reply {
  base::Executor* to = nullptr;
  base::UniqueFunction<void(Result<void>)> done;

  void Post(Result<void> outcome) {
    to->Post([call = std::move(done), result = std::move(outcome)]() mutable {
      call(std::move(result));
    });
  }
};

struct WriteRequest {
  base::UniqueFunction<Result<void>(Transaction&)> work;
  Reply reply;
};

struct ReadRequest {
  base::UniqueFunction<Result<void>(View&)> work;
  Reply reply;
};

class Writer {
 public:
  // What SQLite could not do is noted in health, which outlives the writer; requests are answered
  // StoreTrouble().
  Writer(std::unique_ptr<Connection> connection, Health& health);

  void RunBatch(std::vector<WriteRequest> batch);

  // Brings the write-ahead log into the database file and empties it. Best effort.
  void Checkpoint();

  std::uint64_t transactions() const { return transactions_.load(std::memory_order_relaxed); }
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

 private:
  struct Outcome {
    Reply reply;
    Result<void> result;
    std::vector<base::UniqueFunction<void()>> after_commit;
  };

  Outcome RunOne(WriteRequest request);
  Result<void> RunStatement(Statement& statement);
  Result<void> Noted(Result<void> outcome);
  static void Answer(std::vector<Outcome> outcomes);

  const std::unique_ptr<Connection> connection_;
  Health& health_;
  Keyspaces keyspaces_;
  Statement begin_, commit_, savepoint_, release_, rollback_to_;
  std::atomic<std::uint64_t> transactions_ = 0;  // committed ones
  std::atomic<std::uint64_t> commits_ = 0;
};

}  // namespace gatehouse::store
