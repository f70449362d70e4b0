// Messages of clients: their route, its answer, error frames.
#include <algorithm>

#include <fmt/format.h>

#include "api/serve/error_frame.h"
#include "api/serve/gateway.h"
#include "wire/reason.h"
#include "wire/utf8.h"

namespace gatehouse::api {

void Gateway::OnMessage(std::uint32_t slot, wire::Opcode /*type*/, std::string_view data) {
  Connection& record = RecordOf(slot);
  record.last_active_at = NowMs();
  StagePlace& place = *record.place;
  const Stage& stage = *place.current;
  std::chrono::nanoseconds now = sockets_.loop().Now();
  AccountThrottle* account = options_.quotas.account.get();
  if (account && !account->requests.Take(now)) return OnThrottled(slot, data);
  if (data.size() >= refused_from_) return OnThrottled(slot, data);
  std::string value;
  parsed_message_ = nullptr;
  const Route* route = SelectRoute(place, data, value);
  if (!route) return OnNoRoute(slot, stage, data, value);
  if (!stage.TakeToken(route, now)) return OnThrottled(slot, data);
  record.throttled = 0;
  if (route->reads_body && !parsed_message_) ParseMessage(data);
  if (++record.in_flight >= options_.quotas.in_flight_messages_max) sockets_.PauseReading(slot);
  Invocation* invocation =
      NewInvocation(Invocation::Kind::kMessage, sockets_.Ref(slot), place, record);
  invocation->route = route;
  new_ids_.Assign(invocation->message_id);
  invocation->body = data;
  Run(invocation);
  parsed_message_ = nullptr;
}

bool Gateway::ParseMessage(std::string_view data) {
  parsed_message_ = reader_.Parse(data) ? &reader_ : nullptr;
  return parsed_message_ != nullptr;
}

const Route* Gateway::SelectRoute(StagePlace& place, std::string_view data, std::string& value) {
  const Stage& stage = *place.current;
  const SelectionExpression& expression = stage.expression();
  if (!expression.is_constant() && !ParseMessage(data)) return stage.default_route();
  value = expression.Evaluate(reader_);
  if (!place.recent_route || place.recent_route->key != value) {
    place.recent_route = stage.SelectRoute(value);
  }
  return place.recent_route;
}

void Gateway::OnThrottled(std::uint32_t slot, std::string_view data) {
  ++RecordOf(slot).place->metrics.throttled;
  RefuseMessage(slot, kTooManyRequests, data.size());
  if (++RecordOf(slot).throttled < options_.quotas.throttled_in_a_row_max) return;
  log_.Info("closed with 1008: too many requests", {{"connection", RecordOf(slot).id}});
  websockets_.Close(slot, wire::kClosePolicyViolation, "too many requests");
}

// Tells our own client on this machine why an error frame comes: in pongs before it, for the frame
// is AWS's to the byte, and a message of that meaning could be forged by whoever may post.
void Gateway::Explain(std::uint32_t slot, std::string_view why) {
  const Connection& record = RecordOf(slot);
  bool is_ours =
      record.user_agent == wire::kOwnUserAgent && net::Address{record.source_ip, 0}.IsLoopback();
  if (!is_ours) return;
  why = why.substr(0, wire::kReasonBytesMax);
  for (; !why.empty(); why.remove_prefix(std::min(why.size(), wire::kReasonPartBytesMax))) {
    websockets_.SendPong(slot, why.substr(0, wire::kReasonPartBytesMax));
  }
}

// Answers a message with an error frame; its connection stays open.
void Gateway::RefuseMessage(std::uint32_t slot, std::string_view message, std::size_t bytes) {
  websockets_.SendText(slot, ErrorFrame(message, RecordOf(slot).id, NewId()));
  log_.Debug("in", {{"route", "none"},
                    {"handler", "none"},
                    {"ms", 0.0},
                    {"bytes", static_cast<std::int64_t>(bytes)},
                    {"status", message},
                    {"connection", RecordOf(slot).id}});
}

void Gateway::OnNoRoute(std::uint32_t slot, const Stage& stage, std::string_view data,
                        const std::string& value) {
  ++RecordOf(slot).place->metrics.forbidden;
  const SelectionExpression& expression = stage.expression();
  std::string what =
      fmt::format("no route for {} \"{}\"", expression.VariableName(), value.substr(0, 128));
  if (!expression.is_constant() && !parsed_message_) {
    what = "the message is no JSON object";
  } else if (value.empty()) {
    what = fmt::format("the message says no {}", expression.VariableName());
  }
  std::string why = fmt::format("{} (routes: {})", what, stage.RouteKeysForPeople());
  log_.Info(why + "; AWS answers Forbidden", {{"connection", RecordOf(slot).id}});
  Explain(slot, why);
  RefuseMessage(slot, kForbidden, data.size());
}

void Gateway::FinishMessage(Invocation& invocation, const InvokeOutcome& outcome) {
  if (invocation.has_invalid_body) {
    SendErrorFrame(invocation, kInvalidRequestBody);
  } else if (invocation.timed_out) {
    SendErrorFrame(invocation, kEndpointTimedOut);
  } else if (outcome.kind != InvokeOutcome::kAnswered) {
    if (sockets_.IsOpen(invocation.socket)) Explain(invocation.socket.slot, ReasonOf(outcome));
    SendErrorFrame(invocation, kInternalServerError);
  } else if (invocation.route->route_response) {
    SendAnswer(invocation, outcome.answer);
  }
  EndMessage(invocation.socket);
}

void Gateway::SendAnswer(const Invocation& invocation, const Answer& answer) {
  if (!sockets_.IsOpen(invocation.socket)) return;
  std::uint32_t slot = invocation.socket.slot;
  std::string_view body = answer.body ? std::string_view(*answer.body) : std::string_view();
  Result<void> fine = CheckPayload(body);
  if (fine && !wire::IsUtf8(body)) {  // not from a process, whose answers are JSON
    fine = Error{ErrorCode::kInvalidArgument, "the answer is not UTF-8 text"};
  }
  if (!fine) {
    log_.Error(fine.error().message,
               {{"route", invocation.context.route_key}, {"requestId", invocation.request_id}});
    return SendErrorFrame(invocation, kInternalServerError);
  }
  // Two-way without a body: AWS sends an empty message.
  Result<void> sent = ToResult(websockets_.SendText(slot, body), slot);
  if (!sent) log_.Debug("answer dropped", {{"connection", invocation.connection.id}});
}

void Gateway::SendErrorFrame(const Invocation& invocation, std::string_view message) {
  if (!sockets_.IsOpen(invocation.socket)) return;
  std::uint32_t slot = invocation.socket.slot;
  std::string frame = ErrorFrame(message, invocation.connection.id, invocation.request_id);
  static_cast<void>(ToResult(websockets_.SendText(slot, frame), slot));
}

void Gateway::EndMessage(net::SocketRef socket) {
  Connection& record = RecordOf(socket.slot);
  if (record.generation != socket.generation || record.in_flight == 0) return;
  bool was_full = record.in_flight-- >= options_.quotas.in_flight_messages_max;
  if (was_full && record.IsOpen(socket.generation)) sockets_.ResumeReading(socket.slot);
}

}  // namespace gatehouse::api
