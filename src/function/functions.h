// The functions of a stack and their invocation on this loop. Loop thread only.
//
// An in-process handler is a coroutine that runs on the loop: it starts within Invoke and resumes
// when what it awaits is there. Exceptions that leave it become a function error, as a Lambda's
// would.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

struct FunctionDefinition {
  std::string name;     // physical, as in the function's ARN
  std::string handler;  // in-process: its name in the handler table, "chat/sendMessage"
  std::map<std::string, std::string, std::less<>> environment;
};

// What became of one invocation.
struct Outcome {
  enum Kind { kAnswered, kFailed, kRefused };
  Kind kind = kAnswered;
  Answer answer;
  std::string error;  // kFailed: what the handler threw; kRefused: why it did not start
};

// Builds what a handler has at hand. `server` implements it.
class ContextFactory {
 public:
  virtual ~ContextFactory() = default;
  // The event outlives the context.
  virtual std::unique_ptr<Context> Create(const FunctionDefinition& function,
                                          const Event& event) = 0;
};

struct FunctionsOptions {
  std::size_t payload_bytes_max = 6 * 1024 * 1024;    // synchronous (AWS: 6 MB)
  std::size_t event_payload_bytes_max = 1024 * 1024;  // asynchronous (AWS: 1 MB)
  std::size_t event_queue_max = 1000;                 // asynchronous invocations not ended
  int nesting_max = 64;  // functions that invoke each other without waiting: they share a stack
};

class Functions {
 public:
  // handlers must outlive this; the factory and the executor too.
  Functions(std::span<const HandlerEntry> handlers, ContextFactory& contexts, base::Executor& loop,
            FunctionsOptions options = {});
  ~Functions();

  // Errors: kInvalidArgument (no such handler: the message names those there are; a name taken).
  Result<void> Define(FunctionDefinition definition);
  bool Has(std::string_view name) const { return functions_.contains(name); }

  // Runs a function with a proxy event, whose views must live until done was called (exactly once,
  // during the call or later). done must not throw.
  void Invoke(std::string_view name, const Event& event, base::UniqueFunction<void(Outcome)> done);

  // The Invoke API, in process: the payload is any JSON. A RequestResponse is done when the
  // function is; an Event as soon as it is accepted. Errors: kNotFound, kInvalidArgument (payload
  // is no JSON), kPayloadTooLarge, kLimitExceeded (too many Events wait).
  void InvokePayload(std::string_view name, std::string payload, InvocationType type,
                     base::UniqueFunction<void(Result<InvokeResult>)> done);

  std::size_t running() const { return running_; }

 private:
  struct Entry {
    FunctionDefinition definition;
    Handler handler;
  };
  Result<void> CheckPayload(const std::string& payload, InvocationType type) const;

  std::span<const HandlerEntry> handlers_;
  ContextFactory& contexts_;
  base::Executor& loop_;
  const FunctionsOptions options_;
  std::map<std::string, Entry, std::less<>> functions_;
  std::size_t running_ = 0;
  int nesting_ = 0;
  std::size_t events_waiting_ = 0;
};

// A proxy answer as the JSON a Lambda would return: {"statusCode":200,"body":"…"}.
std::string AnswerJson(const Answer& answer);

}  // namespace gatehouse::function
