#include "function/functions.h"

#include <exception>
#include <optional>

#include <fmt/format.h>

#include "gatehouse/json.h"
#include "gatehouse/task.h"

namespace gatehouse::function {
namespace {

// {"errorMessage":"…","errorType":"Error"}, as a runtime reports an exception.
std::string ErrorJson(std::string_view message) {
  return fmt::format(R"({{"errorMessage":{},"errorType":"Error"}})", json::Quoted(message));
}

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
InvokeResult ToResult(const Outcome& outcome, std::size_t bytes_max) {
  if (outcome.kind != Outcome::kAnswered) return {200, ErrorJson(outcome.error), "Unhandled"};
  std::string payload = AnswerJson(outcome.answer);
  if (payload.size() <= bytes_max) return {200, std::move(payload), {}};
  std::string why = fmt::format(
      "Response payload size exceeded maximum allowed payload size ({} bytes).", bytes_max);
  return {200, ErrorJson(why), "Unhandled"};
}

// A direct invocation's bytes, which must outlive the handler.
struct DirectInvocation {
  std::string payload;
  Event event;
};

}  // namespace

std::string AnswerJson(const Answer& answer) {
  std::string out = fmt::format(R"({{"statusCode":{})", answer.status_code);
  if (!answer.headers.empty()) {
    out += R"(,"headers":{)";
    for (const auto& [name, value] : answer.headers) {
      if (out.back() != '{') out += ',';
      json::AppendQuoted(out, name);
      out += ':';
      json::AppendQuoted(out, value);
    }
    out += '}';
  }
  if (answer.body) {
    out += R"(,"body":)";
    json::AppendQuoted(out, *answer.body);
  }
  return out + "}";
}

Functions::Functions(std::span<const HandlerEntry> handlers, ContextFactory& contexts,
                     base::Executor& loop, FunctionsOptions options)
    : handlers_(handlers), contexts_(contexts), loop_(loop), options_(options) {}

Functions::~Functions() = default;

Result<void> Functions::Define(FunctionDefinition definition) {
  if (Has(definition.name)) {
    return Error{ErrorCode::kInvalidArgument, "function " + definition.name + " is given twice"};
  }
  std::string known;
  for (const HandlerEntry& entry : handlers_) {
    if (entry.name == definition.handler) {
      std::string name = definition.name;
      functions_.emplace(std::move(name), Entry{std::move(definition), entry.handler});
      return {};
    }
    known.append(known.empty() ? "" : ", ").append(entry.name);
  }
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("function {}: there is no in-process handler {} (there are: {})",
                           definition.name, definition.handler, known)};
}

void Functions::Invoke(std::string_view name, const Event& event,
                       base::UniqueFunction<void(Outcome)> done) {
  auto it = functions_.find(name);
  if (it == functions_.end()) {
    return done({Outcome::kRefused, {}, "there is no function " + std::string(name)});
  }
  if (nesting_ >= options_.nesting_max) {
    return done({Outcome::kRefused, {}, "functions invoke each other too deeply"});
  }
  std::unique_ptr<Context> context = contexts_.Create(it->second.definition, event);
  std::optional<Task<Answer>> task;
  try {  // a handler need not be a coroutine itself
    task.emplace(it->second.handler(event, *context));
  } catch (...) {
    return done({Outcome::kFailed, {}, WhatOf(std::current_exception())});
  }
  ++running_;
  ++nesting_;
  Start(std::move(*task),
        [this, context = std::move(context), done = std::move(done)](
            std::optional<Answer> answer, const std::exception_ptr& exception) mutable {
          --running_;
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
  if (!Has(name)) {
    return done(Error{ErrorCode::kNotFound, "Function not found: " + std::string(name)});
  }
  if (Result<void> fine = CheckPayload(payload, type); !fine) return done(fine.error());
  auto direct = std::make_unique<DirectInvocation>();
  direct->payload = std::move(payload);
  direct->event.payload = direct->payload;
  const Event& event = direct->event;
  if (type == InvocationType::kRequestResponse) {
    return Invoke(
        name, event,
        [direct = std::move(direct), done = std::move(done), limit = options_.payload_bytes_max](
            const Outcome& outcome) mutable { done(ToResult(outcome, limit)); });
  }
  if (events_waiting_ >= options_.event_queue_max) {
    return done(Error{ErrorCode::kLimitExceeded, "too many asynchronous invocations wait"});
  }
  ++events_waiting_;
  loop_.Post([this, function = std::string(name), direct = std::move(direct)]() mutable {
    const Event& posted = direct->event;
    Invoke(function, posted,
           [this, direct = std::move(direct)](const Outcome&) { --events_waiting_; });
  });
  done(InvokeResult{202, {}, {}});
}

}  // namespace gatehouse::function
