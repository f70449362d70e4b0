// What became of one invocation, and how functions that are processes are run. Plain values and two
// small interfaces. Loop thread only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/function.h"
#include "function/define/definition.h"
#include "gatehouse/event.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

struct Outcome {
  enum Kind {
    kAnswered,
    kFailed,   // it ran, or tried to: a function error
    kRefused,  // it was not started
  };
  Kind kind = kAnswered;
  Answer answer = {};      // kAnswered in the process
  std::string error = {};  // kFailed, kRefused: a sentence for people
  // Of a function that is a process: the JSON it gave back, byte for byte, or that of its error.
  std::optional<std::string> payload = {};
  std::string function_error = {};           // "Unhandled" with kFailed
  ErrorCode refusal = ErrorCode::kInternal;  // kRefused: kNotFound, kLimitExceeded, kUnavailable
  std::string log_tail = {};                 // if it was asked for: the last 4 KB of its log
};

// Not started, and worth trying later.
inline bool IsThrottled(const Outcome& outcome) {
  return outcome.kind == Outcome::kRefused && outcome.refusal == ErrorCode::kLimitExceeded;
}

using OutcomeDone = base::UniqueFunction<void(Outcome&&)>;

// An invocation's details beside its payload. Empty members: none, or made here.
struct CallDetails {
  std::string request_id;      // a UUID
  std::string client_context;  // JSON
  std::string qualifier;       // as asked for: "$LATEST"; part of invokedFunctionArn
  bool log_tail = false;
  // How long its caller waits, so how long it may wait for a process; 0: queue_time_max.
  std::chrono::nanoseconds wait_max{0};
  // A connection's $disconnect: it waits for a process as long as it takes and is not refused. Who
  // sends them bounds how many wait.
  bool is_farewell = false;
};

// Writes the JSON of an event for functions that do not share memory with us. `server` has it
// implemented by what the api room knows.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  virtual std::string Write(const Event& event) = 0;
};

class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  virtual void Run(std::shared_ptr<const FunctionDefinition> function, std::string payload,
                   CallDetails details, OutcomeDone done) = 0;
  // The function was replaced or deleted: what runs may end, what is idle stops.
  virtual void Retire(const std::string& name) = 0;
};

}  // namespace gatehouse::function
