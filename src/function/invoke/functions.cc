#include "function/invoke/functions.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "function/process/answer_json.h"
#include "function/process/error_json.h"
#include "gatehouse/json.h"
#include "gatehouse/task.h"

namespace gatehouse::function {
namespace {

std::string WhatOf(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

// An answer may be as large as a payload, no larger: functions that wrap each other's answers would
// double the escapes at every level.
InvokeResult ToResult(Outcome& outcome, std::size_t bytes_max) {
  if (outcome.payload) {  // a process's, whose size was checked as it came
    return {200, std::move(*outcome.payload), std::move(outcome.function_error)};
  }
  if (outcome.kind != Outcome::kAnswered)
    return {200, ErrorJson("Error", outcome.error), "Unhandled"};
  std::string payload = AnswerJson(outcome.answer);
  if (payload.size() <= bytes_max) return {200, std::move(payload), {}};
  std::string why = fmt::format(
      "Response payload size exceeded maximum allowed payload size ({} bytes).", bytes_max);
  return {200, ErrorJson("Error", why), "Unhandled"};
}

FunctionsOptions WithEventBounds(FunctionsOptions options) {
  if (!options.events) options.events = std::make_shared<EventBounds>();
  return options;
}

// One of a function's reserved places, until it goes; nothing for those without reserved
// concurrency.
class ReservedPlace {
 public:
  // False: all are taken.
  bool Take(const Catalogue::Function& function) {
    int reserved = function.definition->reserved_concurrency;
    if (reserved < 0) return true;
    running_ = function.reserved_running;
    if (running_->fetch_add(1, std::memory_order_relaxed) < reserved) return true;
    Leave();
    return false;
  }
  ReservedPlace() = default;
  ReservedPlace(ReservedPlace&&) = default;  // leaves nothing there
  ~ReservedPlace() { Leave(); }

 private:
  void Leave() {
    if (running_) running_->fetch_sub(1, std::memory_order_relaxed);
    running_.reset();
  }
  std::shared_ptr<std::atomic<int>> running_;
};

// A direct invocation's bytes, which must outlive the handler.
struct DirectInvocation {
  std::string payload;
  Event event;
};

}  // namespace

Functions::Functions(Catalogue& catalogue, ContextFactory& contexts, net::Loop& loop,
                     FunctionsOptions options)
    : catalogue_(catalogue),
      snapshot_(catalogue.snapshot()),
      contexts_(contexts),
      loop_(loop),
      options_(WithEventBounds(std::move(options))) {}

Functions::~Functions() = default;

void Functions::UseProcesses(ProcessRunner& processes, EventWriter& events) {
  processes_ = &processes;
  events_ = &events;
}

// A snapshot newer than its version is taken again for nothing, an older one never kept.
std::shared_ptr<const Catalogue::Function> Functions::Find(std::string_view name) {
  std::uint64_t version = catalogue_.version();
  if (version != snapshot_version_) {
    snapshot_version_ = version;
    snapshot_ = catalogue_.snapshot();
  }
  auto found = snapshot_->find(name);
  return found == snapshot_->end() ? nullptr : found->second;
}

void Functions::Invoke(std::string_view name, const Event& event, OutcomeDone done) {
  Known known;
  Invoke(name, known, event, std::move(done));
}

void Functions::Invoke(std::string_view name, Known& known, const Event& event, OutcomeDone done) {
  if (std::uint64_t version = catalogue_.version(); known.version != version) {
    known.function = Find(name);
    known.version = version;
  }
  const Catalogue::Function* function = known.function.get();
  if (!function) {
    return done({Outcome::kRefused,
                 {},
                 "there is no function " + std::string(name),
                 {},
                 {},
                 ErrorCode::kNotFound});
  }
  if (function->handler) return RunHandler(*function, event, std::move(done));
  if (!function->definition->in_process.empty()) {
    return done({Outcome::kRefused,
                 {},
                 fmt::format("there is no in-process handler {} (there are: {})",
                             function->definition->in_process, catalogue_.KnownHandlers())});
  }
  if (!processes_) {
    return done({Outcome::kRefused, {}, "this gatehouse does not run functions as processes"});
  }
  RunProcess(known, event, std::move(done));
}

void Functions::RunProcess(const Known& known, const Event& event, OutcomeDone done) {
  CallDetails details;
  details.wait_max = known.wait_max;
  details.is_farewell = event.request_context && event.request_context->event_type == "DISCONNECT";
  processes_->Run(known.function->definition, events_->Write(event), std::move(details),
                  std::move(done));
}

bool Functions::IsProcess(std::string_view name, Known& known) {
  if (std::uint64_t version = catalogue_.version(); known.version != version) {
    known.function = Find(name);
    known.version = version;
  }
  const Catalogue::Function* function = known.function.get();
  return processes_ && function && !function->handler && function->definition->in_process.empty();
}

// The definition may be replaced while the handler runs: its context keeps the old one.
void Functions::RunHandler(const Catalogue::Function& function, const Event& event,
                           OutcomeDone done) {
  if (nesting_ >= options_.nesting_max) {
    return done({Outcome::kRefused, {}, "functions invoke each other too deeply"});
  }
  ReservedPlace place;
  if (!place.Take(function)) {
    const FunctionDefinition& definition = *function.definition;
    std::string why = fmt::format("function {} is throttled: its reserved concurrency is {}",
                                  definition.name, definition.reserved_concurrency);
    return done({Outcome::kRefused, {}, std::move(why), {}, {}, ErrorCode::kLimitExceeded});
  }
  ContextLease context(&contexts_.Create(function.definition, event), {&contexts_});
  std::optional<Task<gatehouse::Answer>> task;
  try {  // a handler need not be a coroutine itself
    task.emplace(function.handler(event, *context));
  } catch (...) {
    return done({Outcome::kFailed, {}, WhatOf(std::current_exception())});
  }
  ++running_;
  ++nesting_;
  Start(std::move(*task), [this, place = std::move(place), context = std::move(context),
                           done = std::move(done)](std::optional<gatehouse::Answer>&& answer,
                                                   const std::exception_ptr& exception) mutable {
    --running_;
    { ReservedPlace ended(std::move(place)); }
    if (exception) {
      done({Outcome::kFailed, {}, WhatOf(exception)});
    } else {
      done({Outcome::kAnswered, std::move(*answer), {}});
    }
  });
  --nesting_;
}

Result<void> Functions::CheckPayload(const std::string& payload, InvocationType type) const {
  std::size_t limit = type == InvocationType::kEvent ? options_.event_payload_bytes_max
                                                     : options_.payload_bytes_max;
  if (payload.size() > limit) {
    return Error{ErrorCode::kPayloadTooLarge,
                 fmt::format("the payload has {} bytes; {} are allowed", payload.size(), limit)};
  }
  if (!json::IsValid(payload)) {
    return Error{ErrorCode::kInvalidArgument, "the payload is no JSON"};
  }
  return {};
}

void Functions::InvokePayload(std::string_view name, std::string payload, InvocationType type,
                              base::UniqueFunction<void(Result<InvokeResult>)> done) {
  Call(name, std::move(payload), type, {}, [done = std::move(done)](Result<Answer> answer) mutable {
    if (!answer) return done(answer.error());
    done(std::move(answer->result));
  });
}

void Functions::Call(std::string_view name, std::string payload, InvocationType type,
                     CallDetails details, base::UniqueFunction<void(Result<Answer>)> done) {
  if (!Has(name)) {
    return done(Error{ErrorCode::kNotFound, "Function not found: " + std::string(name)});
  }
  if (Result<void> fine = CheckPayload(payload, type); !fine) return done(fine.error());
  if (type == InvocationType::kRequestResponse) {
    return RunPayload(
        name, std::move(payload), std::move(details),
        [done = std::move(done), limit = options_.payload_bytes_max](Outcome outcome) mutable {
          if (IsThrottled(outcome)) return done(Error{outcome.refusal, std::move(outcome.error)});
          std::string log_tail = std::move(outcome.log_tail);
          done(Answer{ToResult(outcome, limit), std::move(log_tail)});
        });
  }
  if (Result<void> taken = Accept(name, std::move(payload), std::move(details), {}, 0); !taken) {
    return done(taken.error());
  }
  done(Answer{{202, {}, {}}, {}});
}

void Functions::RunPayload(std::string_view name, std::string payload, CallDetails details,
                           OutcomeDone done) {
  std::shared_ptr<const Catalogue::Function> function = Find(name);
  if (processes_ && function && function->definition->in_process.empty()) {
    return processes_->Run(function->definition, std::move(payload), std::move(details),
                           std::move(done));
  }
  auto direct = std::make_unique<DirectInvocation>();
  direct->payload = std::move(payload);
  direct->event.payload = direct->payload;
  const Event& event = direct->event;
  Invoke(name, event,
         [direct = std::move(direct), done = std::move(done)](Outcome outcome) mutable {
           done(std::move(outcome));
         });
}

}  // namespace gatehouse::function
