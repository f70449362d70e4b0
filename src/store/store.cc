#include "store/store.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "store/batch_worker.h"
#include "store/data_directory.h"
#include "store/keyspaces.h"
#include "store/reader_pool.h"
#include "store/sqlite.h"
#include "store/writer.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kMemory = ":memory:";
constexpr std::string_view kProbeKeyspace = "store/probe";
constexpr std::size_t kProbeBytes = 64 * 1024;  // room for some ordinary writes

std::string SynchronousPragma(Durability durability) {
  switch (durability) {
    case Durability::kFull:
      return "PRAGMA synchronous=FULL;";
    case Durability::kNormal:
      return "PRAGMA synchronous=NORMAL;";
    case Durability::kOff:
      return "PRAGMA synchronous=OFF;";
  }
  CHECK(false);
}

// Small caches: the operating system's page cache holds the file anyway. mmap_size 0, for an I/O
// error in mapped memory is a SIGBUS. The log is cut back to 4 MB when a checkpoint empties it.
Result<void> Configure(Connection& connection, const StoreOptions& options) {
  auto configured = connection.Execute(
      "PRAGMA mmap_size=0;PRAGMA cache_size=-2048;PRAGMA temp_store=MEMORY;"
      "PRAGMA cell_size_check=ON;PRAGMA wal_autocheckpoint=1000;"
      "PRAGMA journal_size_limit=4194304;" +
      SynchronousPragma(options.durability));
  if (!configured || options.file_bytes_max == 0) return configured;
  auto page_bytes = connection.QueryInt("PRAGMA page_size");
  if (!page_bytes) return page_bytes.error();
  std::uint64_t pages = options.file_bytes_max / static_cast<std::uint64_t>(*page_bytes);
  return connection.Execute("PRAGMA max_page_count=" + std::to_string(pages));
}

Result<void> SwitchToLog(Connection& connection) {
  auto mode = connection.QueryText("PRAGMA journal_mode=WAL");
  if (!mode) return mode.error();
  if (*mode == "wal") return {};
  return Error{ErrorCode::kIo,
               connection.file() + " cannot have a write-ahead log here (mode " + *mode + ")"};
}

Result<std::unique_ptr<Connection>> OpenForWriting(const std::string& file,
                                                   const StoreOptions& options) {
  Result<std::unique_ptr<Connection>> connection = Connection::Open(file);
  if (!connection) return connection;
  if ((*connection)->read_only()) {
    return Error{ErrorCode::kIo, file + " cannot be written (read-only)"};
  }
  // The format first: a newer file is not touched.
  if (auto prepared = PrepareFormat(**connection); !prepared) return prepared.error();
  if (auto configured = Configure(**connection, options); !configured) return configured.error();
  if (file != kMemory) {
    if (auto switched = SwitchToLog(**connection); !switched) return switched.error();
  }
  return connection;
}

// Runs what is posted at once, on the thread that posts.
class InlineExecutor final : public base::Executor {
 public:
  void Post(base::UniqueFunction<void()> task) override { task(); }
};

}  // namespace

// Members are destroyed in the reverse order: threads end before what they use.
struct Store::Parts {
  explicit Parts(StoreOptions o) : options(std::move(o)), health(options.on_health) {}

  const StoreOptions options;
  Health health;
  std::unique_ptr<DataDirectory> directory;  // none for ":memory:"
  std::unique_ptr<Writer> writer;
  std::unique_ptr<ReaderPool> readers;  // none for ":memory:"
  std::mutex close_mutex;               // one Close at a time
  bool closed = false;                  // guarded by it; without threads also read plainly
  std::unique_ptr<BatchWorker<WriteRequest>> write_worker;  // none without threads
  std::unique_ptr<BatchWorker<ReadRequest>> read_worker;    // none without threads or files

  void StartWorkers();
  void RunReads(std::vector<ReadRequest> batch);
};

void Store::Parts::StartWorkers() {
  if (!options.threads) return;
  write_worker = std::make_unique<BatchWorker<WriteRequest>>(
      BatchWorker<WriteRequest>::Options{"store-write", options.queue_max,
                                         options.commit_requests_max},
      [this](std::vector<WriteRequest> batch) { writer->RunBatch(std::move(batch)); });
  if (!readers) return;
  read_worker = std::make_unique<BatchWorker<ReadRequest>>(
      BatchWorker<ReadRequest>::Options{"store-read", options.queue_max, 1},
      [this](std::vector<ReadRequest> batch) { RunReads(std::move(batch)); });
}

void Store::Parts::RunReads(std::vector<ReadRequest> batch) {
  for (ReadRequest& request : batch) {
    Result<void> outcome = readers->Run([&request](Keyspaces& keyspaces) {
      View view(keyspaces);
      return request.work(view);
    });
    request.work = nullptr;  // gone before the answer is there
    request.reply.Post(std::move(outcome));
  }
}

Result<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
  std::unique_ptr<Parts> parts(new Parts(std::move(options)));
  std::string file(kMemory);
  if (parts->options.path != kMemory) {
    auto directory = DataDirectory::Lock(parts->options.path);
    if (!directory) return directory.error();
    parts->directory = *std::move(directory);
    file = parts->directory->database_file();
    parts->readers = std::make_unique<ReaderPool>(file, parts->health);
  }
  auto connection = OpenForWriting(file, parts->options);
  if (!connection) return connection.error();
  parts->writer = std::make_unique<Writer>(*std::move(connection), parts->health);
  parts->StartWorkers();
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Store::~Store() { Close(); }

// Readers close before the log is emptied, for an open snapshot would keep it.
void Store::Close() {
  std::lock_guard lock(parts_->close_mutex);
  if (parts_->closed) return;
  parts_->closed = true;
  if (parts_->read_worker) parts_->read_worker->Close();
  if (parts_->write_worker) parts_->write_worker->Close();
  if (parts_->readers) parts_->readers->Close();
  if (parts_->directory) parts_->writer->Checkpoint();
}

StoreCounters Store::counters() const {
  return {parts_->writer->transactions(), parts_->writer->commits()};
}

namespace {

template <class Worker, class Request>
void PushOrRefuse(Worker& worker, Request request) {
  using Pushed = typename Worker::Pushed;
  switch (worker.Push(request)) {
    case Pushed::kYes:
      return;
    case Pushed::kFull:
      return request.reply.Post(Error{ErrorCode::kLimitExceeded, "the store's queue is full"});
    case Pushed::kClosed:
      return request.reply.Post(Error{ErrorCode::kUnavailable, "the store is closed"});
    case Pushed::kNoThread:
      return request.reply.Post(Error{ErrorCode::kUnavailable, "the store cannot start a thread"});
  }
}

}  // namespace

void Store::SubmitWrite(base::UniqueFunction<Result<void>(Transaction&)> work,
                        base::Executor& reply_to, base::UniqueFunction<void(Result<void>)> done) {
  WriteRequest request{std::move(work), {&reply_to, std::move(done)}};
  if (parts_->write_worker) return PushOrRefuse(*parts_->write_worker, std::move(request));
  if (parts_->closed) {
    return request.reply.Post(Error{ErrorCode::kUnavailable, "the store is closed"});
  }
  std::vector<WriteRequest> batch;
  batch.push_back(std::move(request));
  parts_->writer->RunBatch(std::move(batch));
}

void Store::SubmitRead(base::UniqueFunction<Result<void>(View&)> work, base::Executor& reply_to,
                       base::UniqueFunction<void(Result<void>)> done) {
  if (!parts_->readers) {  // a transaction is a view, too
    return SubmitWrite(
        [work = std::move(work)](Transaction& transaction) mutable { return work(transaction); },
        reply_to, std::move(done));
  }
  ReadRequest request{std::move(work), {&reply_to, std::move(done)}};
  if (parts_->read_worker) return PushOrRefuse(*parts_->read_worker, std::move(request));
  std::vector<ReadRequest> batch;
  batch.push_back(std::move(request));
  parts_->RunReads(std::move(batch));
}

void Store::SubmitReadNow(base::UniqueFunction<Result<void>(View&)> work, base::Executor& reply_to,
                          base::UniqueFunction<void(Result<void>)> done) {
  if (!parts_->read_worker) return SubmitRead(std::move(work), reply_to, std::move(done));
  done(parts_->readers->Run([&work](Keyspaces& keyspaces) {
    View view(keyspaces);
    return work(view);
  }));
}

void Store::Get(KeyspaceId keyspace, std::string_view key, base::Executor& reply_to,
                base::UniqueFunction<void(Result<std::optional<std::string>>)> done) {
  if (parts_->read_worker) return done(parts_->readers->Get(keyspace, key));
  Read<std::optional<std::string>>(
      [keyspace, own_key = std::string(key)](View& view) { return view.Get(keyspace, own_key); },
      reply_to, std::move(done));
}

namespace {

Result<void> ReadAgain(View& view, const std::vector<Place>& places) {
  for (const Place& place : places) {
    Result<ScanEnd> scanned =
        view.Scan(place.keyspace, place.range, [](auto, auto) { return true; });
    if (!scanned && scanned.error().code != ErrorCode::kNotFound) return scanned.error();
  }
  return {};
}

Result<KeyspaceId> ProbeKeyspace(Transaction& transaction) {
  Result<std::optional<KeyspaceId>> found = transaction.FindKeyspace(kProbeKeyspace);
  if (!found) return found.error();
  return *found ? Result<KeyspaceId>(**found) : transaction.CreateKeyspace(kProbeKeyspace);
}

// Pages that are freed in their own transaction are never written: the row stays until the next.
Result<void> WriteSome(Transaction& transaction, std::size_t bytes) {
  Result<KeyspaceId> keyspace = ProbeKeyspace(transaction);
  if (!keyspace) return keyspace.error();
  return transaction.Put(*keyspace, "probe", std::string(bytes, '\0'));
}

}  // namespace

void Store::Probe(base::Executor& reply_to, base::UniqueFunction<void(bool)> done) {
  Health::Attempt attempt = parts_->health.Begin();
  auto write = [this, &reply_to, noted = attempt.noted,
                done = std::move(done)](Result<void> read) mutable {
    if (!read) return done(false);
    auto work = [](Transaction& t) { return WriteSome(t, kProbeBytes); };
    Write<void>(work, reply_to,
                [this, &reply_to, noted, done = std::move(done)](Result<void> wrote) mutable {
                  if (wrote) parts_->health.Recover(noted);
                  auto empty = [](Transaction& t) { return WriteSome(t, 0); };
                  if (wrote) Write<void>(empty, reply_to, [](const Result<void>&) {});
                  done(parts_->health.well());
                });
  };
  auto read = [places = std::move(attempt.places)](View& view) { return ReadAgain(view, places); };
  Read<void>(std::move(read), reply_to, std::move(write));
}

Result<void> Store::WriteAndWait(base::UniqueFunction<Result<void>(Transaction&)> work) {
  InlineExecutor executor;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<void>> outcome;
  SubmitWrite(std::move(work), executor, [&](Result<void> result) {
    std::lock_guard lock(mutex);
    outcome = std::move(result);
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return outcome.has_value(); });
  return *std::move(outcome);
}

}  // namespace gatehouse::store
