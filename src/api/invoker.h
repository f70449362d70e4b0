// How the api room reaches functions. `server` adapts it to the function room.
#pragma once

#include <string>
#include <string_view>

#include "base/function.h"
#include "gatehouse/event.h"

namespace gatehouse::api {

// What came of invoking an integration's function.
struct InvokeOutcome {
  enum Kind {
    kAnswered,  // answer is there
    kFailed,    // the function threw, or its answer is malformed
    kRefused,   // it could not be invoked: no such function, no permission, throttled
  };
  Kind kind = kAnswered;
  Answer answer;
  std::string error;  // kFailed, kRefused: a sentence for people
};

class Invoker {
 public:
  virtual ~Invoker() = default;
  // Starts a function with a proxy event. The event's views live until done was called, which
  // happens exactly once, on this thread, during the call or later.
  virtual void Invoke(std::string_view function_name, const Event& event,
                      base::UniqueFunction<void(InvokeOutcome)> done) = 0;
};

}  // namespace gatehouse::api
