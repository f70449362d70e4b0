#include "api/serve/invocations.h"

#include "api/serve/disconnects.h"
#include "api/serve/error_frame.h"
#include "api/serve/messages.h"
#include "api/serve/stage_closings.h"
#include "api/serve/upgrades.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kSpareInvocationsMax = 256;

std::string_view HandlerForPeople(const Route* route) {
  if (!route || !route->integration) return "none";
  return route->mock ? std::string_view("MOCK") : route->integration->function_name;
}

RequestView ViewOf(const Invocation& invocation, const wire::RoutingReader* message) {
  RequestView view;
  view.body = message;
  view.event = &invocation.event;
  view.stage_variables = &invocation.stage->variables();
  return view;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewWaitingBytes() {
  return std::make_shared<base::SharedBound>(kWaitingBytesMax, kSmallMessageBytes);
}

void InvokeDone::operator()(const InvokeOutcome& outcome) {
  InvocationLease lease = std::move(lease_);
  Invocations* owner = lease->owner;
  if (owner) owner->End(lease.release(), outcome);
}

Invocations::~Invocations() {
  for (std::unique_ptr<Invocation>& invocation : running_) {
    if (invocation->timer) loop_.Cancel(*invocation->timer);
    invocation->owner = nullptr;
    invocation->waiting_bytes.Release();
    static_cast<void>(invocation.release());  // the invoker's lease deletes it
  }
}

Invocation* Invocations::New(Invocation::Kind kind, net::SocketRef socket, StagePlace& place,
                             const Connection& connection) {
  std::unique_ptr<Invocation> invocation;
  if (spare_.empty()) {
    invocation = std::make_unique<Invocation>();
  } else {
    invocation = std::move(spare_.back());
    spare_.pop_back();
  }
  invocation->owner = this;
  invocation->kind = kind;
  invocation->place = &place;
  ++place.running;
  invocation->Take(socket, place.current, connection);
  ids_.Assign(invocation->request_id);
  invocation->running_index = running_.size();
  running_.push_back(std::move(invocation));
  return running_.back().get();
}

void Invocations::FillState(RouteState& state, StagePlace& place, const Route& route) {
  state.metrics = &place.metrics.Route(route.key);
  if (!route.integration) return;
  state.target.credentials_arn = route.integration->credentials_arn;
  state.target.qualifier = route.integration->qualifier;
  state.target.time_max = std::min(route.integration->timeout, time_max_);
}

void Invocations::Run(Invocation* invocation, const wire::RoutingReader* message) {
  invocation->started = loop_.Now();
  invocation->BindEvent(loop_.WallNow().count());
  const Route* route = invocation->route;
  if (!route) return End(invocation, {});  // nothing to ask: opens, or is simply gone
  RouteState& state = StateOf(*invocation->place, *route);
  invocation->metrics = state.metrics;
  if (!route->refusal.empty()) {
    return End(invocation, {InvokeOutcome::kRefused, {}, route->refusal});
  }
  bool is_message = invocation->kind == Invocation::Kind::kMessage;
  if (is_message && route->models &&
      !route->models->Accept(ViewOf(*invocation, message), invocation->body)) {
    invocation->has_invalid_body = true;
    return End(invocation, {});
  }
  if (route->mock) {
    return End(invocation, route->mock->Run(ViewOf(*invocation, message), route->route_response));
  }
  bool done = false;
  invocation->done_flag = &done;
  invoker_.Invoke(state.target, invocation->event, InvokeDone(*invocation));
  if (done) return;
  invocation->done_flag = nullptr;
  BeginWaiting(*invocation);
  if (invocation->is_departure) return;  // its process has a time limit of its own
  invocation->timer =
      loop_.After(state.target.time_max, [this, invocation] { OnTimeout(invocation); });
}

void Invocations::Refuse(Invocation* invocation, std::string_view why) {
  invocation->BindEvent(loop_.WallNow().count());
  End(invocation, {InvokeOutcome::kRefused, {}, std::string(why)});
}

void Invocations::End(Invocation* invocation, const InvokeOutcome& outcome) {
  if (invocation->done_flag) *invocation->done_flag = true;
  if (invocation->timer) {
    loop_.Cancel(*invocation->timer);
    EndWaiting(*invocation);
  }
  if (!invocation->timed_out) {
    Tell(*invocation, outcome);
  } else {  // it was answered for already
    EndWaiting(*invocation);
  }
  Release(invocation);
}

// What one that is too much holds cannot be had back; the next ones are not begun.
void Invocations::BeginWaiting(Invocation& invocation) {
  std::size_t bytes = invocation.body.size();
  if (invocation.waiting_bytes.Hold(*waiting_bytes_, bytes)) return;
  refused_from_ = bytes > kSmallMessageBytes ? kSmallMessageBytes + 1 : 0;
}

void Invocations::EndWaiting(Invocation& invocation) {
  if (invocation.waiting_bytes.held() == 0) return;
  invocation.waiting_bytes.Release();
  refused_from_ = kNone;
}

// The handler goes on; its answer will be dropped.
void Invocations::OnTimeout(Invocation* invocation) {
  invocation->timer.reset();
  invocation->timed_out = true;
  Tell(*invocation, {});
}

void Invocations::Tell(Invocation& invocation, const InvokeOutcome& outcome) {
  switch (invocation.kind) {
    case Invocation::Kind::kConnect:
      listeners_->upgrades.Finish(invocation, outcome);
      break;
    case Invocation::Kind::kMessage:
      listeners_->messages.Finish(invocation, outcome);
      break;
    case Invocation::Kind::kDisconnect:
      listeners_->disconnects.Finish(invocation, outcome);
      break;
  }
  metrics_.Count(invocation, outcome);
  if (invocation.has_invalid_body) {
    Log(invocation, kInvalidRequestBody);
  } else if (invocation.timed_out) {
    Log(invocation, "timed out");
  } else if (outcome.kind == InvokeOutcome::kAnswered) {
    if (!log_.enabled(base::LogLevel::kDebug)) return;
    Log(invocation, std::to_string(outcome.answer.status_code));
  } else {
    Log(invocation, "failed");
    log_.Error(outcome.error,
               {{"route", invocation.context.route_key}, {"requestId", invocation.request_id}});
  }
}

void Invocations::Release(Invocation* invocation) {
  std::size_t index = invocation->running_index;
  std::unique_ptr<Invocation> owned = std::move(running_[index]);
  if (index + 1 < running_.size()) {
    running_[index] = std::move(running_.back());
    running_[index]->running_index = index;
  }
  running_.pop_back();
  StagePlace& place = *owned->place;
  --place.running;
  if (place.closing && place.IsAtRest()) listeners_->closings.OnRest(place);
  if (spare_.size() >= kSpareInvocationsMax) return;
  owned->Reset();
  spare_.push_back(std::move(owned));
}

std::size_t Invocations::DisconnectsRunning(const StagePlace* of) const {
  return static_cast<std::size_t>(
      std::count_if(running_.begin(), running_.end(), [&](const auto& invocation) {
        return invocation->kind == Invocation::Kind::kDisconnect && !invocation->timed_out &&
               (!of || invocation->place == of);
      }));
}

void Invocations::Log(const Invocation& invocation, std::string_view status) {
  if (!log_.enabled(base::LogLevel::kDebug)) return;
  double ms =
      std::chrono::duration<double, std::milli>(loop_.ClockNow() - invocation.started).count();
  log_.Debug("in", {{"route", invocation.context.route_key},
                    {"handler", HandlerForPeople(invocation.route)},
                    {"ms", ms},
                    {"bytes", static_cast<std::int64_t>(invocation.body.size())},
                    {"status", status},
                    {"connection", invocation.connection.id}});
}

}  // namespace gatehouse::api
