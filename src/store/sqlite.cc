#include "store/sqlite.h"

#include <utility>

#include <sqlite3.h>

#include "base/check.h"

namespace gatehouse::store {

Statement::Statement(Statement&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::BindBlob(int parameter, std::string_view bytes) {
  // A null pointer would bind NULL instead of an empty blob.
  const char* data = bytes.data() ? bytes.data() : "";
  int code = sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_STATIC);
  CHECK(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
}

void Statement::BindText(int parameter, std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  int code =
      sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  CHECK(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
}

void Statement::BindInt(int parameter, std::int64_t number) {
  CHECK(sqlite3_bind_int64(statement_, parameter, number) == SQLITE_OK);
}

Result<bool> Statement::Step() {
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->LastError();
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::string_view Statement::ColumnBytes(int column) {
  const void* bytes = sqlite3_column_blob(statement_, column);
  int size = sqlite3_column_bytes(statement_, column);
  return bytes ? std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
               : std::string_view();
}

std::int64_t Statement::ColumnInt(int column) { return sqlite3_column_int64(statement_, column); }

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& file) {
  CHECK(sqlite3_threadsafe() != 0);
  sqlite3* database = nullptr;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  if (database == nullptr) return Error{ErrorCode::kIo, file + ": out of memory"};
  std::unique_ptr<Connection> connection(new Connection(file, database));
  if (code != SQLITE_OK) return connection->LastError();
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, 5000);
  return connection;
}

Connection::~Connection() { CHECK(sqlite3_close(database_) == SQLITE_OK); }

Result<Statement> Connection::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return LastError();
  return Statement(*this, statement);
}

Result<void> Connection::Execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return {};
}

Result<std::int64_t> Connection::QueryInt(const std::string& sql) {
  Result<Statement> statement = Prepare(sql);
  if (!statement) return statement.error();
  Result<bool> row = statement->Step();
  if (!row) return row.error();
  return *row ? statement->ColumnInt(0) : 0;
}

Result<std::string> Connection::QueryText(const std::string& sql) {
  Result<Statement> statement = Prepare(sql);
  if (!statement) return statement.error();
  Result<bool> row = statement->Step();
  if (!row) return row.error();
  return *row ? std::string(statement->ColumnBytes(0)) : std::string();
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

std::int64_t Connection::last_insert_id() const { return sqlite3_last_insert_rowid(database_); }

bool Connection::read_only() const { return sqlite3_db_readonly(database_, "main") == 1; }

Error Connection::LastError() const {
  int code = sqlite3_extended_errcode(database_);
  std::string words = sqlite3_errmsg(database_);
  if (words.starts_with("no such table")) return {ErrorCode::kNotFound, file_ + ": " + words};
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::kIo, file_ + " cannot grow: the disk is full or its size limit reached"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kIo, file_ + " is damaged (" + words + "); restore a copy or remove it"};
    case SQLITE_READONLY:
      return {ErrorCode::kIo, file_ + " cannot be written (" + words + ")"};
    case SQLITE_BUSY:
      return {ErrorCode::kIo, file_ + " is locked by another program"};
    default:
      return {ErrorCode::kIo, file_ + ": " + words + " (SQLite code " + std::to_string(code) + ")"};
  }
}

}  // namespace gatehouse::store
