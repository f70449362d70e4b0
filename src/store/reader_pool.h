// Read connections to the database file, lent to whoever reads now. A loop that reads alone gets
// the same one each time, with its statements prepared and its pages cached; N threads that read at
// once use N. Why a pool and not a reader object per loop: the rooms above then need not know which
// thread they are on, for two uncontended locks (some 40 ns) a read. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "store/health.h"
#include "store/keyspaces.h"
#include "store/sqlite.h"

namespace gatehouse::store {

class ReaderPool {
 public:
  // What SQLite could not do is noted in health, which outlives the pool; readers are answered
  // StoreTrouble().
  ReaderPool(std::string file, Health& health) : file_(std::move(file)), health_(health) {}
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  ~ReaderPool() { Close(); }

  // Reads one key, on the calling thread. Errors as View::Get's; kUnavailable when closed.
  Result<std::optional<std::string>> Get(KeyspaceId keyspace, std::string_view key);

  // Runs work over one snapshot of the store, on the calling thread.
  Result<void> Run(base::UniqueFunction<Result<void>(Keyspaces&)> work);

  // Waits for the readers that are lent out, then closes all connections.
  void Close();

 private:
  struct Reader {
    explicit Reader(std::unique_ptr<Connection> c)
        : connection(std::move(c)), keyspaces(*connection) {}
    const std::unique_ptr<Connection> connection;
    Keyspaces keyspaces;
  };

  Result<std::unique_ptr<Reader>> Borrow();
  void Return(std::unique_ptr<Reader> reader, bool reusable);
  Result<std::unique_ptr<Reader>> Open() const;

  const std::string file_;
  Health& health_;
  std::mutex mutex_;  // guards all below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> idle_;  // the last returned is lent first
  std::size_t lent_ = 0;
  bool closed_ = false;
};

}  // namespace gatehouse::store
