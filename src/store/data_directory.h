// The folder a store lives in, held by one process at a time. Plain owner of a file descriptor;
// thread-compatible.
#pragma once

#include <memory>
#include <string>

#include "gatehouse/result.h"

namespace gatehouse::store {

class DataDirectory {
 public:
  // Creates the folder if absent and takes its lock (flock on store.lock, which dies with the
  // process and so needs no clean-up; the file holds the process id for the other's message).
  // Errors: kUnavailable (another process, or another store of this one, has it), kIo.
  static Result<std::unique_ptr<DataDirectory>> Lock(const std::string& path);
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;
  ~DataDirectory();  // unlocks

  // The database file; exists, readable and writable by its owner only.
  const std::string& database_file() const { return database_file_; }

 private:
  DataDirectory(std::string database_file, int lock)
      : database_file_(std::move(database_file)), lock_(lock) {}

  const std::string database_file_;
  const int lock_;
};

}  // namespace gatehouse::store
