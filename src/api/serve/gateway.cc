#include "api/serve/gateway.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/serve/error_frame.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kSpareInvocationsMax = 256;

net::WebSocketOptions EndpointOptions(const GatewayOptions& gateway) {
  const Quotas& quotas = gateway.quotas;
  net::WebSocketOptions options;
  options.frame_bytes_max = quotas.frame_bytes_max;
  options.message_bytes_max = quotas.message_bytes_max;
  options.queued_bytes_max = quotas.send_queue_bytes_max;
  options.idle_seconds = quotas.idle_seconds;
  options.age_seconds = quotas.age_seconds;
  options.pings_count_as_traffic = quotas.pings_count_as_traffic;
  options.deflate_bytes_min = quotas.deflate_bytes_min;
  options.partial_bytes = gateway.partial_bytes;
  return options;
}

GatewayOptions Complete(GatewayOptions options) {
  options.incarnation = ConnectionIdCodec::LegalIncarnation(options.incarnation);
  if (!options.waiting_bytes) options.waiting_bytes = NewWaitingBytes();
  return options;
}

std::string_view HandlerForPeople(const Route* route) {
  if (!route || !route->integration) return "none";
  return route->mock ? std::string_view("MOCK") : route->integration->function_name;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewWaitingBytes() {
  return std::make_shared<base::SharedBound>(kWaitingBytesMax, kSmallMessageBytes);
}

Gateway::Gateway(net::Sockets& sockets, net::HttpServer& http, Invoker& invoker, base::Log& log,
                 base::Random& random, const GatewayOptions& options)
    : sockets_(sockets),
      http_(http),
      invoker_(invoker),
      log_(log),
      random_(random),
      options_(Complete(options)),
      ids_(options.id_key),
      new_ids_(options.id_key, options_.incarnation, options.loop_index),
      websockets_(sockets, *this, EndpointOptions(options)) {
  sockets.loop().AddTurnEndFirst(*this);
}

Gateway::~Gateway() {
  sockets_.loop().RemoveTurnEnd(*this);
  for (const Closing& closing : closings_) sockets_.loop().Cancel(closing.timer);
  for (std::unique_ptr<Invocation>& invocation : running_) {
    if (invocation->timer) sockets_.loop().Cancel(*invocation->timer);
    invocation->gateway = nullptr;
    invocation->waiting_bytes.Release();
    static_cast<void>(invocation.release());  // the invoker's lease deletes it
  }
}

Invocation* Gateway::NewInvocation(Invocation::Kind kind, net::SocketRef socket, StagePlace& place,
                                   const Connection& connection) {
  std::unique_ptr<Invocation> invocation;
  if (spare_.empty()) {
    invocation = std::make_unique<Invocation>();
  } else {
    invocation = std::move(spare_.back());
    spare_.pop_back();
  }
  invocation->gateway = this;
  invocation->kind = kind;
  invocation->place = &place;
  ++place.running;
  invocation->Take(socket, place.current, connection);
  new_ids_.Assign(invocation->request_id);
  invocation->running_index = running_.size();
  running_.push_back(std::move(invocation));
  return running_.back().get();
}

void Gateway::FillState(RouteState& state, StagePlace& place, const Route& route) {
  state.metrics = &place.metrics.Route(route.key);
  if (!route.integration) return;
  state.target.credentials_arn = route.integration->credentials_arn;
  state.target.time_max = std::min(route.integration->timeout, options_.quotas.integration_timeout);
}

void Gateway::Run(Invocation* invocation) {
  invocation->started = sockets_.loop().Now();
  invocation->BindEvent(NowMs());
  const Route* route = invocation->route;
  if (!route) return OnOutcome(invocation, {});  // nothing to ask: opens, or is simply gone
  RouteState& state = StateOf(*invocation->place, *route);
  invocation->metrics = state.metrics;
  if (!route->refusal.empty()) {
    return OnOutcome(invocation, {InvokeOutcome::kRefused, {}, route->refusal});
  }
  bool is_message = invocation->kind == Invocation::Kind::kMessage;
  if (is_message && route->models &&
      !route->models->Accept(ViewOf(*invocation), invocation->body)) {
    invocation->has_invalid_body = true;
    return OnOutcome(invocation, {});
  }
  if (route->mock) {
    return OnOutcome(invocation, route->mock->Run(ViewOf(*invocation), route->route_response));
  }
  bool done = false;
  invocation->done_flag = &done;
  invoker_.Invoke(state.target, invocation->event, InvokeDone(*invocation));
  if (done) return;
  invocation->done_flag = nullptr;
  BeginWaiting(*invocation);
  if (invocation->is_departure) return;  // its process has a time limit of its own
  invocation->timer =
      sockets_.loop().After(state.target.time_max, [this, invocation] { OnTimeout(invocation); });
}

void InvokeDone::operator()(const InvokeOutcome& outcome) {
  InvocationLease lease = std::move(lease_);
  Gateway* gateway = lease->gateway;
  if (gateway) gateway->OnOutcome(lease.release(), outcome);
}

RequestView Gateway::ViewOf(const Invocation& invocation) const {
  RequestView view;
  if (invocation.kind == Invocation::Kind::kMessage) view.body = parsed_message_;
  view.event = &invocation.event;
  view.stage_variables = &invocation.stage->variables();
  return view;
}

void Gateway::OnOutcome(Invocation* invocation, const InvokeOutcome& outcome) {
  if (invocation->done_flag) *invocation->done_flag = true;
  if (invocation->timer) {
    sockets_.loop().Cancel(*invocation->timer);
    EndWaiting(*invocation);
  }
  if (!invocation->timed_out) {
    Finish(*invocation, outcome);
  } else {  // it was answered for already
    EndWaiting(*invocation);
  }
  Release(invocation);
}

// What one that is too much holds cannot be had back; the next ones are not begun.
void Gateway::BeginWaiting(Invocation& invocation) {
  std::size_t bytes = invocation.body.size();
  if (invocation.waiting_bytes.Hold(*options_.waiting_bytes, bytes)) return;
  refused_from_ = bytes > kSmallMessageBytes ? kSmallMessageBytes + 1 : 0;
}

void Gateway::EndWaiting(Invocation& invocation) {
  if (invocation.waiting_bytes.held() == 0) return;
  invocation.waiting_bytes.Release();
  refused_from_ = kNone;
}

// The handler goes on; its answer will be dropped.
void Gateway::OnTimeout(Invocation* invocation) {
  invocation->timer.reset();
  invocation->timed_out = true;
  Finish(*invocation, {});
}

void Gateway::Finish(Invocation& invocation, const InvokeOutcome& outcome) {
  switch (invocation.kind) {
    case Invocation::Kind::kConnect:
      FinishConnect(invocation, outcome);
      break;
    case Invocation::Kind::kMessage:
      FinishMessage(invocation, outcome);
      break;
    case Invocation::Kind::kDisconnect:
      FinishDisconnect(invocation, outcome);
      break;
  }
  CountInvocation(invocation, outcome);
  if (invocation.has_invalid_body) {
    LogInvocation(invocation, kInvalidRequestBody);
  } else if (invocation.timed_out) {
    LogInvocation(invocation, "timed out");
  } else if (outcome.kind == InvokeOutcome::kAnswered) {
    if (!log_.enabled(base::LogLevel::kDebug)) return;
    LogInvocation(invocation, std::to_string(outcome.answer.status_code));
  } else {
    LogInvocation(invocation, "failed");
    log_.Error(outcome.error,
               {{"route", invocation.context.route_key}, {"requestId", invocation.request_id}});
  }
}

void Gateway::Release(Invocation* invocation) {
  std::size_t index = invocation->running_index;
  std::unique_ptr<Invocation> owned = std::move(running_[index]);
  if (index + 1 < running_.size()) {
    running_[index] = std::move(running_.back());
    running_[index]->running_index = index;
  }
  running_.pop_back();
  StagePlace& place = *owned->place;
  --place.running;
  if (place.closing && IsAtRest(place)) EndClosing(place);
  if (spare_.size() >= kSpareInvocationsMax) return;
  owned->Reset();
  spare_.push_back(std::move(owned));
}

void Gateway::LogInvocation(const Invocation& invocation, std::string_view status) {
  if (!log_.enabled(base::LogLevel::kDebug)) return;
  const Route* route = invocation.route;
  double ms =
      std::chrono::duration<double, std::milli>(sockets_.loop().ClockNow() - invocation.started)
          .count();
  log_.Debug("in", {{"route", invocation.context.route_key},
                    {"handler", HandlerForPeople(route)},
                    {"ms", ms},
                    {"bytes", static_cast<std::int64_t>(invocation.body.size())},
                    {"status", status},
                    {"connection", invocation.connection.id}});
}

std::string Gateway::NewTraceId() {
  std::array<char, 12> bytes;
  random_.Fill(std::as_writable_bytes(std::span(bytes)));
  return fmt::format("Root=1-{:08x}-{}", NowMs() / 1000,
                     base::EncodeHex({bytes.data(), bytes.size()}));
}

}  // namespace gatehouse::api
