// Change sets: a plan that is shown first and carried out later.
#include <algorithm>

#include "aws/arn.h"
#include "aws/id.h"
#include "stack/engine/stacks_prepared.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kNoChanges =
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set.";

Error InvalidChangeSet(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

bool IsChangeSetName(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::vector<ResourceChange> ChangesOf(const Plan& plan, const Resources& existing) {
  std::vector<ResourceChange> changes;
  for (const Step& step : plan.steps) {
    if (step.kind == Step::kKeep) continue;
    ResourceChange change;
    change.logical_id = step.next.logical_id;
    change.type = step.next.type;
    change.action = step.kind == Step::kCreate ? "Add" : "Modify";
    if (step.kind != Step::kCreate) {
      change.physical_id = existing.at(change.logical_id).values.ref;
      change.replacement = step.kind == Step::kReplace ? "True" : "False";
    }
    changes.push_back(std::move(change));
  }
  for (const std::string& logical_id : plan.removed) {
    const Resource& resource = existing.at(logical_id);
    changes.push_back({"Remove", logical_id, resource.values.ref, resource.type, ""});
  }
  return changes;
}

}  // namespace

Stacks::Prepared Stacks::FailedPrepared(const StackRequest& request) {
  Prepared prepared;
  prepared.changes = false;
  prepared.definition.template_text = request.template_text.value_or("");
  prepared.definition.capabilities = request.capabilities;
  return prepared;
}

void Stacks::CreateChangeSet(StackRequest request, ChangeSetRequest wanted,
                             Done<const ChangeSet*> done) {
  if (!IsChangeSetName(wanted.name)) {
    return done(
        InvalidChangeSet("1 validation error detected: Value '" + wanted.name +
                         "' at 'changeSetName' failed to satisfy constraint: Member must satisfy "
                         "regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"));
  }
  const bool creates = wanted.type == "CREATE";
  StackRecord* stack = FindLive(request.name);
  if (stack && stack->is_deleted()) stack = nullptr;
  if (creates && stack && !stack->in_review()) {
    return done(InvalidChangeSet("Stack " + stack->name +
                                 " already exists and cannot be created again with the changeSet " +
                                 wanted.name + "."));
  }
  if (!creates) {
    Result<StackRecord*> updatable = FindUpdatable(request.name);
    if (!updatable) return done(std::move(updatable).error());
    stack = *updatable;
  }
  if (stack) {
    request.name = stack->name;
    if (stack->change_sets.contains(wanted.name)) {
      return done(Error{ErrorCode::kConflict, "ChangeSet " + wanted.name + " already exists"});
    }
    if (stack->change_sets.size() >= options_.change_sets_max) {
      return done(Error{ErrorCode::kLimitExceeded,
                        "Stack " + stack->name + " has too many change sets; delete some"});
    }
  }
  request.expands = false;
  Result<Prepared> prepared =
      PrepareChecked(request, creates ? nullptr : stack, stack ? stack->id : "");
  std::string reason = prepared && !prepared->changes ? std::string(kNoChanges) : std::string();
  if (!prepared && prepared.error().message.starts_with("Transform AWS::Serverless")) {
    // Such a change set is made all the same, and says why it can never be executed.
    reason = prepared.error().message;
    prepared = FailedPrepared(request);
  }
  if (!prepared) return done(std::move(prepared).error());
  if (!stack) {
    Result<StackRecord*> added = AddRecord(request.name);
    if (!added) return done(std::move(added).error());
    stack = *added;
    journal_.Tell(*stack, "REVIEW_IN_PROGRESS", "User Initiated");
  }
  ChangeSet set;
  set.name = wanted.name;
  set.id = aws::Arn(aws::kCloudFormation, options_.region, options_.account_id,
                    "changeSet/" + wanted.name + "/" + aws::NewUuid(journal_.random()));
  set.type = wanted.type;
  set.description = wanted.description;
  set.time = journal_.Now();
  set.status = prepared->changes ? "CREATE_COMPLETE" : "FAILED";
  set.execution = prepared->changes ? "AVAILABLE" : "UNAVAILABLE";
  set.reason = std::move(reason);
  set.changes = ChangesOf(prepared->plan, creates ? Resources{} : stack->resources());
  set.definition = std::move(prepared->definition);
  ChangeSet& kept = stack->change_sets[set.name] = std::move(set);
  journal_.Save(*stack, kept);
  Commit([&kept, done = std::move(done)](Result<void> run) mutable {
    if (!run) return done(std::move(run).error());
    done(&kept);
  });
}

Result<std::pair<const StackRecord*, const ChangeSet*>> Stacks::FindChangeSet(
    std::string_view name, std::string_view stack_name) const {
  for (const auto& [uuid, stack] : records_) {
    if (stack.is_deleted()) continue;  // nothing to be carried out any more
    for (const auto& [set_name, set] : stack.change_sets) {
      const bool of_stack = stack.id == stack_name || stack.name == stack_name;
      if (set.id == name || (set_name == name && of_stack)) return std::pair(&stack, &set);
    }
  }
  if (!aws::IsArn(name) && !Find(stack_name)) {
    return InvalidChangeSet("Stack [" + std::string(stack_name) + "] does not exist");
  }
  return Error{ErrorCode::kNotFound, "ChangeSet [" + std::string(name) + "] does not exist"};
}

void Stacks::ExecuteChangeSet(std::string_view name, std::string_view stack_name,
                              bool disable_rollback, Done<void> done) {
  auto found = FindChangeSet(name, stack_name);
  if (!found) return done(std::move(found).error());
  StackRecord& stack = records_.at(found->first->uuid);
  ChangeSet& set = stack.change_sets.find(found->second->name)->second;
  if (stack.busy) {
    return done(Error{ErrorCode::kUnavailable, "Stack:" + stack.id + " is in " + stack.status +
                                                   " state and can not be updated."});
  }
  if (set.execution != "AVAILABLE") {
    return done(Error{ErrorCode::kUnsupported,
                      "ChangeSet [" + set.id + "] cannot be executed in its current status of [" +
                          (set.status == "FAILED" ? set.status : set.execution) + "]"});
  }
  const bool creates = set.type == "CREATE";
  StackRequest request;
  request.name = stack.name;
  request.template_text = set.definition.template_text;
  for (const auto& [key, text] : set.definition.parameters) request.parameters[key] = {text, false};
  request.capabilities = set.definition.capabilities;
  request.tags = set.definition.tags;
  request.source_directory = set.definition.source_directory;
  request.expands = false;
  request.may_read_files = !request.source_directory.empty();
  Result<Prepared> prepared = PrepareChecked(request, creates ? nullptr : &stack, stack.id);
  if (!prepared) return done(std::move(prepared).error());
  stack.disable_rollback = disable_rollback;
  stack.change_set_id = set.id;
  set.execution = "EXECUTE_COMPLETE";
  journal_.Save(stack, set);
  for (auto other = stack.change_sets.begin(); other != stack.change_sets.end();) {
    if (other->second.id == set.id) {
      ++other;
      continue;
    }
    journal_.Forget(stack, other->second);
    other = stack.change_sets.erase(other);
  }
  if (creates) {
    RunCreate(stack, *std::move(prepared), std::move(done));
  } else {
    RunUpdate(stack, *std::move(prepared), std::move(done));
  }
}

void Stacks::DeleteChangeSet(std::string_view name, std::string_view stack_name, Done<void> done) {
  auto found = FindChangeSet(name, stack_name);
  if (!found) {
    // Deleting what is not there succeeds, as long as the stack is.
    const bool gone = found.error().code == ErrorCode::kNotFound;
    return done(gone ? Result<void>() : Result<void>(std::move(found).error()));
  }
  StackRecord& stack = records_.at(found->first->uuid);
  journal_.Forget(stack, *found->second);
  const std::string set_name = found->second->name;
  stack.change_sets.erase(set_name);
  Commit(std::move(done));
}

}  // namespace gatehouse::stack
