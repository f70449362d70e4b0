// Which connections would need a $disconnect if gatehouse were killed now: a row of the store for
// each, written before its $connect runs and removed after its $disconnect has. What a start finds
// there was left by a run that ended otherwise. The rows' format: docs/connection-journal.md.
//
// One object per loop, that loop's thread only. One write of it is under way at a time; what comes
// meanwhile goes with the next. So it waits for the store no longer than two commits, and what
// waits is bounded by connections: each comes and goes once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/connection.h"
#include "api/stage/departure.h"
#include "base/function.h"
#include "base/log.h"
#include "net/loop/loop.h"
#include "store/store.h"

namespace gatehouse::api {

struct JournalEntry {
  std::string api_id;
  std::string stage;
  Departure departure;  // code 1006
};

// A row's value. Errors of reading: kUnsupported (of a newer gatehouse), kInvalidArgument.
std::string EncodeJournalEntry(const Connection& connection, const Stage& stage);
Result<JournalEntry> DecodeJournalEntry(std::string_view id, std::string_view text);

class ConnectionJournal {
 public:
  struct Opened {
    store::KeyspaceId keyspace{};
    std::vector<JournalEntry> left_over;
    std::size_t damaged = 0;  // rows that could not be read, and were removed
  };
  // Blocks; for start-up, before connections come. Errors: those of the store; kUnsupported.
  static Result<Opened> Open(store::Store& store);

  ConnectionJournal(store::Store& store, store::KeyspaceId keyspace, net::Loop& loop,
                    base::Log& log);
  ~ConnectionJournal();  // what was not written is not

  using Done = base::UniqueFunction<void(Result<void>)>;
  // done comes in a later turn, once the row is there for good. Errors: those of the store.
  void Add(const std::string& id, std::string text, Done done);
  // Tried again each second if the store cannot.
  void Remove(const std::string& id);
  // Hands all that waits to the store, which is about to be closed.
  void Flush();

 private:
  struct Change {
    std::string id;
    std::optional<std::string> text;  // nothing: the row goes
  };
  void WriteSoon();
  void Write();
  void OnWritten(const std::vector<Change>& changes, std::vector<Done> dones,
                 const Result<void>& written);

  store::Store& store_;
  const store::KeyspaceId keyspace_;
  net::Loop& loop_;
  base::Log& log_;
  std::vector<Change> waiting_;
  std::vector<Done> dones_;  // of the rows to be added among them, in order
  bool is_writing_ = false;
  std::optional<net::Loop::TimerId> retry_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gatehouse::api
