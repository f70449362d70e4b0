// What the gateway counts, and what it tells of it.
#include "api/serve/gateway.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kEndedAtOnceMax = 1024;

}  // namespace

void Gateway::CountInvocation(const Invocation& invocation, const InvokeOutcome& outcome) {
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

void Gateway::CountDuration(const Invocation& invocation) {
  net::Loop& loop = sockets_.loop();
  if (invocation.started != loop.Now()) {
    return invocation.metrics->duration.Add(loop.ClockNow() - invocation.started);
  }
  if (ended_at_once_.empty() || ended_at_once_.back().metrics != invocation.metrics) {
    if (ended_at_once_.size() >= kEndedAtOnceMax) FlushDurations();
    ended_at_once_.push_back({invocation.metrics, 0});
  }
  ++ended_at_once_.back().count;
}

bool Gateway::OnTurnEnd() {
  bool has_more = wants_departures_ && StartDepartures();
  FlushDurations();
  return has_more;
}

// What ended in the turn in which it began took until now, at most.
void Gateway::FlushDurations() {
  if (ended_at_once_.empty()) return;
  std::chrono::nanoseconds duration = sockets_.loop().ClockNow() - sockets_.loop().Now();
  for (const EndedAtOnce& ended : ended_at_once_)
    ended.metrics->duration.Add(duration, ended.count);
  ended_at_once_.clear();
}

void Gateway::CountPost(const Result<void>& result) {
  PostResult counted = PostResult::kQueued;
  if (!result) {
    ErrorCode code = result.error().code;
    counted = code == ErrorCode::kGone            ? PostResult::kGone
              : code == ErrorCode::kLimitExceeded ? PostResult::kQueueFull
                                                  : PostResult::kInvalid;
  }
  ++posts_[static_cast<std::size_t>(counted)];
}

GatewayFacts Gateway::Facts() {
  FlushDurations();
  GatewayFacts facts;
  for (const auto& place : stages_.places()) {
    const Stage& stage = *place->current;
    facts.stages.push_back({stage.api_id(), stage.name(), place->metrics});
  }
  facts.posts = posts_;
  facts.pending_handshakes = pending_handshakes_;
  facts.departures_waiting = departures_waiting_;
  facts.running = running_.size();
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    std::size_t queued = sockets_.queued_bytes(slot);
    facts.queued_bytes += queued;
    facts.queued_connections += queued > 0 ? 1 : 0;
  });
  return facts;
}

}  // namespace gatehouse::api
