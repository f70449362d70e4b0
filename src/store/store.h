// An ordered key-value store over SQLite: bytes to bytes in keyspaces, transactions as closures,
// group commit. What is stored means nothing here. Any thread, unless StoreOptions::threads is
// false: then one thread.
//
// Writes run on one writer thread, which takes what is waiting, commits once for all of it and then
// answers. Scans and other longer reads run on one reader thread, over a snapshot. Get runs on the
// calling thread. ":memory:" has one connection, so there all of it runs on the writer thread.
// Threads start with their first request; an idle store makes no system calls.
//
// What SQLite cannot do (disk full, I/O error, damaged page) is told to StoreOptions::on_health in
// full, and to the caller as StoreTrouble(), which names no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "store/health.h"
#include "store/transaction.h"

namespace gatehouse::store {

// What a power cut may cost. A crash or kill of the process costs nothing that was answered, and no
// mode but kOff can damage the file.
enum class Durability {
  kFull,    // nothing: every commit waits for the disk
  kNormal,  // the last commits
  kOff,     // the last commits, or the file
};

struct StoreOptions {
  // The data directory, created if absent; ":memory:" keeps nothing.
  std::string path = {};
  Durability durability = Durability::kNormal;
  // False, for simulations: work runs inside the call; answers still go through Executor::Post.
  bool threads = true;
  std::size_t queue_max = 16384;          // requests waiting; beyond: kLimitExceeded
  std::size_t commit_requests_max = 256;  // writes per commit
  std::uint64_t file_bytes_max = 0;  // of the database file; beyond: kIo. 0: as the disk allows
  // Told when the store becomes unwell and when it is well again, on any of its threads.
  Health::Observer on_health = {};
};

struct StoreCounters {
  std::uint64_t transactions = 0;  // committed
  std::uint64_t commits = 0;       // of SQLite; fewer, as they come in groups
};

class Store {
 public:
  // Blocks for some file operations. Errors: kUnavailable (another process uses the directory; the
  // message names both), kUnsupported (written by a newer gatehouse), kInvalidArgument (not a
  // store's file), kIo (cannot be created, read or written; damaged).
  static Result<std::unique_ptr<Store>> Open(StoreOptions options);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();  // closes

  // Finishes what is queued, posts every answer, ends the threads, brings the log into the database
  // file. Blocks. Not from a closure. Later calls are answered kUnavailable.
  void Close();

  // Runs work in a transaction on the writer thread and, once that is committed, done on reply_to's
  // thread. Answers of one executor come in the order of the writes.
  //   work      must not block or use the store but through the transaction; destroyed on the
  //   writer
  //             thread; what it returns reaches done only if the commit succeeds
  //   reply_to  must live until the answer is posted (Close waits for that)
  // Errors beside those of work: kLimitExceeded (the queue is full), kUnavailable (closed), kIo
  // (the commit failed: nothing was applied).
  template <class T>
  void Write(base::UniqueFunction<Result<T>(Transaction&)> work, base::Executor& reply_to,
             base::UniqueFunction<void(Result<T>)> done) {
    Split<T, Transaction>(std::move(work), std::move(done), [&](auto inner, auto answer) {
      SubmitWrite(std::move(inner), reply_to, std::move(answer));
    });
  }

  // Likewise for work that only reads, over one snapshot, on the reader thread. Keep it short:
  // bound its scans (a page of 1 MB), for others wait behind it.
  template <class T>
  void Read(base::UniqueFunction<Result<T>(View&)> work, base::Executor& reply_to,
            base::UniqueFunction<void(Result<T>)> done) {
    Split<T, View>(std::move(work), std::move(done), [&](auto inner, auto answer) {
      SubmitRead(std::move(inner), reply_to, std::move(answer));
    });
  }

  // Read for work that is bounded to some tens of rows: on the calling thread, with done inside the
  // call; in ":memory:" or without threads as Read.
  template <class T>
  void ReadNow(base::UniqueFunction<Result<T>(View&)> work, base::Executor& reply_to,
               base::UniqueFunction<void(Result<T>)> done) {
    Split<T, View>(std::move(work), std::move(done), [&](auto inner, auto answer) {
      SubmitReadNow(std::move(inner), reply_to, std::move(answer));
    });
  }

  // Reads one key. done runs inside the call, on the calling thread, except in ":memory:" or
  // without threads, where it is posted to reply_to. It sees every write that was answered before.
  void Get(KeyspaceId keyspace, std::string_view key, base::Executor& reply_to,
           base::UniqueFunction<void(Result<std::optional<std::string>>)> done);

  // Write that blocks until its transaction is committed. For start-up; never on a loop's thread.
  Result<void> WriteAndWait(base::UniqueFunction<Result<void>(Transaction&)> work);

  // Tries again what failed, and a write, while the store is unwell; done hears whether it is well.
  // Nothing else makes it well again: somebody must ask, now and then.
  void Probe(base::Executor& reply_to, base::UniqueFunction<void(bool well)> done);

  StoreCounters counters() const;

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);

  void SubmitWrite(base::UniqueFunction<Result<void>(Transaction&)> work, base::Executor& reply_to,
                   base::UniqueFunction<void(Result<void>)> done);
  void SubmitRead(base::UniqueFunction<Result<void>(View&)> work, base::Executor& reply_to,
                  base::UniqueFunction<void(Result<void>)> done);
  void SubmitReadNow(base::UniqueFunction<Result<void>(View&)> work, base::Executor& reply_to,
                     base::UniqueFunction<void(Result<void>)> done);

  // Turns work that returns a T into work that returns success, and an answer that finds the T.
  template <class T, class Access, class Submit>
  static void Split(base::UniqueFunction<Result<T>(Access&)> work,
                    base::UniqueFunction<void(Result<T>)> done, Submit submit) {
    if constexpr (std::is_void_v<T>) {
      submit(std::move(work), std::move(done));
    } else {
      auto value = std::make_shared<std::optional<T>>();
      submit(
          [work = std::move(work), value](Access& access) mutable -> Result<void> {
            Result<T> result = work(access);
            if (!result) return std::move(result).error();
            value->emplace(*std::move(result));
            return {};
          },
          [done = std::move(done), value](Result<void> outcome) mutable {
            if (outcome) {
              done(Result<T>(std::move(**value)));
            } else {
              done(Result<T>(std::move(outcome).error()));
            }
          });
    }
  }

  const std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::store
