// The keyspaces as one connection sees them: SQL, and its statements prepared once per keyspace.
// Thread-compatible, as its connection.
//
// Format 1 of the file, which `PRAGMA user_version` carries:
//   catalogue(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)   one row per keyspace
//   k<id>(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID            its rows
// BLOBs compare as memcmp does, shorter first: exactly the order that View promises.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "gatehouse/result.h"
#include "store/health.h"
#include "store/sqlite.h"
#include "store/transaction.h"

namespace gatehouse::store {

inline constexpr int kFormatVersion = 1;
inline constexpr int kApplicationId = 0x47546853;  // "GThS", in the file's header

// Makes an empty database a store of this format. Errors: kUnsupported (written by a newer
// gatehouse), kInvalidArgument (not a store), kIo (damaged or unreadable).
Result<void> PrepareFormat(Connection& connection);

class Keyspaces {
 public:
  explicit Keyspaces(Connection& connection) : connection_(connection) {}

  Result<std::optional<std::string>> Get(KeyspaceId id, std::string_view key);
  Result<ScanEnd> Scan(KeyspaceId id, const ScanRange& range, View::Visitor& visit);
  Result<void> Put(KeyspaceId id, std::string_view key, std::string_view value);
  Result<void> Delete(KeyspaceId id, std::string_view key);

  Result<std::optional<KeyspaceId>> Find(std::string_view name);
  Result<KeyspaceId> Create(std::string_view name);
  Result<void> Drop(KeyspaceId id);

  // The first thing that SQLite could not do since the last call, if there was one. Callers of the
  // operations above were told StoreTrouble().
  std::optional<Failure> TakeFailure() { return std::exchange(failure_, std::nullopt); }

 private:
  enum Verb { kGet, kPut, kDelete, kScanFrom, kScanAfter, kScanBefore, kScanLast, kVerbs };
  using Statements = std::array<Statement, kVerbs>;

  Result<Statement*> Prepared(KeyspaceId id, Verb verb);
  Result<ScanEnd> ScanBackward(KeyspaceId id, const ScanRange& range, View::Visitor& visit);
  Result<ScanEnd> Visit(KeyspaceId id, const ScanRange& range, Statement& statement,
                        View::Visitor& visit);
  Result<void> Run(KeyspaceId id, std::string_view key, Statement& statement);
  Error Failed(Error error, KeyspaceId id, ScanRange range);
  Error Failed(Error error);  // nowhere in particular

  Connection& connection_;
  std::unordered_map<KeyspaceId, Statements> statements_;  // at most kKeyspacesPreparedMax
  bool scanning_ = false;
  std::optional<Failure> failure_;
};

}  // namespace gatehouse::store
