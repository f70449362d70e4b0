// How the api room reaches functions. `server` adapts it to the function room.
#pragma once

#include "api/serve/invocation.h"
#include "api/stage/invoke_outcome.h"
#include "api/stage/invoke_target.h"
#include "gatehouse/event.h"

namespace gatehouse::api {

// Where an outcome goes: to the invocations of the loop, unless they have gone meanwhile. To be
// called once; then it is empty. As small as a pointer, so that it fits wherever it is kept.
class InvokeDone {
 public:
  InvokeDone() = default;
  explicit InvokeDone(Invocation& invocation) : lease_(&invocation) {}
  explicit operator bool() const { return lease_ != nullptr; }
  void operator()(const InvokeOutcome& outcome);

 private:
  InvocationLease lease_;
};

class Invoker {
 public:
  virtual ~Invoker() = default;
  // Starts a function with a proxy event. The target is kept by the caller for this loop alone. The
  // event's views live until done was called, which happens exactly once, on this thread, during
  // the call or later.
  virtual void Invoke(InvokeTarget& target, const Event& event, InvokeDone done) = 0;
  // Whether it runs in a process of its own, for which it may have to wait.
  virtual bool IsProcess(InvokeTarget& /*target*/) { return false; }
};

}  // namespace gatehouse::api
