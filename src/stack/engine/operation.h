// One operation on one stack, from its first event to its last: create, update, delete, or what is
// left of one when the process was killed. Every change of a resource is preceded by its intention
// in the journal, so the operation can be undone (or, past its point of no return, finished) from
// what is stored. Loop thread only.
//
// The point of no return: a create's and an update's is when all new resources are there; what the
// update replaced or removed is deleted after it (StackRecord::garbage). A delete has none behind.
#pragma once

#include <string>
#include <vector>

#include "gatehouse/task.h"
#include "stack/engine/journal.h"
#include "stack/engine/plan.h"
#include "stack/engine/provider.h"
#include "stack/engine/record.h"

namespace gatehouse::stack {

struct OperationOptions {
  bool strict_deployments = false;  // stages take routes only from Deployments, as in AWS
};

class Operation {
 public:
  // Everything must outlive the operation, which must outlive its tasks.
  Operation(StackRecord& stack, Journal& journal, Provider& provider, OperationOptions options)
      : stack_(stack), journal_(journal), provider_(provider), options_(options) {}

  // The stack's status tells how it went. Errors are the store's alone: then the stack stands as
  // the journal has it, and Recover at the next start puts it right.
  Task<Result<void>> Create(Plan plan, StackDefinition definition);
  Task<Result<void>> Update(Plan plan, StackDefinition definition);
  Task<Result<void>> Delete();
  Task<Result<void>> Recover();

 private:
  enum class Outcome { kDone, kFailed };

  Task<Result<Outcome>> Apply(Plan& plan);
  Task<Result<Outcome>> ApplyStep(Step& step, int place);
  Task<Result<Outcome>> Refresh();
  Task<Result<void>> Undo(bool of_create);
  Task<Result<Outcome>> UndoEntry(const std::string& logical_id, bool of_create);
  Task<Result<void>> RollBackCreate(std::string reason);
  Task<Result<void>> RollBackUpdate(std::string reason);
  Task<Result<void>> Collect();
  Task<Result<Outcome>> DeleteOne(Resource resource);
  Task<Result<void>> FinishDelete();

  void Accept(Plan& plan, StackDefinition definition);
  void Discard(const Resource& resource, RemovalPolicy policy);
  void Mark(Entry& entry, const std::string& status, const std::string& reason);
  std::string FailedList(const std::string& what) const;

  StackRecord& stack_;
  Journal& journal_;
  Provider& provider_;
  const OperationOptions options_;
  std::vector<std::string> failed_;  // logical ids
};

}  // namespace gatehouse::stack
