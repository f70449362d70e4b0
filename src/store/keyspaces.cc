#include "store/keyspaces.h"

#include <utility>

#include "base/check.h"

namespace gatehouse::store {
namespace {

// Beyond, all statements are dropped and prepared anew as they are needed (some 10 µs each).
constexpr std::size_t kKeyspacesPreparedMax = 256;

std::string TableName(KeyspaceId id) { return "k" + std::to_string(static_cast<std::int64_t>(id)); }

Error NoKeyspace(KeyspaceId id) {
  return {ErrorCode::kNotFound,
          "the store has no keyspace " + std::to_string(static_cast<std::int64_t>(id))};
}

ScanRange At(std::string_view key) {
  ScanRange range;
  range.start = key;
  range.rows_max = 1;
  return range;
}

Result<void> CreateFormat(Connection& connection) {
  return connection.Execute(
      "BEGIN IMMEDIATE;"
      "CREATE TABLE catalogue(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
      "PRAGMA application_id = " +
      std::to_string(kApplicationId) + ";PRAGMA user_version = " + std::to_string(kFormatVersion) +
      ";COMMIT;");
}

}  // namespace

Result<void> PrepareFormat(Connection& connection) {
  auto objects = connection.QueryInt("SELECT count(*) FROM sqlite_master");
  if (!objects) return objects.error();
  auto application = connection.QueryInt("PRAGMA application_id");
  if (!application) return application.error();
  auto version = connection.QueryInt("PRAGMA user_version");
  if (!version) return version.error();
  if (*objects == 0 && *application == 0) return CreateFormat(connection);
  if (*application != kApplicationId) {
    return Error{ErrorCode::kInvalidArgument,
                 connection.file() + " is a database, but not gatehouse's"};
  }
  if (*version > kFormatVersion) {
    return Error{ErrorCode::kUnsupported,
                 connection.file() + " was written by a newer gatehouse: its store format is " +
                     std::to_string(*version) + ", this one reads up to " +
                     std::to_string(kFormatVersion)};
  }
  return {};
}

Result<Statement*> Keyspaces::Prepared(KeyspaceId id, Verb verb) {
  if (statements_.size() >= kKeyspacesPreparedMax && !statements_.contains(id)) {
    statements_.clear();
  }
  Statement& statement = statements_[id][verb];
  if (statement) return &statement;
  static constexpr std::array<std::array<std::string_view, 2>, kVerbs> kSql = {{
      {"SELECT v FROM ", " WHERE k = ?1"},
      {"INSERT OR REPLACE INTO ", "(k, v) VALUES(?1, ?2)"},
      {"DELETE FROM ", " WHERE k = ?1"},
      {"SELECT k, v FROM ", " WHERE k >= ?1 ORDER BY k"},
      {"SELECT k, v FROM ", " WHERE k > ?1 ORDER BY k"},
      {"SELECT k, v FROM ", " WHERE k < ?1 ORDER BY k DESC"},
      {"SELECT k, v FROM ", " ORDER BY k DESC"},
  }};
  std::string sql = std::string(kSql[verb][0]) + TableName(id) + std::string(kSql[verb][1]);
  Result<Statement> prepared = connection_.Prepare(sql);
  if (!prepared) return Failed(prepared.error(), id, At({}));
  statement = *std::move(prepared);
  return &statement;
}

Result<void> Keyspaces::Run(KeyspaceId id, std::string_view key, Statement& statement) {
  Result<bool> row = statement.Step();
  return row ? Result<void>() : Failed(row.error(), id, At(key));
}

// A statement prepared before its keyspace was dropped fails only when it is run.
Error Keyspaces::Failed(Error error, KeyspaceId id, ScanRange range) {
  if (error.code == ErrorCode::kNotFound) return NoKeyspace(id);
  if (!failure_) failure_ = Failure{std::move(error), Place{id, std::move(range)}};
  return StoreTrouble();
}

Error Keyspaces::Failed(Error error) {
  if (!failure_) failure_ = Failure{std::move(error), std::nullopt};
  return StoreTrouble();
}

Result<std::optional<std::string>> Keyspaces::Get(KeyspaceId id, std::string_view key) {
  Result<Statement*> statement = Prepared(id, kGet);
  if (!statement) return statement.error();
  ResetAtEnd reset(**statement);
  (*statement)->BindBlob(1, key);
  Result<bool> row = (*statement)->Step();
  if (!row) return Failed(row.error(), id, At(key));
  if (!*row) return std::optional<std::string>();
  return std::optional<std::string>((*statement)->ColumnBytes(0));
}

Result<ScanEnd> Keyspaces::Scan(KeyspaceId id, const ScanRange& range, View::Visitor& visit) {
  CHECK(!scanning_);  // a visitor used its view: the cached statement would be reset under us
  if (range.backward) return ScanBackward(id, range, visit);
  Result<Statement*> statement = Prepared(id, range.start_exclusive ? kScanAfter : kScanFrom);
  if (!statement) return statement.error();
  ResetAtEnd reset(**statement);
  (*statement)->BindBlob(1, range.start);
  return Visit(id, range, **statement, visit);
}

Result<ScanEnd> Keyspaces::ScanBackward(KeyspaceId id, const ScanRange& range,
                                        View::Visitor& visit) {
  Result<Statement*> statement = Prepared(id, range.end.empty() ? kScanLast : kScanBefore);
  if (!statement) return statement.error();
  ResetAtEnd reset(**statement);
  if (!range.end.empty()) (*statement)->BindBlob(1, range.end);
  return Visit(id, range, **statement, visit);
}

namespace {

// Whether a row lies beyond the bound that the scan moves towards.
bool IsBeyond(const ScanRange& range, std::string_view key) {
  if (!range.backward) return !range.end.empty() && key >= range.end;
  return key < range.start || (range.start_exclusive && key == range.start);
}

}  // namespace

Result<ScanEnd> Keyspaces::Visit(KeyspaceId id, const ScanRange& range, Statement& statement,
                                 View::Visitor& visit) {
  std::size_t rows = 0;
  std::size_t bytes = 0;
  while (rows < range.rows_max && bytes < range.bytes_max) {
    Result<bool> row = statement.Step();
    if (!row) return Failed(row.error(), id, range);
    if (!*row) return ScanEnd::kRange;
    std::string_view key = statement.ColumnBytes(0);
    if (IsBeyond(range, key)) return ScanEnd::kRange;
    std::string_view value = statement.ColumnBytes(1);
    ++rows;
    bytes += key.size() + value.size();
    scanning_ = true;
    bool on = visit(key, value);
    scanning_ = false;
    if (!on) return ScanEnd::kStopped;
  }
  return ScanEnd::kLimit;
}

Result<void> Keyspaces::Put(KeyspaceId id, std::string_view key, std::string_view value) {
  CHECK(!scanning_);
  Result<Statement*> statement = Prepared(id, kPut);
  if (!statement) return statement.error();
  ResetAtEnd reset(**statement);
  (*statement)->BindBlob(1, key);
  (*statement)->BindBlob(2, value);
  return Run(id, key, **statement);
}

Result<void> Keyspaces::Delete(KeyspaceId id, std::string_view key) {
  CHECK(!scanning_);
  Result<Statement*> statement = Prepared(id, kDelete);
  if (!statement) return statement.error();
  ResetAtEnd reset(**statement);
  (*statement)->BindBlob(1, key);
  return Run(id, key, **statement);
}

Result<std::optional<KeyspaceId>> Keyspaces::Find(std::string_view name) {
  Result<Statement> statement = connection_.Prepare("SELECT id FROM catalogue WHERE name = ?1");
  if (!statement) return Failed(statement.error());
  statement->BindText(1, name);
  Result<bool> row = statement->Step();
  if (!row) return Failed(row.error());
  if (!*row) return std::optional<KeyspaceId>();
  return std::optional<KeyspaceId>(KeyspaceId{statement->ColumnInt(0)});
}

Result<KeyspaceId> Keyspaces::Create(std::string_view name) {
  CHECK(!scanning_);
  Result<std::optional<KeyspaceId>> existing = Find(name);
  if (!existing) return existing.error();
  if (*existing) {
    return Error{ErrorCode::kInvalidArgument, "there is a keyspace " + std::string(name)};
  }
  Result<Statement> insert = connection_.Prepare("INSERT INTO catalogue(name) VALUES(?1)");
  if (!insert) return Failed(insert.error());
  insert->BindText(1, name);
  if (Result<bool> inserted = insert->Step(); !inserted) return Failed(inserted.error());
  KeyspaceId id{connection_.last_insert_id()};
  Result<void> created = connection_.Execute("CREATE TABLE " + TableName(id) +
                                             "(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID");
  if (!created) return Failed(created.error());
  return id;
}

Result<void> Keyspaces::Drop(KeyspaceId id) {
  CHECK(!scanning_);
  statements_.erase(id);
  Result<void> dropped = connection_.Execute("DROP TABLE " + TableName(id));
  if (!dropped) return Failed(dropped.error(), id, At({}));
  Result<void> forgotten = connection_.Execute("DELETE FROM catalogue WHERE id = " +
                                               std::to_string(static_cast<std::int64_t>(id)));
  return forgotten ? forgotten : Failed(forgotten.error());
}

}  // namespace gatehouse::store
