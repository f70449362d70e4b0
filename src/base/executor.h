// Where work that was done elsewhere comes back. Loops implement it.
#pragma once

#include "base/function.h"

namespace gatehouse::base {

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs task once, later, on the executor's own thread, in the order of the posts of one thread.
  // From any thread. Tasks posted after the executor has stopped are destroyed without running.
  virtual void Post(UniqueFunction<void()> task) = 0;
};

}  // namespace gatehouse::base
