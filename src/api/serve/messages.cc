#include "api/serve/messages.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/serve/error_frame.h"
#include "wire/reason.h"
#include "wire/utf8.h"

namespace gatehouse::api {

void Messages::OnMessage(std::uint32_t slot, std::string_view data) {
  Connection& record = book_.At(slot);
  record.last_active_at = sockets_.loop().WallNow().count();
  StagePlace& place = *record.place;
  const Stage& stage = *place.current;
  std::chrono::nanoseconds now = sockets_.loop().Now();
  AccountThrottle* account = quotas_.account.get();
  if (account && !account->requests.Take(now)) return OnThrottled(slot, data);
  if (!invocations_.TakesBody(data.size())) return OnThrottled(slot, data);
  std::string value;
  Parsed parsed = nullptr;
  const Route* route = SelectRoute(place, data, parsed, value);
  if (!route) return OnNoRoute(slot, stage, data, parsed, value);
  if (!stage.TakeToken(route, now)) return OnThrottled(slot, data);
  record.throttled = 0;
  if (route->reads_body && !parsed) parsed = Parse(data);
  if (++record.in_flight >= quotas_.in_flight_messages_max) sockets_.PauseReading(slot);
  Invocation* invocation =
      invocations_.New(Invocation::Kind::kMessage, sockets_.Ref(slot), place, record);
  invocation->route = route;
  ids_.Assign(invocation->message_id);
  invocation->body = data;
  invocations_.Run(invocation, parsed);
}

const Route* Messages::SelectRoute(StagePlace& place, std::string_view data, Parsed& parsed,
                                   std::string& value) {
  const Stage& stage = *place.current;
  const SelectionExpression& expression = stage.expression();
  if (!expression.is_constant()) {
    parsed = Parse(data);
    if (!parsed) return stage.default_route();
  }
  value = expression.Evaluate(reader_);
  if (!place.recent_route || place.recent_route->key != value) {
    place.recent_route = stage.SelectRoute(value);
  }
  return place.recent_route;
}

void Messages::OnThrottled(std::uint32_t slot, std::string_view data) {
  ++book_.At(slot).place->metrics.throttled;
  Refuse(slot, kTooManyRequests, data.size());
  if (++book_.At(slot).throttled < quotas_.throttled_in_a_row_max) return;
  log_.Info("closed with 1008: too many requests", {{"connection", book_.At(slot).id}});
  websockets_.Close(slot, wire::kClosePolicyViolation, "too many requests");
}

// Tells our own client on this machine why an error frame comes: in pongs before it, for the frame
// is AWS's to the byte, and a message of that meaning could be forged by whoever may post.
void Messages::Explain(std::uint32_t slot, std::string_view why) {
  const Connection& record = book_.At(slot);
  bool is_ours =
      record.user_agent == wire::kOwnUserAgent && net::Address{record.source_ip, 0}.IsLoopback();
  if (!is_ours) return;
  why = why.substr(0, wire::kReasonBytesMax);
  for (; !why.empty(); why.remove_prefix(std::min(why.size(), wire::kReasonPartBytesMax))) {
    websockets_.SendPong(slot, why.substr(0, wire::kReasonPartBytesMax));
  }
}

// Answers a message with an error frame; its connection stays open.
void Messages::Refuse(std::uint32_t slot, std::string_view message, std::size_t bytes) {
  websockets_.SendText(slot, ErrorFrame(message, book_.At(slot).id, ids_.New()));
  log_.Debug("in", {{"route", "none"},
                    {"handler", "none"},
                    {"ms", 0.0},
                    {"bytes", static_cast<std::int64_t>(bytes)},
                    {"status", message},
                    {"connection", book_.At(slot).id}});
}

void Messages::OnNoRoute(std::uint32_t slot, const Stage& stage, std::string_view data,
                         Parsed parsed, const std::string& value) {
  ++book_.At(slot).place->metrics.forbidden;
  const SelectionExpression& expression = stage.expression();
  std::string what =
      fmt::format("no route for {} \"{}\"", expression.VariableName(), value.substr(0, 128));
  if (!expression.is_constant() && !parsed) {
    what = "the message is no JSON object";
  } else if (value.empty()) {
    what = fmt::format("the message says no {}", expression.VariableName());
  }
  std::string why = fmt::format("{} (routes: {})", what, stage.RouteKeysForPeople());
  log_.Info(why + "; AWS answers Forbidden", {{"connection", book_.At(slot).id}});
  Explain(slot, why);
  Refuse(slot, kForbidden, data.size());
}

void Messages::Finish(Invocation& invocation, const InvokeOutcome& outcome) {
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

void Messages::SendAnswer(const Invocation& invocation, const Answer& answer) {
  if (!sockets_.IsOpen(invocation.socket)) return;
  std::uint32_t slot = invocation.socket.slot;
  std::string_view body = answer.body ? std::string_view(*answer.body) : std::string_view();
  Result<void> fine = posts_.CheckPayload(body);
  if (fine && !wire::IsUtf8(body)) {  // not from a process, whose answers are JSON
    fine = Error{ErrorCode::kInvalidArgument, "the answer is not UTF-8 text"};
  }
  if (!fine) {
    log_.Error(fine.error().message,
               {{"route", invocation.context.route_key}, {"requestId", invocation.request_id}});
    return SendErrorFrame(invocation, kInternalServerError);
  }
  // Two-way without a body: AWS sends an empty message.
  Result<void> sent = posts_.SendText(slot, body);
  if (!sent) log_.Debug("answer dropped", {{"connection", invocation.connection.id}});
}

void Messages::SendErrorFrame(const Invocation& invocation, std::string_view message) {
  if (!sockets_.IsOpen(invocation.socket)) return;
  std::uint32_t slot = invocation.socket.slot;
  std::string frame = ErrorFrame(message, invocation.connection.id, invocation.request_id);
  static_cast<void>(posts_.SendText(slot, frame));
}

void Messages::EndMessage(net::SocketRef socket) {
  Connection& record = book_.At(socket.slot);
  if (record.generation != socket.generation || record.in_flight == 0) return;
  bool was_full = record.in_flight-- >= quotas_.in_flight_messages_max;
  if (was_full && record.IsOpen(socket.generation)) sockets_.ResumeReading(socket.slot);
}

}  // namespace gatehouse::api
