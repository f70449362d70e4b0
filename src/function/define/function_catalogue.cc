#include "function/define/function_catalogue.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "function/define/definition_check.h"
#include "function/define/definition_json.h"

namespace gatehouse::function {
namespace {

Error NotFound(std::string_view name) {
  return {ErrorCode::kNotFound, fmt::format("there is no function {}", name)};
}

auto FindStatement(std::vector<Permission>& permissions, std::string_view statement_id) {
  return std::find_if(permissions.begin(), permissions.end(),
                      [&](const Permission& p) { return p.statement_id == statement_id; });
}

}  // namespace

Result<std::unique_ptr<Catalogue>> Catalogue::Open(store::Store& store, base::Executor& loop,
                                                   std::span<const HandlerEntry> handlers) {
  Result<store::Documents> documents = store::Documents::Open(store, "functions");
  if (!documents) return documents.error();
  std::unique_ptr<Catalogue> catalogue(new Catalogue(std::move(*documents), loop, handlers));
  Snapshot functions;
  for (const auto& [name, text] : catalogue->documents_.all()) {
    Result<StoredFunction> stored = DecodeFunction(text);
    if (!stored) {
      return Error{ErrorCode::kIo, fmt::format("the stored function {} is damaged: {}", name,
                                               stored.error().message)};
    }
    Handler handler = catalogue->FindHandler(stored->definition.in_process);
    functions[name] = std::make_shared<const Function>(
        Function{std::make_shared<const FunctionDefinition>(std::move(stored->definition)), handler,
                 std::move(stored->permissions), std::make_shared<std::atomic<int>>(0),
                 stored->is_from_before, std::move(stored->event_invoke)});
  }
  catalogue->Publish(std::move(functions));
  return catalogue;
}

Catalogue::Catalogue(store::Documents documents, base::Executor& loop,
                     std::span<const HandlerEntry> handlers)
    : documents_(std::move(documents)), loop_(loop), handlers_(handlers) {}

Handler Catalogue::FindHandler(std::string_view name) const {
  for (const HandlerEntry& entry : handlers_) {
    if (entry.name == name) return entry.handler;
  }
  return nullptr;
}

std::string Catalogue::KnownHandlers() const {
  std::string known;
  for (const HandlerEntry& entry : handlers_) {
    known.append(known.empty() ? "" : ", ").append(entry.name);
  }
  return known;
}

Result<void> Catalogue::Check(const FunctionDefinition& definition) const {
  if (Result<void> fine = CheckDefinition(definition); !fine) return fine;
  if (definition.in_process.empty() || FindHandler(definition.in_process)) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("function {}: there is no in-process handler {} (there are: {})",
                           definition.name, definition.in_process, KnownHandlers())};
}

void Catalogue::Create(FunctionDefinition definition, Done<void> done) {
  if (Result<void> fine = Check(definition); !fine) return done(fine.error());
  std::string name = definition.name;
  auto shared = std::make_shared<const FunctionDefinition>(std::move(definition));
  Submit({name,
          [this, shared](const Function* present) -> Outcome {
            if (present) {
              return Error{ErrorCode::kConflict, "Function already exist: " + shared->name};
            }
            return std::optional(Function{shared, FindHandler(shared->in_process), {}});
          },
          std::move(done)});
}

void Catalogue::Update(FunctionDefinition definition, Done<void> done) {
  if (Result<void> fine = Check(definition); !fine) return done(fine.error());
  std::string name = definition.name;
  auto shared = std::make_shared<const FunctionDefinition>(std::move(definition));
  Submit({name,
          [this, shared](const Function* present) -> Outcome {
            if (!present) return NotFound(shared->name);
            Function next = *present;
            next.definition = shared;
            next.handler = FindHandler(shared->in_process);
            return std::optional(std::move(next));
          },
          std::move(done)});
}

void Catalogue::Delete(std::string_view name, Done<void> done) {
  Submit({std::string(name),
          [name = std::string(name)](const Function* present) -> Outcome {
            if (!present) return NotFound(name);
            return std::optional<Function>();
          },
          std::move(done)});
}

void Catalogue::AddPermission(std::string_view function_name, Permission permission,
                              Done<void> done) {
  if (Result<void> fine = CheckPermission(permission); !fine) return done(fine.error());
  Submit({std::string(function_name),
          [name = std::string(function_name),
           permission = std::move(permission)](const Function* present) -> Outcome {
            if (!present) return NotFound(name);
            Function next = *present;
            if (FindStatement(next.permissions, permission.statement_id) !=
                next.permissions.end()) {
              return Error{ErrorCode::kConflict,
                           fmt::format("The statement id ({}) provided already exists. Please "
                                       "provide a new statement id, or remove the existing "
                                       "statement.",
                                       permission.statement_id)};
            }
            next.permissions.push_back(permission);
            if (Result<void> fine = CheckPolicySize(next.permissions); !fine) return fine.error();
            return std::optional(std::move(next));
          },
          std::move(done)});
}

void Catalogue::RemovePermission(std::string_view function_name, std::string_view statement_id,
                                 Done<void> done) {
  Submit({std::string(function_name),
          [name = std::string(function_name),
           id = std::string(statement_id)](const Function* present) -> Outcome {
            if (!present) return NotFound(name);
            Function next = *present;
            auto found = FindStatement(next.permissions, id);
            if (found == next.permissions.end()) {
              return Error{ErrorCode::kNotFound,
                           fmt::format("Statement {} is not found in resource policy.", id)};
            }
            next.permissions.erase(found);
            return std::optional(std::move(next));
          },
          std::move(done)});
}

void Catalogue::SetEventInvoke(std::string_view function_name,
                               std::optional<EventInvokeConfig> config, bool only_new,
                               Done<void> done) {
  Submit({std::string(function_name),
          [name = std::string(function_name), config = std::move(config),
           only_new](const Function* present) -> Outcome {
            if (!present) return NotFound(name);
            if (only_new && present->event_invoke) {
              return Error{ErrorCode::kConflict,
                           fmt::format("The function {} already has an EventInvokeConfig", name)};
            }
            if (!config && !present->event_invoke) {
              return Error{ErrorCode::kNotFound,
                           fmt::format("The function {} doesn't have an EventInvokeConfig", name)};
            }
            Function next = *present;
            next.event_invoke = config;
            return std::optional(std::move(next));
          },
          std::move(done)});
}

void Catalogue::Submit(Change change) {
  if (changes_.size() >= kChangesWaitingMax) {
    return change.done(Error{ErrorCode::kLimitExceeded, "too many changes of functions wait"});
  }
  changes_.push_back(std::move(change));
  RunNext();
}

// One change at a time: what a change may do depends on what the one before it did.
void Catalogue::RunNext() {
  while (!committing_ && !changes_.empty()) {
    Change& change = changes_.front();
    Outcome next = change.apply(Lookup(change.name));
    if (!next) {
      Done<void> done = std::move(change.done);
      changes_.pop_front();
      done(next.error());
      continue;
    }
    committing_ = true;
    std::optional<std::string> text;
    if (*next) (*next)->is_from_before = false;
    if (*next) {
      text = EncodeFunction(*(*next)->definition, (*next)->permissions, (*next)->event_invoke);
    }
    std::vector<store::Documents::Change> changes;
    changes.push_back({change.name, std::move(text)});
    documents_.Commit(std::move(changes), loop_,
                      [this, next = std::move(*next)](Result<void> committed) mutable {
                        Finish(std::move(next), std::move(committed));
                      });
  }
}

void Catalogue::Finish(std::optional<Function> next, Result<void> committed) {
  Change change = std::move(changes_.front());
  changes_.pop_front();
  committing_ = false;
  if (committed) {
    const Function* present = Lookup(change.name);
    bool defined = present && (!next || next->definition != present->definition);
    Snapshot functions = *functions_;  // copied, which is fine: functions change rarely
    if (next) {
      functions[change.name] = std::make_shared<const Function>(std::move(*next));
    } else {
      functions.erase(change.name);
    }
    Publish(std::move(functions));
    if (defined && listener_) listener_(change.name);
  }
  change.done(std::move(committed));
  RunNext();
}

void Catalogue::Publish(Snapshot next) {
  auto shared = std::make_shared<const Snapshot>(std::move(next));
  {
    std::lock_guard lock(mutex_);
    functions_.swap(shared);
  }
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const Catalogue::Snapshot> Catalogue::snapshot() const {
  std::lock_guard lock(mutex_);
  return functions_;
}

void Catalogue::PutQualifier(std::string_view function_name, std::string_view qualifier) {
  {
    std::lock_guard lock(mutex_);
    qualifiers_.insert(std::string(function_name).append(":").append(qualifier));
  }
  version_.fetch_add(1, std::memory_order_release);
}

void Catalogue::RemoveQualifier(std::string_view function_name, std::string_view qualifier) {
  {
    std::lock_guard lock(mutex_);
    qualifiers_.erase(std::string(function_name).append(":").append(qualifier));
  }
  version_.fetch_add(1, std::memory_order_release);
}

bool Catalogue::HasQualifier(std::string_view function_name, std::string_view qualifier) const {
  std::lock_guard lock(mutex_);
  return qualifiers_.contains(std::string(function_name).append(":").append(qualifier));
}

const Catalogue::Function* Catalogue::Lookup(std::string_view name) const {
  auto found = functions_->find(name);
  return found == functions_->end() ? nullptr : found->second.get();
}

std::shared_ptr<const FunctionDefinition> Catalogue::Find(std::string_view name) const {
  const Function* function = Lookup(name);
  return function ? function->definition : nullptr;
}

std::vector<std::shared_ptr<const FunctionDefinition>> Catalogue::List() const {
  std::vector<std::shared_ptr<const FunctionDefinition>> all;
  all.reserve(functions_->size());
  for (const auto& [name, function] : *functions_) all.push_back(function->definition);
  return all;
}

std::vector<Permission> Catalogue::Permissions(std::string_view function_name) const {
  const Function* function = Lookup(function_name);
  return function ? function->permissions : std::vector<Permission>();
}

}  // namespace gatehouse::function
