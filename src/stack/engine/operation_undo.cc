// Going back: rollback of what failed, and of what a killed process left half done.
#include <algorithm>
#include <utility>

#include "stack/engine/operation.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kStopped = "gatehouse was stopped during the operation. ";

}  // namespace

Task<Result<void>> Operation::RollBackCreate(std::string reason) {
  if (stack_.disable_rollback) {
    journal_.Tell(stack_, "CREATE_FAILED", reason);
    Result<void> ended = co_await journal_.Commit();
    co_return ended;
  }
  journal_.Tell(stack_, "ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.");
  Result<void> begun = co_await journal_.Commit();
  if (!begun) co_return begun;
  failed_.clear();
  Result<void> undone = co_await Undo(true);
  if (!undone) co_return undone;
  journal_.Tell(stack_, failed_.empty() ? "ROLLBACK_COMPLETE" : "ROLLBACK_FAILED",
                failed_.empty() ? "" : FailedList("delete"));
  Result<void> ended = co_await journal_.Commit();
  co_return ended;
}

Task<Result<void>> Operation::RollBackUpdate(std::string reason) {
  journal_.Tell(stack_, "UPDATE_ROLLBACK_IN_PROGRESS", reason);
  Result<void> begun = co_await journal_.Commit();
  if (!begun) co_return begun;
  failed_.clear();
  Result<void> undone = co_await Undo(false);
  if (!undone) co_return undone;
  Result<Outcome> refreshed = co_await Refresh();
  if (!refreshed) co_return refreshed.error();
  if (failed_.empty()) {
    journal_.Tell(stack_, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "");
  }
  journal_.Tell(stack_, failed_.empty() ? "UPDATE_ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_FAILED",
                failed_.empty() ? "" : FailedList("update"));
  Result<void> ended = co_await journal_.Commit();
  co_return ended;
}

// What was touched last goes first.
Task<Result<void>> Operation::Undo(bool of_create) {
  std::vector<std::pair<int, std::string>> touched;
  for (const auto& [logical_id, entry] : stack_.entries) {
    if (entry.touched > 0) touched.emplace_back(-entry.touched, logical_id);
  }
  std::sort(touched.begin(), touched.end());
  for (const auto& [place, logical_id] : touched) {
    Result<Outcome> undone = co_await UndoEntry(logical_id, of_create);
    if (!undone) co_return undone.error();
    Result<void> noted = co_await journal_.Commit();
    if (!noted) co_return noted;
  }
  co_return Result<void>();
}

Task<Result<Operation::Outcome>> Operation::UndoEntry(const std::string& logical_id,
                                                      bool of_create) {
  Entry& entry = stack_.entries[logical_id];
  const bool was_there = entry.before.has_value();
  const bool same_place = was_there && PlaceOf(*entry.before) == PlaceOf(entry.now);
  const bool differs = same_place && (!Same(entry.before->properties, entry.now.properties) ||
                                      entry.before->in_process != entry.now.in_process ||
                                      entry.before->origins != entry.now.origins);
  if (!same_place) {
    const bool retained = of_create && entry.status == "CREATE_COMPLETE" &&
                          entry.now.deletion_policy == RemovalPolicy::kRetain;
    if (retained) {
      journal_.Tell(stack_, entry.now, "DELETE_SKIPPED", "");
    } else {
      Resource half_made = entry.now;
      Result<Outcome> deleted = co_await DeleteOne(std::move(half_made));
      if (!deleted) co_return deleted.error();
      if (*deleted == Outcome::kFailed) {
        entry.status = "DELETE_FAILED";
        journal_.Save(stack_, entry);
        co_return Outcome::kFailed;
      }
    }
    if (!was_there) {
      journal_.Forget(stack_, logical_id);
      stack_.entries.erase(logical_id);
      co_return Outcome::kDone;
    }
  } else if (differs) {
    const Resource half_made = entry.now;
    Result<void> restored = co_await provider_.Update(half_made, *entry.before);
    if (!restored) {
      failed_.push_back(logical_id);
      Mark(entry, "UPDATE_FAILED", restored.error().message);
      co_return Outcome::kFailed;
    }
  }
  entry.now = *std::exchange(entry.before, std::nullopt);
  entry.touched = 0;
  if (differs || !same_place) {
    Mark(entry, "UPDATE_COMPLETE", "");
  } else {
    journal_.Save(stack_, entry);
  }
  co_return Outcome::kDone;
}

Task<Result<void>> Operation::Recover() {
  const std::string status = stack_.status;
  const bool of_create = status == "CREATE_IN_PROGRESS" || status == "ROLLBACK_IN_PROGRESS";
  const bool of_update = status == "UPDATE_IN_PROGRESS" ||
                         status == "UPDATE_ROLLBACK_IN_PROGRESS" ||
                         status == "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS";
  std::string reason(kStopped);
  if (of_create) {
    stack_.disable_rollback = false;  // what is half made helps nobody
    Result<void> undone = co_await RollBackCreate(std::move(reason));
    co_return undone;
  }
  if (of_update) {
    Result<void> undone = co_await RollBackUpdate(std::move(reason));
    co_return undone;
  }
  if (status == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") {
    Result<void> collected = co_await Collect();
    if (!collected) co_return collected;
    journal_.Tell(stack_, "UPDATE_COMPLETE", "");
    Result<void> ended = co_await journal_.Commit();
    co_return ended;
  }
  if (status == "DELETE_IN_PROGRESS") {
    Result<void> finished = co_await FinishDelete();
    co_return finished;
  }
  co_return Result<void>();
}

}  // namespace gatehouse::stack
