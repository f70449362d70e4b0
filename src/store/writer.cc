#include "store/writer.h"

#include <utility>

#include "base/check.h"

namespace gatehouse::store {
namespace {

// These name no table, so that preparing them cannot fail but for want of memory.
Statement MustPrepare(Connection& connection, const char* sql) {
  Result<Statement> statement = connection.Prepare(sql);
  CHECK(statement);
  return *std::move(statement);
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Health& health)
    : connection_(std::move(connection)),
      health_(health),
      keyspaces_(*connection_),
      begin_(MustPrepare(*connection_, "BEGIN IMMEDIATE")),
      commit_(MustPrepare(*connection_, "COMMIT")),
      savepoint_(MustPrepare(*connection_, "SAVEPOINT request")),
      release_(MustPrepare(*connection_, "RELEASE request")),
      rollback_to_(MustPrepare(*connection_, "ROLLBACK TO request")) {}

Result<void> Writer::RunStatement(Statement& statement) {
  ResetAtEnd reset(statement);
  if (Result<bool> stepped = statement.Step(); !stepped) return Noted(stepped.error());
  return {};
}

// SQLite's own errors are for the log; who asked is told no more than that there was one.
Result<void> Writer::Noted(Result<void> outcome) {
  if (outcome || outcome.error().code != ErrorCode::kIo) return outcome;
  health_.Note({outcome.error(), std::nullopt});
  return StoreTrouble();
}

void Writer::RunBatch(std::vector<WriteRequest> batch) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(batch.size());
  Result<void> fate = RunStatement(begin_);
  for (WriteRequest& request : batch) {
    if (fate) {
      outcomes.push_back(RunOne(std::move(request)));
      // SQLite has rolled back everything: the others need not try.
      if (!connection_->in_transaction()) fate = outcomes.back().result;
    } else {
      outcomes.push_back({std::move(request.reply), {}, {}});
    }
  }
  if (fate) fate = RunStatement(commit_);
  if (connection_->in_transaction()) (void)connection_->Execute("ROLLBACK");

  std::uint64_t committed = 0;
  for (Outcome& outcome : outcomes) {
    if (!fate) {
      outcome.result = fate;
    } else if (outcome.result) {
      ++committed;
      for (auto& hook : outcome.after_commit) hook();
    }
  }
  transactions_.fetch_add(committed, std::memory_order_relaxed);
  if (fate) commits_.fetch_add(1, std::memory_order_relaxed);
  Answer(std::move(outcomes));
}

Writer::Outcome Writer::RunOne(WriteRequest request) {
  Outcome outcome{std::move(request.reply), RunStatement(savepoint_), {}};
  if (!outcome.result) return outcome;
  Transaction transaction(keyspaces_);
  outcome.result = request.work(transaction);
  if (std::optional<Failure> failure = keyspaces_.TakeFailure()) {
    health_.Note(*std::move(failure));
  }
  if (outcome.result) outcome.result = transaction.failure_;
  if (!connection_->in_transaction()) {
    if (outcome.result) {
      outcome.result =
          Noted(Error{ErrorCode::kIo, connection_->file() + " rolled back a transaction"});
    }
    return outcome;
  }
  Result<void> ended = outcome.result ? Result<void>() : RunStatement(rollback_to_);
  if (ended) ended = RunStatement(release_);
  if (!ended) {  // what is half undone must not be committed
    (void)connection_->Execute("ROLLBACK");
    outcome.result = ended;
    return outcome;
  }
  outcome.after_commit = std::move(transaction.after_commit_);
  return outcome;
}

// One post per executor and batch: a loop is woken once, not once an answer.
void Writer::Answer(std::vector<Outcome> outcomes) {
  struct Group {
    base::Executor* executor;
    std::vector<Outcome> outcomes;
  };
  std::vector<Group> groups;
  for (Outcome& outcome : outcomes) {
    Group* group = nullptr;
    for (Group& candidate : groups) {
      if (candidate.executor == outcome.reply.to) group = &candidate;
    }
    if (!group) group = &groups.emplace_back(Group{outcome.reply.to, {}});
    group->outcomes.push_back(std::move(outcome));
  }
  for (Group& group : groups) {
    group.executor->Post([answers = std::move(group.outcomes)]() mutable {
      for (Outcome& answer : answers) answer.reply.done(std::move(answer.result));
    });
  }
}

void Writer::Checkpoint() { (void)connection_->Execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

}  // namespace gatehouse::store
