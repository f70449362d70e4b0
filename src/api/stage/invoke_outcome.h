// What an integration gives back.
#pragma once

#include <string>

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
  std::string error;         // kFailed, kRefused: a sentence for people
  bool is_stopping = false;  // kRefused: not run, or not to its end, because gatehouse stops
};

// What a client may hear of one that is not kAnswered. How a function failed is the log's: a proxy
// on this machine may stand between us and strangers.
inline std::string ReasonOf(const InvokeOutcome& outcome) {
  return outcome.kind == InvokeOutcome::kRefused ? outcome.error
                                                 : "the function failed; gatehouse's log says how";
}

}  // namespace gatehouse::api
