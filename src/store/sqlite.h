// The SQLite C API, wrapped thinly: a connection, a prepared statement, errors as sentences. Only
// the store room includes this. A Connection and its Statements serve one thread at a time
// (SQLite's multi-thread mode): they may move between threads, never be used by two at once.
// Source: https://www.sqlite.org/c3ref/intro.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gatehouse::store {

class Connection;

// A prepared statement. Invariant: between two uses it is reset, so it holds no snapshot and no
// pointer to bytes of the caller.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  explicit operator bool() const { return statement_ != nullptr; }

  // Parameters count from 1. The bytes are not copied: they must live until Reset.
  void BindBlob(int parameter, std::string_view bytes);
  void BindText(int parameter, std::string_view text);
  void BindInt(int parameter, std::int64_t number);

  // True: there is a row, whose columns may be read until the next Step or Reset. False: done.
  Result<bool> Step();
  void Reset();

  // Columns count from 0. The bytes belong to SQLite.
  std::string_view ColumnBytes(int column);
  std::int64_t ColumnInt(int column);

 private:
  friend class Connection;
  Statement(Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}

  Connection* connection_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

// Resets a statement when the block ends, however it ends.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;
  ~ResetAtEnd() { statement_.Reset(); }

 private:
  Statement& statement_;
};

class Connection {
 public:
  // Opens (and creates) a database file, or ":memory:". Nothing is read from the file yet.
  static Result<std::unique_ptr<Connection>> Open(const std::string& file);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();  // every Statement must be gone

  // Errors: kNotFound when the statement names a table that does not exist, else kIo.
  Result<Statement> Prepare(const std::string& sql);
  Result<void> Execute(const std::string& sql);  // one or several statements without results
  // The first column of the first row; 0 when there is none.
  Result<std::int64_t> QueryInt(const std::string& sql);
  Result<std::string> QueryText(const std::string& sql);

  bool in_transaction() const;
  std::int64_t last_insert_id() const;
  bool read_only() const;
  const std::string& file() const { return file_; }

  // What went wrong in the last call, as a sentence that names the file.
  Error LastError() const;

 private:
  Connection(std::string file, sqlite3* database) : file_(std::move(file)), database_(database) {}

  const std::string file_;
  sqlite3* database_;
};

}  // namespace gatehouse::store
