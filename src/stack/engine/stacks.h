// The stacks of this node: the door of this room. Templates come in, resources are made through a
// Provider, and everything is kept in the store, so that a process killed in the middle of a
// deployment finds its way back at the next start. Loop thread only.
//
// Errors, and what they are called on the wire: kInvalidArgument (ValidationError), kConflict
// (AlreadyExistsException), kForbidden (InsufficientCapabilitiesException), kNotFound
// (ChangeSetNotFound), kUnavailable (OperationInProgressException), kUnsupported
// (InvalidChangeSetStatus), kLimitExceeded (LimitExceededException), kIo (the store's).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "base/random.h"
#include "gatehouse/result.h"
#include "stack/engine/journal.h"
#include "stack/engine/operation.h"
#include "stack/engine/provider.h"
#include "stack/engine/record.h"
#include "stack/resource/names.h"
#include "store/store.h"

namespace gatehouse::stack {

struct StackOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::string source_directory;     // of local code in templates that come over the wire
  bool strict_deployments = false;  // --strict-deployments
  bool strict_types = false;        // --strict-types
  // The value of a parameter of Systems Manager; null: there are none.
  std::function<std::optional<std::string>(std::string_view)> stored_parameter = {};
  std::size_t stacks_max = 200;       // that are not deleted
  std::size_t deleted_max = 100;      // remembered after their end
  std::size_t change_sets_max = 100;  // of one stack
  // Hears of every operation's end: created, updated, deleted, or rolled back for why (else empty).
  std::function<void(const StackRecord& stack, const std::string& why)> on_end = {};
};

using Tags = std::vector<std::pair<std::string, std::string>>;

struct StackRequest {
  std::string name;
  std::optional<std::string> template_text;  // nothing: the one the stack has
  ParameterInputs parameters;
  std::vector<std::string> capabilities;
  std::optional<Tags> tags;      // nothing: as they are
  std::string source_directory;  // of local code; empty: StackOptions'
  bool may_read_files = true;    // else none of the source directory: who asks is not the owner
  bool disable_rollback = false;
  bool termination_protection = false;
  // What the rooms would refuse is a problem of the template: nothing is begun. As on AWS, without
  // it such a stack is rolled back.
  bool rehearse = false;
  // Transforms run without somebody having seen what they make, which AWS wants to be told
  // (CAPABILITY_AUTO_EXPAND); with a change set they are seen.
  bool expands = true;
};

struct ChangeSetRequest {
  std::string name;
  std::string type;  // "CREATE" or "UPDATE"
  std::string description;
};

struct DeployResult {
  std::string stack_id;
  std::string status;  // final: "CREATE_COMPLETE", …
  bool changed = false;
  Problems notices;  // what is accepted without effect
};

class Stacks {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  // Reads what the store has and tells the provider (Restore). Blocks; for start-up. Everything
  // given must outlive the stacks.
  static Result<std::unique_ptr<Stacks>> Open(store::Store& store, Provider& provider,
                                              const Names& names, base::Executor& loop,
                                              base::Clock& clock, base::Random& random,
                                              StackOptions options);

  // Finishes or undoes what a killed process left. Before anything else.
  void Recover(Done<void> done);

  // Each is done when the operation has ended; an operation that failed and was rolled back is no
  // error here, the stack's status says so. The answer is the stack's ARN.
  void Create(StackRequest request, Done<std::string> done);
  void Update(StackRequest request, Done<std::string> done);
  // A stack that does not exist is deleted already. name: a name or an ARN.
  void Delete(std::string_view name, Done<void> done);

  // For `gatehouse up`: creates, updates or leaves the stack as the template and exactly these
  // parameters say; every capability is granted. A failed operation is an error here, whose
  // message has the first reason. Problems of the template, which is rehearsed, stand one a line,
  // in its order, "PATH:LINE: …".
  //   path  of the template, for messages
  void Deploy(StackRequest request, std::string path, Done<DeployResult> done);

  void CreateChangeSet(StackRequest request, ChangeSetRequest change_set,
                       Done<const ChangeSet*> done);  // until it is deleted
  // name: of the change set, with its stack's, or its ARN.
  void ExecuteChangeSet(std::string_view name, std::string_view stack_name, bool disable_rollback,
                        Done<void> done);
  void DeleteChangeSet(std::string_view name, std::string_view stack_name, Done<void> done);
  Result<std::pair<const StackRecord*, const ChangeSet*>> FindChangeSet(
      std::string_view name, std::string_view stack_name) const;

  // By name: not of deleted stacks; by ARN: also of those. Null: none. Pointers live until the
  // next change.
  const StackRecord* Find(std::string_view name) const;
  std::vector<const StackRecord*> List() const;  // newest first
  Exports exports() const;
  std::vector<std::string> ImportersOf(std::string_view export_name) const;  // stack names

  // What the template declares, checked; parameters as an update of that stack would find them.
  const StackOptions& options() const { return options_; }

 private:
  struct Prepared;

  Stacks(Journal journal, std::map<std::string, StackRecord> records, Provider& provider,
         const Names& names, StackOptions options);

  StackRecord* FindLive(std::string_view name);
  Result<StackRecord*> FindUpdatable(std::string_view name);
  Prepared Prepare(const StackRequest& request, const StackRecord* stack, const std::string& id,
                   Problems& problems) const;
  Result<Prepared> PrepareChecked(const StackRequest& request, const StackRecord* stack,
                                  const std::string& id) const;
  static Prepared FailedPrepared(const StackRequest& request);
  Result<void> CheckExports(const StackRecord& stack, const Plan& plan) const;
  Result<StackRecord*> AddRecord(const std::string& name);
  void PruneDeleted();
  void Run(StackRecord& stack, std::function<Task<Result<void>>(Operation&)> begin,
           Done<void> done);
  void RunCreate(StackRecord& stack, Prepared prepared, Done<void> done);
  void RunUpdate(StackRecord& stack, Prepared prepared, Done<void> done);
  void DeployUpdate(StackRecord& stack, Prepared prepared, Done<DeployResult> done);
  void RecoverNext(std::vector<std::string> uuids, Done<void> done);
  void Commit(Done<void> done);

  Journal journal_;
  std::map<std::string, StackRecord> records_;  // by uuid
  Provider& provider_;
  const Names& names_;
  const StackOptions options_;
};

}  // namespace gatehouse::stack
