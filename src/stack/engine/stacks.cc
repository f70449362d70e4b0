#include "stack/engine/stacks.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "aws/arn.h"
#include "aws/id.h"
#include "stack/engine/stacks_prepared.h"

namespace gatehouse::stack {
namespace {

bool IsStackName(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 128 && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), inner);
}

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Error InProgress(const StackRecord& stack) {
  return Error{ErrorCode::kUnavailable,
               "Stack:" + stack.id + " is in " + stack.status + " state and can not be updated."};
}

}  // namespace

Stacks::Stacks(Journal journal, std::map<std::string, StackRecord> records, Provider& provider,
               const Names& names, StackOptions options)
    : journal_(std::move(journal)),
      records_(std::move(records)),
      provider_(provider),
      names_(names),
      options_(std::move(options)) {}

Result<std::unique_ptr<Stacks>> Stacks::Open(store::Store& store, Provider& provider,
                                             const Names& names, base::Executor& loop,
                                             base::Clock& clock, base::Random& random,
                                             StackOptions options) {
  Result<store::Documents> documents = store::Documents::Open(store, "stacks");
  if (!documents) return documents.error();
  auto records = ReadRecords(documents->all());
  if (!records) return records.error();
  for (const auto& [uuid, stack] : *records) {
    for (const auto& [logical_id, entry] : stack.entries) {
      provider.Restore(entry.now);
      if (entry.before) provider.Restore(*entry.before);
    }
  }
  return std::unique_ptr<Stacks>(new Stacks(Journal(*std::move(documents), loop, clock, random),
                                            *std::move(records), provider, names,
                                            std::move(options)));
}

void Stacks::Recover(Done<void> done) {
  std::vector<std::string> uuids;
  for (const auto& [uuid, stack] : records_) {
    if (stack.status.ends_with("_IN_PROGRESS") && !stack.in_review()) uuids.push_back(uuid);
  }
  RecoverNext(std::move(uuids), std::move(done));
}

void Stacks::RecoverNext(std::vector<std::string> uuids, Done<void> done) {
  if (uuids.empty()) return done(Result<void>());
  StackRecord& stack = records_.at(uuids.back());
  uuids.pop_back();
  Run(
      stack, [](Operation& operation) { return operation.Recover(); },
      [this, uuids = std::move(uuids), done = std::move(done)](Result<void> result) mutable {
        if (!result) return done(std::move(result));
        RecoverNext(std::move(uuids), std::move(done));
      });
}

void Stacks::Run(StackRecord& stack, std::function<Task<Result<void>>(Operation&)> begin,
                 Done<void> done) {
  stack.busy = true;
  OperationOptions options{options_.strict_deployments};
  auto operation = std::make_shared<Operation>(stack, journal_, provider_, options);
  Task<Result<void>> task = begin(*operation);
  auto finish = [this, operation, &stack, done = std::move(done)](
                    std::optional<Result<void>> result, std::exception_ptr exception) mutable {
    stack.busy = false;
    if (options_.on_end) options_.on_end(stack, FirstFailure(stack));
    if (exception) {
      return done(Result<void>(ErrorCode::kInternal, "an operation on a stack has thrown"));
    }
    done(*std::move(result));
  };
  Start(std::move(task), std::move(finish));
}

void Stacks::Commit(Done<void> done) {
  Task<Result<void>> commit = journal_.Commit();
  auto finish = [done = std::move(done)](std::optional<Result<void>> result,
                                         std::exception_ptr exception) mutable {
    if (exception) {
      return done(Result<void>(ErrorCode::kInternal, "a commit of stacks has thrown"));
    }
    done(*std::move(result));
  };
  Start(std::move(commit), std::move(finish));
}

StackRecord* Stacks::FindLive(std::string_view name) {
  return const_cast<StackRecord*>(std::as_const(*this).Find(name));
}

const StackRecord* Stacks::Find(std::string_view name) const {
  for (const auto& [uuid, stack] : records_) {
    if (stack.id == name || (stack.name == name && !stack.is_deleted())) return &stack;
  }
  return nullptr;
}

std::vector<const StackRecord*> Stacks::List() const {
  std::vector<const StackRecord*> stacks;
  for (const auto& [uuid, stack] : records_) stacks.push_back(&stack);
  std::stable_sort(stacks.begin(), stacks.end(), [](const StackRecord* a, const StackRecord* b) {
    return a->created > b->created;
  });
  return stacks;
}

Exports Stacks::exports() const {
  Exports exports;
  for (const auto& [uuid, stack] : records_) {
    if (stack.is_deleted()) continue;
    for (const Output& output : stack.definition.outputs) {
      if (output.export_name.empty()) continue;
      exports[output.export_name] = {output.value, stack.name, stack.id};
    }
  }
  return exports;
}

std::vector<std::string> Stacks::ImportersOf(std::string_view export_name) const {
  std::vector<std::string> names;
  for (const auto& [uuid, stack] : records_) {
    const auto& imports = stack.definition.imports;
    const bool uses = std::find(imports.begin(), imports.end(), export_name) != imports.end();
    if (uses && !stack.is_deleted()) names.push_back(stack.name);
  }
  return names;
}

Result<StackRecord*> Stacks::FindUpdatable(std::string_view name) {
  StackRecord* stack = FindLive(name);
  if (!stack || stack->is_deleted() || stack->in_review()) {
    return Invalid("Stack [" + std::string(name) + "] does not exist");
  }
  if (stack->busy) return InProgress(*stack);
  static constexpr std::string_view kUpdatable[] = {"CREATE_COMPLETE", "UPDATE_COMPLETE",
                                                    "UPDATE_ROLLBACK_COMPLETE"};
  if (std::find(std::begin(kUpdatable), std::end(kUpdatable), stack->status) ==
      std::end(kUpdatable)) {
    return Invalid("Stack:" + stack->id + " is in " + stack->status +
                   " state and can not be updated.");
  }
  return stack;
}

Result<StackRecord*> Stacks::AddRecord(const std::string& name) {
  if (!IsStackName(name)) {
    return Invalid("1 validation error detected: Value '" + name +
                   "' at 'stackName' failed to satisfy constraint: Member must satisfy regular "
                   "expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
  }
  std::size_t live = 0;
  for (const auto& [uuid, stack] : records_) live += stack.is_deleted() ? 0 : 1;
  if (live >= options_.stacks_max) {
    return Error{ErrorCode::kLimitExceeded,
                 "Limit for stacks has been exceeded: " + std::to_string(options_.stacks_max)};
  }
  StackRecord stack;
  stack.uuid = aws::NewUuid(journal_.random());
  stack.name = name;
  stack.id = aws::Arn(aws::kCloudFormation, options_.region, options_.account_id,
                      "stack/" + name + "/" + stack.uuid);
  stack.created = journal_.Now();
  const std::string uuid = stack.uuid;
  PruneDeleted();
  return &(records_[uuid] = std::move(stack));
}

void Stacks::PruneDeleted() {
  std::vector<std::pair<base::Millis, std::string>> deleted;
  for (const auto& [uuid, stack] : records_) {
    if (stack.is_deleted()) deleted.emplace_back(stack.deleted, uuid);
  }
  if (deleted.size() <= options_.deleted_max) return;
  std::sort(deleted.begin(), deleted.end());
  deleted.resize(deleted.size() - options_.deleted_max);
  for (const auto& [time, uuid] : deleted) {
    journal_.ForgetAll(records_.at(uuid));
    records_.erase(uuid);
  }
}

void Stacks::Create(StackRequest request, Done<std::string> done) {
  StackRecord* existing = FindLive(request.name);
  if (existing && existing->busy) return done(InProgress(*existing));
  if (existing && !existing->in_review()) {
    return done(Error{ErrorCode::kConflict, "Stack [" + request.name + "] already exists"});
  }
  Result<Prepared> prepared = PrepareChecked(request, nullptr, existing ? existing->id : "");
  if (!prepared) return done(std::move(prepared).error());
  Result<StackRecord*> stack = existing ? Result<StackRecord*>(existing) : AddRecord(request.name);
  if (!stack) return done(std::move(stack).error());
  (*stack)->disable_rollback = request.disable_rollback;
  (*stack)->termination_protection = request.termination_protection;
  const std::string id = (*stack)->id;
  RunCreate(**stack, *std::move(prepared), [id, done = std::move(done)](Result<void> run) mutable {
    done(run ? Result<std::string>(id) : Result<std::string>(std::move(run).error()));
  });
}

void Stacks::RunCreate(StackRecord& stack, Prepared prepared, Done<void> done) {
  stack.definition = prepared.definition;  // to be seen from the beginning
  Run(
      stack,
      [&](Operation& operation) {
        return operation.Create(std::move(prepared.plan), std::move(prepared.definition));
      },
      std::move(done));
}

void Stacks::Update(StackRequest request, Done<std::string> done) {
  Result<StackRecord*> stack = FindUpdatable(request.name);
  if (!stack) return done(std::move(stack).error());
  Result<Prepared> prepared = PrepareChecked(request, *stack, (*stack)->id);
  if (!prepared) return done(std::move(prepared).error());
  if (!prepared->changes) return done(Invalid("No updates are to be performed."));
  const std::string id = (*stack)->id;
  RunUpdate(**stack, *std::move(prepared), [id, done = std::move(done)](Result<void> run) mutable {
    done(run ? Result<std::string>(id) : Result<std::string>(std::move(run).error()));
  });
}

void Stacks::RunUpdate(StackRecord& stack, Prepared prepared, Done<void> done) {
  Run(
      stack,
      [&](Operation& operation) {
        return operation.Update(std::move(prepared.plan), std::move(prepared.definition));
      },
      std::move(done));
}

void Stacks::Delete(std::string_view name, Done<void> done) {
  StackRecord* stack = FindLive(name);
  if (!stack || stack->is_deleted()) return done(Result<void>());
  if (stack->busy) return done(InProgress(*stack));
  if (stack->termination_protection) {
    return done(Invalid("Stack [" + stack->name +
                        "] cannot be deleted while TerminationProtection is enabled"));
  }
  for (const Output& output : stack->definition.outputs) {
    std::vector<std::string> users = ImportersOf(output.export_name);
    if (output.export_name.empty() || users.empty()) continue;
    return done(Invalid("Export " + output.export_name + " cannot be deleted as it is in use by " +
                        users.front()));
  }
  Run(
      *stack, [](Operation& operation) { return operation.Delete(); }, std::move(done));
}

}  // namespace gatehouse::stack
