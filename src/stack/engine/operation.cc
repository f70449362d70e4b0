// Going forward. operation_undo.cc goes back.
#include "stack/engine/operation.h"

#include <algorithm>
#include <utility>

namespace gatehouse::stack {
namespace {

constexpr std::string_view kApiType = "AWS::ApiGatewayV2::Api";
constexpr std::string_view kStageType = "AWS::ApiGatewayV2::Stage";

// Backwards, but stages first: they run $disconnect of what is open, which wants the functions.
bool DeletedBefore(const Resource& a, const Resource& b) {
  const bool a_stage = a.type == kStageType;
  const bool b_stage = b.type == kStageType;
  if (a_stage != b_stage) return a_stage;
  return a.order > b.order;
}

}  // namespace

void Operation::Mark(Entry& entry, const std::string& status, const std::string& reason) {
  entry.status = status;
  entry.reason = reason;
  entry.time = journal_.Now();
  journal_.Tell(stack_, entry.now, status, reason);
  journal_.Save(stack_, entry);
}

std::string Operation::FailedList(const std::string& what) const {
  std::string names;
  for (const std::string& name : failed_) names.append(names.empty() ? "" : ", ").append(name);
  return "The following resource(s) failed to " + what + ": [" + names + "]. ";
}

void Operation::Discard(const Resource& resource, RemovalPolicy policy) {
  if (policy == RemovalPolicy::kDelete) {
    stack_.garbage.push_back(resource);
  } else {
    journal_.Tell(stack_, resource, "DELETE_SKIPPED", "");
  }
}

Task<Result<void>> Operation::Create(Plan plan, StackDefinition definition) {
  journal_.Tell(stack_, "CREATE_IN_PROGRESS", "User Initiated");
  Result<void> begun = co_await journal_.Commit();
  if (!begun) co_return begun;
  Result<Outcome> applied = co_await Apply(plan);
  if (!applied) co_return applied.error();
  if (*applied == Outcome::kFailed) {
    std::string reason = FailedList("create");
    Result<void> undone = co_await RollBackCreate(std::move(reason));
    co_return undone;
  }
  Accept(plan, std::move(definition));
  journal_.Tell(stack_, "CREATE_COMPLETE", "");
  Result<void> ended = co_await journal_.Commit();
  co_return ended;
}

Task<Result<void>> Operation::Update(Plan plan, StackDefinition definition) {
  stack_.updated = journal_.Now();
  journal_.Tell(stack_, "UPDATE_IN_PROGRESS", "User Initiated");
  Result<void> begun = co_await journal_.Commit();
  if (!begun) co_return begun;
  Result<Outcome> applied = co_await Apply(plan);
  if (!applied) co_return applied.error();
  if (*applied == Outcome::kFailed) {
    std::string reason = FailedList("update");
    Result<void> undone = co_await RollBackUpdate(std::move(reason));
    co_return undone;
  }
  Accept(plan, std::move(definition));
  journal_.Tell(stack_, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "");
  Result<void> accepted = co_await journal_.Commit();
  if (!accepted) co_return accepted;
  Result<void> collected = co_await Collect();
  if (!collected) co_return collected;
  journal_.Tell(stack_, "UPDATE_COMPLETE", "");
  Result<void> ended = co_await journal_.Commit();
  co_return ended;
}

// Everything is there: the new definition counts, nothing is undone any more.
void Operation::Accept(Plan& plan, StackDefinition definition) {
  for (const std::string& logical_id : plan.removed) {
    auto found = stack_.entries.find(logical_id);
    if (found == stack_.entries.end()) continue;
    Discard(found->second.now, found->second.now.deletion_policy);
    journal_.Forget(stack_, logical_id);
    stack_.entries.erase(found);
  }
  for (auto& [logical_id, entry] : stack_.entries) {
    if (entry.before && PlaceOf(*entry.before) != PlaceOf(entry.now)) {
      Discard(*entry.before, entry.before->update_replace_policy);
    }
    entry.before.reset();
    entry.touched = 0;
    journal_.Save(stack_, entry);
  }
  std::sort(stack_.garbage.begin(), stack_.garbage.end(), DeletedBefore);
  definition.description = plan.description;
  definition.outputs = std::move(plan.outputs);
  definition.imports = std::move(plan.imports);
  definition.no_echo = std::move(plan.no_echo);
  stack_.definition = std::move(definition);
  stack_.has_roles_enforced = true;
}

Task<Result<Operation::Outcome>> Operation::Apply(Plan& plan) {
  int place = 0;
  for (Step& step : plan.steps) {
    Result<Outcome> applied = co_await ApplyStep(step, ++place);
    if (!applied || *applied == Outcome::kFailed) co_return applied;
  }
  Result<Outcome> refreshed = co_await Refresh();
  co_return refreshed;
}

Task<Result<Operation::Outcome>> Operation::ApplyStep(Step& step, int place) {
  const std::string logical_id = step.next.logical_id;
  if (step.kind == Step::kKeep) {
    // Order, policies and the like may differ; saved when the operation is accepted.
    Entry& kept = stack_.entries[logical_id];
    const Resource old = std::exchange(kept.now, step.next);
    kept.before = old;
    kept.touched = place;
    journal_.Save(stack_, kept);
    co_return Outcome::kDone;
  }
  const bool updates = step.kind == Step::kUpdate;
  const std::string verb = step.kind == Step::kCreate ? "CREATE" : "UPDATE";
  if (!updates && provider_.Exists(step.next)) {
    journal_.Tell(stack_, step.next, verb + "_FAILED", step.next.physical_id + " already exists");
    failed_.push_back(logical_id);
    co_return Outcome::kFailed;
  }
  Entry& entry = stack_.entries[logical_id];
  if (step.kind != Step::kCreate) entry.before = entry.now;
  entry.now = step.next;
  entry.touched = place;
  Mark(entry, verb + "_IN_PROGRESS",
       step.kind == Step::kReplace
           ? "Requested update requires the creation of a new physical resource; hence creating "
             "one."
           : "");
  Result<void> intended = co_await journal_.Commit();
  if (!intended) co_return intended.error();
  Task<Result<void>> change =
      updates ? provider_.Update(*entry.before, entry.now) : provider_.Create(entry.now);
  Result<void> changed = co_await change;
  if (!changed) failed_.push_back(logical_id);
  Mark(entry, verb + (changed ? "_COMPLETE" : "_FAILED"), changed ? "" : changed.error().message);
  Result<void> noted = co_await journal_.Commit();
  if (!noted) co_return noted.error();
  co_return changed ? Outcome::kDone : Outcome::kFailed;
}

// A change of a route reaches the stages at once, unless deployments are strict.
Task<Result<Operation::Outcome>> Operation::Refresh() {
  if (options_.strict_deployments) co_return Outcome::kDone;
  std::vector<std::string> logical_ids;
  for (const auto& [logical_id, entry] : stack_.entries) {
    if (entry.now.type == kApiType && !entry.now.inert) logical_ids.push_back(logical_id);
  }
  for (const std::string& logical_id : logical_ids) {
    const std::string api_id = stack_.entries[logical_id].now.physical_id;
    Result<void> refreshed = co_await provider_.Refresh(api_id);
    if (refreshed) continue;
    failed_.push_back(logical_id);
    Mark(stack_.entries[logical_id], "UPDATE_FAILED", refreshed.error().message);
    co_return Outcome::kFailed;
  }
  co_return Outcome::kDone;
}

// Deletes what an update left behind. Failures are told and change nothing.
Task<Result<void>> Operation::Collect() {
  bool any = false;
  while (!stack_.garbage.empty()) {
    any = true;
    Resource resource = stack_.garbage.front();
    Result<Outcome> deleted = co_await DeleteOne(std::move(resource));
    if (!deleted) co_return deleted.error();
    stack_.garbage.erase(stack_.garbage.begin());
    journal_.Save(stack_);
    Result<void> noted = co_await journal_.Commit();
    if (!noted) co_return noted;
  }
  if (any) {
    Result<Outcome> refreshed = co_await Refresh();
    if (!refreshed) co_return refreshed.error();
  }
  co_return Result<void>();
}

Task<Result<Operation::Outcome>> Operation::DeleteOne(Resource resource) {
  journal_.Tell(stack_, resource, "DELETE_IN_PROGRESS", "");
  Result<void> intended = co_await journal_.Commit();
  if (!intended) co_return intended.error();
  Result<void> deleted = co_await provider_.Delete(resource);
  journal_.Tell(stack_, resource, deleted ? "DELETE_COMPLETE" : "DELETE_FAILED",
                deleted ? "" : deleted.error().message);
  if (!deleted) failed_.push_back(resource.logical_id);
  co_return deleted ? Outcome::kDone : Outcome::kFailed;
}

Task<Result<void>> Operation::Delete() {
  journal_.Tell(stack_, "DELETE_IN_PROGRESS", "User Initiated");
  Result<void> begun = co_await journal_.Commit();
  if (!begun) co_return begun;
  Result<void> finished = co_await FinishDelete();
  co_return finished;
}

Task<Result<void>> Operation::FinishDelete() {
  std::vector<Resource> doomed = stack_.garbage;
  for (const auto& [logical_id, entry] : stack_.entries) {
    doomed.push_back(entry.now);
    if (entry.before && PlaceOf(*entry.before) != PlaceOf(entry.now)) {
      doomed.push_back(*entry.before);  // a rollback of an update failed
    }
  }
  std::sort(doomed.begin(), doomed.end(), DeletedBefore);
  for (const Resource& resource : doomed) {
    Outcome outcome = Outcome::kDone;
    if (resource.deletion_policy == RemovalPolicy::kDelete) {
      Resource one = resource;
      Result<Outcome> deleted = co_await DeleteOne(std::move(one));
      if (!deleted) co_return deleted.error();
      outcome = *deleted;
    } else {
      journal_.Tell(stack_, resource, "DELETE_SKIPPED", "");
    }
    auto entry = stack_.entries.find(resource.logical_id);
    const bool is_entry =
        entry != stack_.entries.end() && PlaceOf(entry->second.now) == PlaceOf(resource);
    if (!is_entry) entry = stack_.entries.end();
    if (outcome == Outcome::kDone && entry != stack_.entries.end()) {
      journal_.Forget(stack_, resource.logical_id);
      stack_.entries.erase(entry);
    } else if (entry != stack_.entries.end()) {
      entry->second.status = "DELETE_FAILED";
      journal_.Save(stack_, entry->second);
    }
    Result<void> noted = co_await journal_.Commit();
    if (!noted) co_return noted;
  }
  stack_.garbage.clear();
  if (failed_.empty()) stack_.deleted = journal_.Now();
  journal_.Tell(stack_, failed_.empty() ? "DELETE_COMPLETE" : "DELETE_FAILED",
                failed_.empty() ? "" : FailedList("delete"));
  Result<void> ended = co_await journal_.Commit();
  co_return ended;
}

}  // namespace gatehouse::stack
