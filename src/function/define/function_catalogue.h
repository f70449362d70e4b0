// The functions of this node and their resource policies, durable in the store. Both a template's
// resources and the HTTP control plane write here. One loop's thread only, but for snapshot and
// version: they are how other loops see what is defined.
//
// Stored: one document per function in the keyspace "functions", under its name; definition_json.h
// tells the text.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "function/define/definition.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "store/documents.h"

namespace gatehouse::function {

class Catalogue {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  static constexpr std::size_t kChangesWaitingMax = 10'000;  // beyond: kLimitExceeded

  // What an invocation needs. Changes replace the definition, they never alter it.
  struct Function {
    std::shared_ptr<const FunctionDefinition> definition;
    Handler handler = nullptr;  // in-process, if this binary has it
    std::vector<Permission> permissions;
    // How many runs of the handler take reserved concurrency, on all loops; the same whatever
    // becomes of the definition.
    std::shared_ptr<std::atomic<int>> reserved_running = std::make_shared<std::atomic<int>>(0);
    // Written by a gatehouse that looked at no permissions, and not changed since.
    bool is_from_before = false;
    std::optional<EventInvokeConfig> event_invoke = {};  // nothing: Lambda's own values
  };

  using Snapshot = std::map<std::string, std::shared_ptr<const Function>, std::less<>>;

  // Reads what the store has. Blocks; for start-up. Everything given must outlive the catalogue.
  // A stored function whose in-process handler this binary does not have is kept, and refused when
  // invoked.
  static Result<std::unique_ptr<Catalogue>> Open(store::Store& store, base::Executor& loop,
                                                 std::span<const HandlerEntry> handlers);

  // Changes; done comes once they are durable, in the order of the calls. Errors: kInvalidArgument
  // (bounds, names, unknown in-process handler: the message names those there are), kConflict
  // (Create: the name is taken), kNotFound.
  void Create(FunctionDefinition definition, Done<void> done);
  // Replaces the definition of that name whole; its permissions stay.
  void Update(FunctionDefinition definition, Done<void> done);
  void Delete(std::string_view name, Done<void> done);  // with its permissions

  // Errors: kNotFound, kConflict (the statement id is taken).
  void AddPermission(std::string_view function_name, Permission permission, Done<void> done);
  void RemovePermission(std::string_view function_name, std::string_view statement_id,
                        Done<void> done);

  // Nothing: takes away what is there, which must be something. Errors: kNotFound, kConflict
  // (only_new, and there is one).
  void SetEventInvoke(std::string_view function_name, std::optional<EventInvokeConfig> config,
                      bool only_new, Done<void> done);

  // Names under which a function can be called besides its own: a version's number, an alias. It
  // is the function as it is now. In memory alone: who keeps them tells them at start.
  void PutQualifier(std::string_view function_name, std::string_view qualifier);
  void RemoveQualifier(std::string_view function_name, std::string_view qualifier);
  // Any thread.
  bool HasQualifier(std::string_view function_name, std::string_view qualifier) const;

  std::shared_ptr<const FunctionDefinition> Find(std::string_view name) const;  // null: none
  std::vector<std::shared_ptr<const FunctionDefinition>> List() const;          // by name
  std::vector<Permission> Permissions(std::string_view function_name) const;

  const Function* Lookup(std::string_view name) const;  // null: none; until the next change

  // All that is defined, by name; any thread. The version grows with every change, after the
  // snapshot that has it can be taken: who keeps a snapshot asks for the version only.
  std::shared_ptr<const Snapshot> snapshot() const;
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

  std::string KnownHandlers() const;  // "chat/connect, chat/disconnect"

  // Called when a definition was replaced or deleted, before its change's done.
  void OnChange(base::UniqueFunction<void(const std::string& name)> listener) {
    listener_ = std::move(listener);
  }

 private:
  // What a change would make of a function; nothing: it goes.
  using Outcome = Result<std::optional<Function>>;
  struct Change {
    std::string name;
    base::UniqueFunction<Outcome(const Function*)> apply;
    Done<void> done;
  };

  Catalogue(store::Documents documents, base::Executor& loop,
            std::span<const HandlerEntry> handlers);
  Handler FindHandler(std::string_view name) const;
  Result<void> Check(const FunctionDefinition& definition) const;
  void Submit(Change change);
  void RunNext();
  void Finish(std::optional<Function> next, Result<void> committed);
  void Publish(Snapshot next);

  store::Documents documents_;
  base::Executor& loop_;
  std::span<const HandlerEntry> handlers_;
  mutable std::mutex mutex_;  // guards the exchange of functions_, and qualifiers_
  std::shared_ptr<const Snapshot> functions_ = std::make_shared<Snapshot>();
  std::atomic<std::uint64_t> version_ = 0;
  std::deque<Change> changes_;  // the first is being made durable if committing_
  bool committing_ = false;
  base::UniqueFunction<void(const std::string&)> listener_;
  std::set<std::string, std::less<>> qualifiers_;  // "NAME:QUALIFIER"
};

}  // namespace gatehouse::function
