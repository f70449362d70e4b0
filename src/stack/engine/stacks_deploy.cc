// Stacks::Deploy, what `gatehouse up` does with a template.
#include <algorithm>

#include "stack/engine/stacks_prepared.h"

namespace gatehouse::stack {
namespace {

std::string Lines(const Problems& problems, const std::string& path) {
  std::string text;
  for (const Problem& problem : problems) {
    text.append(text.empty() ? "" : "\n").append(path).append(":");
    if (problem.line > 0) text.append(std::to_string(problem.line)).append(":");
    text.append(" ").append(problem.message);
  }
  return text;
}

Result<DeployResult> Outcome(const StackRecord& stack, Problems notices) {
  static constexpr std::string_view kGood[] = {"CREATE_COMPLETE", "UPDATE_COMPLETE"};
  if (std::find(std::begin(kGood), std::end(kGood), stack.status) == std::end(kGood)) {
    return Error{ErrorCode::kInvalidArgument,
                 "stack " + stack.name + " is " + stack.status + ": " + FirstFailure(stack)};
  }
  return DeployResult{stack.id, stack.status, true, std::move(notices)};
}

}  // namespace

std::string FirstFailure(const StackRecord& stack) {
  std::string reason = stack.reason;
  // Of the last operation: back to its "User Initiated".
  for (auto event = stack.events.rbegin(); event != stack.events.rend(); ++event) {
    if (event->status.ends_with("_FAILED") && event->logical_id != stack.name) {
      reason = event->logical_id + ": " + event->reason;
    }
    if (event->reason == "User Initiated") break;
  }
  return reason;
}

void Stacks::Deploy(StackRequest request, std::string path, Done<DeployResult> done) {
  StackRecord* stack = FindLive(request.name);
  if (stack && stack->busy) {
    return done(Error{ErrorCode::kUnavailable,
                      "stack " + stack->name + " is in " + stack->status + " state"});
  }
  const bool worthless =
      stack && (stack->in_review() || stack->status == "ROLLBACK_COMPLETE" ||
                stack->status == "ROLLBACK_FAILED" || stack->status == "CREATE_FAILED");
  if (worthless) {
    // What never came to be has nothing to lose: away with it, then anew.
    return Run(
        *stack, [](Operation& operation) { return operation.Delete(); },
        [this, stack, request = std::move(request), path = std::move(path),
         done = std::move(done)](Result<void> deleted) mutable {
          if (!deleted) return done(std::move(deleted).error());
          if (!stack->is_deleted()) return done(Outcome(*stack, {}));
          Deploy(std::move(request), std::move(path), std::move(done));
        });
  }
  if (stack) {
    Result<StackRecord*> updatable = FindUpdatable(request.name);
    if (!updatable) return done(std::move(updatable).error());
  }
  request.capabilities = {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"};
  request.rehearse = true;
  Problems problems;
  Prepared prepared = Prepare(request, stack, stack ? stack->id : "", problems);
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  if (!problems.empty()) return done(Error{ErrorCode::kInvalidArgument, Lines(problems, path)});
  if (stack) return DeployUpdate(*stack, std::move(prepared), std::move(done));
  Result<StackRecord*> added = AddRecord(request.name);
  if (!added) return done(std::move(added).error());
  StackRecord& created = **added;
  Problems notices = prepared.plan.notices;
  RunCreate(
      created, std::move(prepared),
      [&created, notices = std::move(notices), done = std::move(done)](Result<void> run) mutable {
        if (!run) return done(std::move(run).error());
        done(Outcome(created, std::move(notices)));
      });
}

void Stacks::DeployUpdate(StackRecord& stack, Prepared prepared, Done<DeployResult> done) {
  if (auto kept = CheckExports(stack, prepared.plan); !kept) return done(std::move(kept).error());
  Problems notices = prepared.plan.notices;
  if (prepared.changes) {
    return RunUpdate(
        stack, std::move(prepared),
        [&stack, notices = std::move(notices), done = std::move(done)](Result<void> run) mutable {
          if (!run) return done(std::move(run).error());
          done(Outcome(stack, std::move(notices)));
        });
  }
  // The text may differ where nothing comes of it.
  prepared.definition.outputs = std::move(prepared.plan.outputs);
  prepared.definition.imports = std::move(prepared.plan.imports);
  stack.definition = std::move(prepared.definition);
  journal_.Save(stack);
  Commit([&stack, notices = std::move(notices), done = std::move(done)](Result<void> run) mutable {
    if (!run) return done(std::move(run).error());
    done(DeployResult{stack.id, stack.status, false, std::move(notices)});
  });
}

}  // namespace gatehouse::stack
