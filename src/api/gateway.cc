#include "api/gateway.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "api/error_frame.h"
#include "base/encoding.h"
#include "wire/http_writer.h"
#include "wire/utf8.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kSpareInvocationsMax = 256;

net::WebSocketOptions EndpointOptions(const Quotas& quotas) {
  net::WebSocketOptions options;
  options.frame_bytes_max = quotas.frame_bytes_max;
  options.message_bytes_max = quotas.message_bytes_max;
  options.queued_bytes_max = quotas.send_queue_bytes_max;
  options.idle_seconds = quotas.idle_seconds;
  options.age_seconds = quotas.age_seconds;
  options.pings_count_as_traffic = quotas.pings_count_as_traffic;
  return options;
}

GatewayOptions WithLegalIncarnation(GatewayOptions options) {
  options.incarnation = ConnectionIdCodec::LegalIncarnation(options.incarnation);
  return options;
}

bool IsProtocolHeader(std::string_view name) {
  static constexpr std::string_view kName = "sec-websocket-protocol";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

}  // namespace

Gateway::Gateway(net::Sockets& sockets, net::HttpServer& http, Invoker& invoker, base::Log& log,
                 base::Random& random, const GatewayOptions& options)
    : sockets_(sockets),
      http_(http),
      invoker_(invoker),
      log_(log),
      random_(random),
      options_(WithLegalIncarnation(options)),
      ids_(options.id_key),
      websockets_(sockets, *this, EndpointOptions(options.quotas)) {}

Gateway::~Gateway() {
  for (const Closing& closing : closings_) sockets_.loop().Cancel(closing.timer);
  for (std::unique_ptr<Invocation>& invocation : running_) {
    if (invocation->timer) sockets_.loop().Cancel(*invocation->timer);
    invocation->gateway = nullptr;
    static_cast<void>(invocation.release());  // the invoker's lease deletes it
  }
}

Connection& Gateway::RecordOf(std::uint32_t slot) {
  if (slot >= records_.size()) records_.resize(slot + 1);
  return records_[slot];
}

// ---- $connect ----

void Gateway::OnUpgrade(const net::HttpRequest& request, StagePlace& place,
                        const Arrival& arrival) {
  wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
  if (!check.ok) {
    std::string body = fmt::format(R"({{"message":"{}"}})", check.reason);
    std::array<wire::HttpField, 2> fields{
        {{"Content-Type", "application/json"}, {"Sec-WebSocket-Version", "13"}}};
    return http_.Respond(request.socket, {check.status, fields, body, true});
  }
  if (stopping_ || pending_handshakes_ >= options_.quotas.pending_handshakes_max) {
    return http_.Respond(request.socket, {503, {}, R"({"message":"Service Unavailable"})", true});
  }
  if (place.closing) {
    return http_.Respond(request.socket, {403, {}, R"({"message":"Forbidden"})", true});
  }
  std::uint32_t slot = request.socket.slot;
  Connection& record = RecordOf(slot);
  record = Connection{};
  record.state = Connection::State::kConnecting;
  record.generation = request.socket.generation;
  record.place = &place;
  record.connected_at = record.last_active_at = NowMs();
  record.id = ids_.Encode({options_.incarnation, options_.loop_index, slot, record.generation});
  record.domain_name = arrival.domain_name;
  record.source_ip = request.peer.ip;
  record.user_agent = wire::ToUtf8(request.head.Find("User-Agent").value_or(""));

  ++pending_handshakes_;
  Invocation* invocation = NewInvocation(Invocation::Kind::kConnect, request.socket, place, record);
  invocation->accept_key = wire::AcceptKey(check.key);
  invocation->route = invocation->stage->connect_route();
  TakeHandshake(*invocation, request.head, arrival, record.source_ip, NewTraceId());
  Run(invocation);
}

void Gateway::OnGone(net::SocketRef socket) {
  Connection& record = RecordOf(socket.slot);
  if (record.generation == socket.generation) record = Connection{};
}

void Gateway::FinishConnect(Invocation& invocation, const InvokeOutcome& outcome) {
  --pending_handshakes_;
  if (invocation.timed_out) return Refuse(invocation, 504);
  if (outcome.kind == InvokeOutcome::kRefused) return Refuse(invocation, 500);
  if (outcome.kind == InvokeOutcome::kFailed) return Refuse(invocation, 502);
  int status = outcome.answer.status_code;
  if (status >= 200 && status <= 299) return Accept(invocation, outcome.answer);
  Refuse(invocation, status >= 300 && status <= 599 ? status : 502);
}

void Gateway::Accept(Invocation& invocation, const Answer& answer) {
  net::SocketRef socket = invocation.socket;
  if (!http_.IsWaiting(socket)) {
    // $connect did its work for a client that has gone: undo it as for any lost connection.
    return StartDisconnect(socket, invocation.connection, wire::kCloseAbnormal, {});
  }
  std::vector<wire::HttpField> fields{{"Connection", "upgrade"},
                                      {"upgrade", "websocket"},
                                      {"sec-websocket-accept", invocation.accept_key}};
  for (const auto& [name, value] : answer.headers) {
    if (IsProtocolHeader(name)) fields.push_back({"Sec-WebSocket-Protocol", value});
  }
  std::string head;
  wire::AppendResponseHead(head, 101, sockets_.loop().WallNow(), fields, std::nullopt);
  RecordOf(socket.slot).state = Connection::State::kOpen;
  ++open_count_;
  http_.Upgrade(socket, head, websockets_);
  websockets_.Open(socket.slot);
  bool going = stopping_ || invocation.place->closing;
  if (going) websockets_.Close(socket.slot, wire::kCloseGoingAway, "Going away");
}

void Gateway::Refuse(Invocation& invocation, int status) {
  Connection& record = RecordOf(invocation.socket.slot);
  if (record.generation == invocation.socket.generation) record = Connection{};
  std::string body =
      ErrorFrame(wire::ReasonPhrase(status), invocation.connection.id, invocation.request_id);
  std::array<wire::HttpField, 1> fields{{{"Content-Type", "application/json"}}};
  // A second try on the same socket would have the same connection id.
  http_.Respond(invocation.socket, {status, fields, body, true});
}

// ---- Messages ----

void Gateway::OnMessage(std::uint32_t slot, wire::Opcode /*type*/, std::string_view data) {
  Connection& record = RecordOf(slot);
  record.last_active_at = NowMs();
  const Stage& stage = *record.place->current;
  std::string value;
  const Route* route = SelectRoute(stage, data, value);
  if (!route) return OnNoRoute(slot, stage, data, value);
  if (++record.in_flight >= options_.quotas.in_flight_messages_max) sockets_.PauseReading(slot);
  Invocation* invocation =
      NewInvocation(Invocation::Kind::kMessage, sockets_.Ref(slot), *record.place, record);
  invocation->route = route;
  invocation->message_id = NewId();
  invocation->body = data;
  Run(invocation);
}

const Route* Gateway::SelectRoute(const Stage& stage, std::string_view data, std::string& value) {
  const SelectionExpression& expression = stage.expression();
  if (!expression.is_constant() && !reader_.Parse(data)) return stage.default_route();
  value = expression.Evaluate(reader_);
  return stage.SelectRoute(value);
}

void Gateway::OnNoRoute(std::uint32_t slot, const Stage& stage, std::string_view data,
                        const std::string& value) {
  std::string frame = ErrorFrame(kForbidden, RecordOf(slot).id, NewId());
  websockets_.SendText(slot, frame);
  std::string sentence = fmt::format("no route for {} \"{}\" (routes: {}); AWS answers Forbidden",
                                     stage.expression().VariableName(), value.substr(0, 128),
                                     stage.RouteKeysForPeople());
  log_.Info(sentence, {{"connection", RecordOf(slot).id}});
  log_.Debug("in", {{"route", "none"},
                    {"handler", "none"},
                    {"ms", 0.0},
                    {"bytes", static_cast<std::int64_t>(data.size())},
                    {"status", kForbidden},
                    {"connection", RecordOf(slot).id}});
}

void Gateway::FinishMessage(Invocation& invocation, const InvokeOutcome& outcome) {
  if (invocation.timed_out) {
    SendErrorFrame(invocation, kEndpointTimedOut);
  } else if (outcome.kind != InvokeOutcome::kAnswered) {
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
  if (Result<void> fine = CheckPayload(body); !fine) {
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
  --record.in_flight;
  if (record.IsOpen(socket.generation)) sockets_.ResumeReading(socket.slot);
}

// ---- $disconnect ----

void Gateway::OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  Connection& record = RecordOf(slot);
  record.state = Connection::State::kClosed;
  --open_count_;
  StartDisconnect(sockets_.Ref(slot), record, code, reason);
}

void Gateway::OnReleased(std::uint32_t slot) { RecordOf(slot) = Connection{}; }

void Gateway::StartDisconnect(net::SocketRef socket, const Connection& connection,
                              std::uint16_t code, std::string_view reason) {
  Invocation* invocation =
      NewInvocation(Invocation::Kind::kDisconnect, socket, *connection.place, connection);
  invocation->route = invocation->stage->disconnect_route();
  invocation->context.disconnect_status_code = code;
  invocation->disconnect_reason = reason;
  TakeDisconnectHeaders(*invocation);
  Run(invocation);
}

void Gateway::Stop() {
  stopping_ = true;
  sockets_.ForEach(websockets_, [this](std::uint32_t slot) {
    websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
  });
}

// ---- Invocations ----

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
  invocation->socket = socket;
  invocation->place = &place;
  ++place.running;
  invocation->stage = place.current;
  invocation->connection = connection;
  invocation->request_id = NewId();
  invocation->running_index = running_.size();
  running_.push_back(std::move(invocation));
  return running_.back().get();
}

void Gateway::Run(Invocation* invocation) {
  invocation->started = sockets_.loop().Now();
  invocation->BindEvent(NowMs());
  const Route* route = invocation->route;
  if (!route) return OnOutcome(invocation, {});  // nothing to ask: opens, or is simply gone
  if (!route->refusal.empty()) {
    return OnOutcome(invocation, {InvokeOutcome::kRefused, {}, route->refusal});
  }
  bool done = false;
  invocation->done_flag = &done;
  invoker_.Invoke(route->integration->function_name, invocation->event,
                  [lease = InvocationLease(invocation)](InvokeOutcome outcome) mutable {
                    Gateway* gateway = lease->gateway;
                    if (gateway) gateway->OnOutcome(lease.release(), std::move(outcome));
                  });
  if (done) return;
  invocation->done_flag = nullptr;
  base::Millis timeout = std::min(route->integration->timeout, options_.quotas.integration_timeout);
  invocation->timer = sockets_.loop().After(timeout, [this, invocation] { OnTimeout(invocation); });
}

void Gateway::OnOutcome(Invocation* invocation, InvokeOutcome outcome) {
  if (invocation->done_flag) *invocation->done_flag = true;
  if (invocation->timer) sockets_.loop().Cancel(*invocation->timer);
  if (!invocation->timed_out) Finish(*invocation, outcome);  // else it was answered for already
  Release(invocation);
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
      break;  // the result is ignored
  }
  if (invocation.timed_out) {
    LogInvocation(invocation, "timed out");
  } else if (outcome.kind == InvokeOutcome::kAnswered) {
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
  if (place.closing && place.running == 0) EndClosing(place);
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
                    {"handler", route && route->integration
                                    ? std::string_view(route->integration->function_name)
                                    : std::string_view("none")},
                    {"ms", ms},
                    {"bytes", static_cast<std::int64_t>(invocation.body.size())},
                    {"status", status},
                    {"connection", invocation.connection.id}});
}

// ---- @connections ----

Result<std::uint32_t> Gateway::FindOpen(const StagePlace& place, std::string_view connection_id) {
  std::optional<ConnectionPlace> where = ids_.Decode(connection_id);
  if (!where) {
    bool is_text = wire::IsUtf8(connection_id);
    return Error{ErrorCode::kInvalidArgument,
                 "Invalid connectionId: " + (is_text ? std::string(connection_id)
                                                     : base::EscapeForTerminal(connection_id))};
  }
  bool ours = where->incarnation == options_.incarnation && where->loop == options_.loop_index &&
              where->slot < records_.size();
  if (ours && records_[where->slot].IsOpen(where->generation) &&
      records_[where->slot].place == &place) {
    return where->slot;
  }
  return Error{ErrorCode::kGone, "no such connection"};
}

Result<void> Gateway::CheckPayload(std::string_view data) const {
  if (data.size() > options_.quotas.message_bytes_max) {
    return Error{ErrorCode::kPayloadTooLarge,
                 fmt::format("the message has {} bytes; {} are allowed", data.size(),
                             options_.quotas.message_bytes_max)};
  }
  if (!wire::IsUtf8(data)) {
    return Error{ErrorCode::kInvalidArgument, "the message is not UTF-8 text"};
  }
  return {};
}

Result<void> Gateway::ToResult(net::WebSockets::SendResult sent, std::uint32_t slot) {
  switch (sent) {
    case net::WebSockets::SendResult::kQueued:
      RecordOf(slot).last_active_at = NowMs();
      return {};
    case net::WebSockets::SendResult::kClosed:
      return Error{ErrorCode::kGone, "no such connection"};
    case net::WebSockets::SendResult::kQueueFull:
      break;
  }
  return Error{ErrorCode::kLimitExceeded, "the client reads too slowly: its queue is full"};
}

Result<void> Gateway::Post(const StagePlace& place, std::string_view connection_id,
                           std::string_view data) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  if (Result<void> fine = CheckPayload(data); !fine) return fine.error();
  Result<void> result = ToResult(websockets_.SendText(*slot, data), *slot);
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"status", result ? std::string_view("queued")
                                       : std::string_view(result.error().message)},
                     {"connection", connection_id}});
  return result;
}

std::vector<Result<void>> Gateway::PostAll(const StagePlace& place,
                                           std::span<const std::string> connection_ids,
                                           std::string_view data) {
  Result<void> fine = CheckPayload(data);
  if (!fine) return std::vector<Result<void>>(connection_ids.size(), fine);
  std::vector<Result<void>> results;
  results.reserve(connection_ids.size());
  base::SharedBytes frames = websockets_.PrepareText(data);
  std::int64_t posted = 0;
  for (const std::string& id : connection_ids) {
    Result<std::uint32_t> slot = FindOpen(place, id);
    results.push_back(slot ? ToResult(websockets_.SendPrepared(*slot, frames), *slot)
                           : Result<void>(slot.error()));
    posted += results.back() ? 1 : 0;
  }
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"connections", static_cast<std::int64_t>(connection_ids.size())},
                     {"queued", posted}});
  return results;
}

Result<BroadcastResult> Gateway::Broadcast(const StagePlace& place, std::string_view data,
                                           std::span<const std::string> exclude) {
  if (Result<void> fine = CheckPayload(data); !fine) return fine.error();
  std::vector<std::uint32_t> excluded;
  for (const std::string& id : exclude) {
    if (Result<std::uint32_t> slot = FindOpen(place, id)) excluded.push_back(*slot);
  }
  std::sort(excluded.begin(), excluded.end());
  base::SharedBytes frames = websockets_.PrepareText(data);
  BroadcastResult result;
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    const Connection& record = records_[slot];
    if (record.state != Connection::State::kOpen || record.place != &place) return;
    if (std::binary_search(excluded.begin(), excluded.end(), slot)) return;
    bool queued = ToResult(websockets_.SendPrepared(slot, frames), slot).has_value();
    ++(queued ? result.posted : result.failed);
  });
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"queued", static_cast<std::int64_t>(result.posted)},
                     {"failed", static_cast<std::int64_t>(result.failed)}});
  return result;
}

Result<ConnectionInfo> Gateway::Get(const StagePlace& place, std::string_view connection_id) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  const Connection& record = RecordOf(*slot);
  return ConnectionInfo{record.connected_at, record.last_active_at, record.source_ip,
                        record.user_agent};
}

Result<void> Gateway::Delete(const StagePlace& place, std::string_view connection_id) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  websockets_.Close(*slot, wire::kCloseNormal, "Connection Closed Normally");
  return {};
}

// ---- Ids ----

std::string Gateway::NewId() {
  std::uint64_t loop = options_.loop_index;
  std::array<std::uint64_t, 2> counter{++id_counter_, loop << 32 | options_.incarnation};
  std::uint64_t high = base::SipHash24(options_.id_key, std::as_bytes(std::span(counter)));
  counter[1] ^= ~std::uint64_t{0};
  std::uint64_t low = base::SipHash24(options_.id_key, std::as_bytes(std::span(counter)));
  return FormatId(high, low);
}

std::string Gateway::NewTraceId() {
  std::array<char, 12> bytes;
  random_.Fill(std::as_writable_bytes(std::span(bytes)));
  return fmt::format("Root=1-{:08x}-{}", NowMs() / 1000,
                     base::EncodeHex({bytes.data(), bytes.size()}));
}

}  // namespace gatehouse::api
