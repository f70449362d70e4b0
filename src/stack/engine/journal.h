// Keeps stacks durable: changes are gathered and committed together, all or nothing. Loop thread
// only.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "gatehouse/task.h"
#include "stack/engine/record.h"
#include "store/documents.h"

namespace gatehouse::stack {

inline constexpr std::size_t kEventsMax = 1000;  // kept per stack, the newest

class Journal {
 public:
  // Everything given must outlive the journal.
  Journal(store::Documents documents, base::Executor& loop, base::Clock& clock,
          base::Random& random)
      : documents_(std::move(documents)), loop_(loop), clock_(clock), random_(random) {}

  // What the next Commit writes; the values are read now.
  void Save(const StackRecord& stack);
  void Save(const StackRecord& stack, const Entry& entry);
  void Save(const StackRecord& stack, const ChangeSet& change_set);
  void Forget(const StackRecord& stack, const std::string& logical_id);
  void Forget(const StackRecord& stack, const ChangeSet& change_set);
  void ForgetAll(const StackRecord& stack);  // the stack itself too

  // An event now; the oldest goes when there are too many.
  void Tell(StackRecord& stack, const std::string& status, const std::string& reason);
  void Tell(StackRecord& stack, const Resource& resource, const std::string& status,
            const std::string& reason);

  // Error: the store's; nothing was written.
  Task<Result<void>> Commit();

  base::Millis Now() { return clock_.WallNow(); }
  base::Random& random() { return random_; }
  const std::map<std::string, std::string, std::less<>>& documents() const {
    return documents_.all();
  }

 private:
  void Put(std::string name, std::string text);
  void Add(StackRecord& stack, StackEvent event);

  store::Documents documents_;
  base::Executor& loop_;
  base::Clock& clock_;
  base::Random& random_;
  std::vector<store::Documents::Change> changes_;
};

}  // namespace gatehouse::stack
