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

}  // namespace gatehouse::api
