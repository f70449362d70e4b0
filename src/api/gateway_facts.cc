// What the gateway counts, and what it tells of it.
#include "api/gateway.h"

namespace gatehouse::api {

void Gateway::CountInvocation(const Invocation& invocation, const InvokeOutcome& outcome) {
  if (!invocation.route) return;
  RouteMetrics& route = invocation.place->metrics.Route(invocation.route->key);
  RouteResult result = RouteResult::kAnswered;
  if (invocation.has_invalid_body) {
    result = RouteResult::kInvalidBody;
  } else if (invocation.timed_out) {
    result = RouteResult::kTimedOut;
  } else if (outcome.kind != InvokeOutcome::kAnswered) {
    result = RouteResult::kFailed;
  }
  ++route.results[static_cast<std::size_t>(result)];
  route.duration.Add(sockets_.loop().ClockNow() - invocation.started);
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
  GatewayFacts facts;
  for (const auto& place : stages_.places()) {
    const Stage& stage = *place->current;
    facts.stages.push_back({stage.api_id(), stage.name(), place->metrics});
  }
  facts.posts = posts_;
  facts.pending_handshakes = pending_handshakes_;
  facts.running = running_.size();
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    std::size_t queued = sockets_.queued_bytes(slot);
    facts.queued_bytes += queued;
    facts.queued_connections += queued > 0 ? 1 : 0;
  });
  return facts;
}

}  // namespace gatehouse::api
