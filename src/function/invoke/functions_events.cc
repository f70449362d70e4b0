// Asynchronous invocations: taken in, tried again as AWS does, and what comes after them.
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.h"
#include "aws/id.h"
#include "function/define/function_name.h"
#include "function/define/identifiers.h"
#include "function/invoke/event_record.h"
#include "function/invoke/functions.h"

namespace gatehouse::function {

// An asynchronous invocation until it has succeeded or was given up.
struct Functions::AsyncEvent {
  std::string name;
  std::string payload;
  CallDetails details;
  std::chrono::nanoseconds accepted{};
  std::size_t failures = 0;
  int invocations = 0;
  int sent_on = 0;  // destinations that it has come through
  std::chrono::seconds throttled_delay{};
  std::shared_ptr<EventBounds> bounds;  // the loop may still have this when all else is gone
  base::Share place;
  base::Share bytes;
  base::UniqueFunction<void()> ended;  // may be empty

  bool Enter() {
    return place.Hold(bounds->events, 1) && bytes.Hold(bounds->payload_bytes, payload.size());
  }
  void Leave() {
    place.Release();
    bytes.Release();
  }
};

void Functions::Send(std::string_view name, std::string payload, CallDetails details,
                     base::UniqueFunction<void(Result<void>)> accepted,
                     base::UniqueFunction<void()> ended) {
  if (!Has(name)) {
    return accepted(Error{ErrorCode::kNotFound, "Function not found: " + std::string(name)});
  }
  if (Result<void> fine = CheckPayload(payload, InvocationType::kEvent); !fine) {
    return accepted(fine.error());
  }
  accepted(Accept(name, std::move(payload), std::move(details), std::move(ended), 0));
}

Result<void> Functions::Accept(std::string_view name, std::string payload, CallDetails details,
                               base::UniqueFunction<void()> ended, int sent_on) {
  details.log_tail = false;
  auto event = std::make_shared<AsyncEvent>();
  event->name = name;
  event->payload = std::move(payload);
  event->details = std::move(details);
  // The same for every try, as on AWS.
  if (event->details.request_id.empty() && options_.random) {
    event->details.request_id = aws::NewUuid(*options_.random);
  }
  event->accepted = loop_.Now();
  event->sent_on = sent_on;
  event->throttled_delay = options_.throttled_delay_first;
  event->bounds = options_.events;
  event->ended = std::move(ended);
  if (!event->Enter()) {
    return Error{ErrorCode::kLimitExceeded, "too many asynchronous invocations wait"};
  }
  loop_.Post([this, event = std::move(event)]() mutable { RunEvent(std::move(event)); });
  return {};
}

void Functions::RunEvent(std::shared_ptr<AsyncEvent> event) {
  AsyncEvent& held = *event;
  ++held.invocations;
  RunPayload(held.name, held.payload, held.details,
             [this, event = std::move(event)](const Outcome& outcome) mutable {
               EndEvent(std::move(event), outcome);
             });
}

void Functions::EndEvent(std::shared_ptr<AsyncEvent> event, const Outcome& outcome) {
  EventInvokeConfig config;
  if (auto function = Find(event->name); function && function->event_invoke) {
    config = *function->event_invoke;
  }
  std::chrono::nanoseconds age = loop_.Now() - event->accepted;
  std::optional<std::chrono::seconds> again;
  if (IsThrottled(outcome)) {
    if (age < std::min(options_.throttled_age_max, config.age_max)) {
      again = event->throttled_delay;
      event->throttled_delay = std::min(event->throttled_delay * 2, options_.throttled_delay_max);
    }
  } else if (outcome.kind == Outcome::kFailed) {
    auto retries = std::min(static_cast<std::size_t>(config.retries_max),
                            std::size(options_.event_retry_delays));
    if (event->failures < retries) again = options_.event_retry_delays[event->failures];
    ++event->failures;
    if (again && age + *again > config.age_max) again.reset();
  }
  if (!again) return FinishEvent(*event, outcome, config);
  loop_.After(*again, [this, event = std::move(event)]() mutable { RunEvent(std::move(event)); });
}

// It has succeeded or is given up.
void Functions::FinishEvent(AsyncEvent& event, const Outcome& outcome,
                            const EventInvokeConfig& config) {
  bool succeeded = outcome.kind == Outcome::kAnswered;
  const std::string& destination = succeeded ? config.on_success : config.on_failure;
  if (!succeeded) {
    Warn(fmt::format("an asynchronous invocation is given up after {} tries: {}{}",
                     event.invocations, outcome.error,
                     destination.empty() ? "; the function has no destination for failures" : ""),
         event);
  }
  if (!destination.empty()) {
    bool exhausted = event.failures > static_cast<std::size_t>(config.retries_max);
    EventRecordFacts facts;
    facts.time = loop_.WallNow();
    facts.request_id = event.details.request_id;
    facts.function_arn =
        aws::FunctionArn(options_.region, options_.account_id, event.name,
                         event.details.qualifier.empty() ? "$LATEST" : event.details.qualifier);
    facts.condition = succeeded ? "Success" : exhausted ? "RetriesExhausted" : "EventAgeExceeded";
    facts.invocations = event.invocations;
    SendOn(event, destination, EventRecord(facts, event.payload, outcome));
  }
  event.Leave();
  if (event.ended) event.ended();
}

void Functions::SendOn(const AsyncEvent& event, const std::string& destination,
                       std::string record) {
  Result<FunctionReference> function =
      ParseFunctionName(destination, {}, options_.region, options_.account_id);
  if (!function || function->foreign || destination.find(":function:") == destination.npos) {
    return Warn(fmt::format("the record of an asynchronous invocation is lost: its destination {} "
                            "is no function of this region and account",
                            destination),
                event);
  }
  if (event.sent_on >= options_.sent_on_max) {
    return Warn(fmt::format("an event is stopped that went through {} destinations: they lead back "
                            "to where it came from",
                            event.sent_on),
                event);
  }
  Result<void> sent = Has(function->name)
                          ? CheckPayload(record, InvocationType::kEvent)
                          : Error{ErrorCode::kNotFound, "there is no such function"};
  if (sent) sent = Accept(function->name, std::move(record), {}, {}, event.sent_on + 1);
  if (sent) return;
  Warn(fmt::format("the record of an asynchronous invocation did not reach {}: {}", destination,
                   sent.error().message),
       event);
}

void Functions::Warn(std::string_view sentence, const AsyncEvent& event) const {
  if (!options_.log) return;
  options_.log->Warning(sentence,
                        {{"function", event.name}, {"requestId", event.details.request_id}});
}

}  // namespace gatehouse::function
