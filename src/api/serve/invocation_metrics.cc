#include "api/serve/invocation_metrics.h"

namespace gatehouse::api {

void InvocationMetrics::Count(const Invocation& invocation, const InvokeOutcome& outcome) {
  if (!invocation.metrics) return;
  RouteResult result = RouteResult::kAnswered;
  if (invocation.has_invalid_body) {
    result = RouteResult::kInvalidBody;
  } else if (invocation.timed_out) {
    result = RouteResult::kTimedOut;
  } else if (outcome.kind != InvokeOutcome::kAnswered) {
    result = RouteResult::kFailed;
  }
  ++invocation.metrics->results[static_cast<std::size_t>(result)];
  CountDuration(invocation);
}

void InvocationMetrics::CountDuration(const Invocation& invocation) {
  if (invocation.started != loop_.Now()) {
    return invocation.metrics->duration.Add(loop_.ClockNow() - invocation.started);
  }
  if (ended_at_once_.empty() || ended_at_once_.back().metrics != invocation.metrics) {
    if (ended_at_once_.size() >= kEndedAtOnceMax) Flush();
    ended_at_once_.push_back({invocation.metrics, 0});
  }
  ++ended_at_once_.back().count;
}

// What ended in the turn in which it began took until now, at most.
void InvocationMetrics::Flush() {
  if (ended_at_once_.empty()) return;
  std::chrono::nanoseconds duration = loop_.ClockNow() - loop_.Now();
  for (const EndedAtOnce& ended : ended_at_once_) {
    ended.metrics->duration.Add(duration, ended.count);
  }
  ended_at_once_.clear();
}

}  // namespace gatehouse::api
