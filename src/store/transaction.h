// What a closure given to the store works with: a View to read, a Transaction to read and write.
// They live as long as the closure's call and belong to its thread; never keep a reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "gatehouse/result.h"

namespace gatehouse::store {

class Keyspaces;

// A keyspace is an ordered map of its own, from bytes to bytes, ordered by unsigned bytes, shorter
// first on a tie. Its number is never given to another one, not even after it was dropped.
enum class KeyspaceId : std::int64_t {};

// Which rows a scan visits, in ascending order of keys, or from the end in descending order.
struct ScanRange {
  std::string start = {};        // from here; empty: from the first
  bool start_exclusive = false;  // a row with exactly the key `start` is left out
  std::string end = {};          // up to here, exclusive; empty: to the last
  bool backward = false;
  std::size_t rows_max = std::numeric_limits<std::size_t>::max();
  std::size_t bytes_max = 1 << 20;  // ends with the row that brings keys and values to this
};

enum class ScanEnd {
  kRange,    // every row of the range was visited
  kLimit,    // rows_max or bytes_max; there may be more
  kStopped,  // the visitor said so; there may be more
};

class View {
 public:
  // The value of a key, if it is there. Errors: kNotFound (no such keyspace), kIo.
  Result<std::optional<std::string>> Get(KeyspaceId keyspace, std::string_view key);

  // Calls visit(key, value) for each row of the range until it returns false or a bound is reached.
  // The bytes are SQLite's: gone after the visit. visit must not use the view.
  using Visitor = base::UniqueFunction<bool(std::string_view key, std::string_view value)>;
  Result<ScanEnd> Scan(KeyspaceId keyspace, const ScanRange& range, Visitor visit);

  // The keyspace of a name, if there is one.
  Result<std::optional<KeyspaceId>> FindKeyspace(std::string_view name);

 protected:
  friend class Store;
  explicit View(Keyspaces& keyspaces) : keyspaces_(keyspaces) {}

  Keyspaces& keyspaces_;
};

// One atomic change. Everything that a closure wrote is undone when it returns an error, and also
// when one of these calls failed and the closure ignored that.
class Transaction : public View {
 public:
  // Errors of all: kNotFound (no such keyspace), kIo (disk full, …).
  Result<void> Put(KeyspaceId keyspace, std::string_view key, std::string_view value);
  Result<void> Delete(KeyspaceId keyspace, std::string_view key);  // absent is fine

  // Error: kInvalidArgument when the name is taken. Names serve people and FindKeyspace.
  Result<KeyspaceId> CreateKeyspace(std::string_view name);
  Result<void> DropKeyspace(KeyspaceId keyspace);

  // Runs hook on the writer thread once this transaction is committed, in the order of the
  // transactions and before any answer is posted; never, if it is not committed.
  void AfterCommit(base::UniqueFunction<void()> hook);

 private:
  friend class Writer;
  explicit Transaction(Keyspaces& keyspaces) : View(keyspaces) {}
  Result<void> Remember(Result<void> outcome);

  Result<void> failure_;  // the first one
  std::vector<base::UniqueFunction<void()>> after_commit_;
};

}  // namespace gatehouse::store
