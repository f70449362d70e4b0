#include "store/reader_pool.h"

#include <utility>

namespace gatehouse::store {
namespace {

// A reader that met an I/O error or damage is closed, so that the next one starts afresh.
bool Reusable(const Result<void>& outcome) {
  return outcome || outcome.error().code != ErrorCode::kIo;
}

}  // namespace

Result<std::unique_ptr<ReaderPool::Reader>> ReaderPool::Open() const {
  Result<std::unique_ptr<Connection>> connection = Connection::Open(file_);
  if (!connection) return connection.error();
  Result<void> configured = (*connection)
                                ->Execute(
                                    "PRAGMA query_only=ON;PRAGMA mmap_size=0;"
                                    "PRAGMA cache_size=-512;PRAGMA temp_store=MEMORY;"
                                    "PRAGMA cell_size_check=ON");
  if (!configured) return configured.error();
  return std::make_unique<Reader>(*std::move(connection));
}

Result<std::unique_ptr<ReaderPool::Reader>> ReaderPool::Borrow() {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return Error{ErrorCode::kUnavailable, "the store is closed"};
    ++lent_;
    if (!idle_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  Result<std::unique_ptr<Reader>> reader = Open();
  if (reader) return reader;
  Return(nullptr, false);
  health_.Note({reader.error(), std::nullopt});
  return StoreTrouble();
}

void ReaderPool::Return(std::unique_ptr<Reader> reader, bool reusable) {
  if (!reusable) reader.reset();
  std::lock_guard lock(mutex_);
  if (reader) idle_.push_back(std::move(reader));
  --lent_;
  if (closed_) returned_.notify_all();
}

Result<std::optional<std::string>> ReaderPool::Get(KeyspaceId keyspace, std::string_view key) {
  Result<std::unique_ptr<Reader>> reader = Borrow();
  if (!reader) return reader.error();
  Result<std::optional<std::string>> value = (*reader)->keyspaces.Get(keyspace, key);
  if (auto failure = (*reader)->keyspaces.TakeFailure()) health_.Note(*std::move(failure));
  Return(*std::move(reader), value || value.error().code != ErrorCode::kIo);
  return value;
}

Result<void> ReaderPool::Run(base::UniqueFunction<Result<void>(Keyspaces&)> work) {
  Result<std::unique_ptr<Reader>> reader = Borrow();
  if (!reader) return reader.error();
  Result<void> outcome = (*reader)->connection->Execute("BEGIN");
  if (outcome) {
    outcome = work((*reader)->keyspaces);
    (void)(*reader)->connection->Execute("COMMIT");
    if (auto failure = (*reader)->keyspaces.TakeFailure()) health_.Note(*std::move(failure));
  } else {
    health_.Note({outcome.error(), std::nullopt});
    outcome = StoreTrouble();
  }
  Return(*std::move(reader), Reusable(outcome));
  return outcome;
}

void ReaderPool::Close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  returned_.wait(lock, [this] { return lent_ == 0; });
  idle_.clear();
}

}  // namespace gatehouse::store
