// Upgrades: $connect, and the 101 or the refusal that comes of it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/error_frame.h"
#include "api/gateway.h"
#include "wire/ascii.h"
#include "wire/http_writer.h"
#include "wire/utf8.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kUserAgentBytesMax = 1024;  // connections keep it

bool IsProtocolHeader(std::string_view name) {
  return EqualsIgnoringCase(name, "Sec-WebSocket-Protocol");
}

}  // namespace

void Gateway::OnUpgrade(const net::HttpRequest& request, StagePlace& place,
                        const Arrival& arrival) {
  wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
  wire::ExtensionChoice extensions = wire::ChooseExtensions(request.head);
  if (check.ok && extensions.malformed) {
    check = {false, 400, "malformed Sec-WebSocket-Extensions", {}};
  }
  if (!check.ok) {
    ++place.metrics.upgrades[check.status];
    std::string body = fmt::format(R"({{"message":"{}"}})", check.reason);
    std::array<wire::HttpField, 2> fields{
        {{"Content-Type", "application/json"}, {"Sec-WebSocket-Version", "13"}}};
    return http_.Respond(request.socket, {check.status, fields, body, true});
  }
  if (int status = RefusalOfUpgrade(request, place)) {
    ++place.metrics.upgrades[status];
    return RefuseUpgrade(request, status);
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
  record.user_agent =
      wire::ToUtf8(request.head.Find("User-Agent").value_or("").substr(0, kUserAgentBytesMax));

  ++pending_handshakes_;
  Invocation* invocation = NewInvocation(Invocation::Kind::kConnect, request.socket, place, record);
  invocation->accept_key = wire::AcceptKey(check.key);
  invocation->extensions = extensions;
  invocation->route = invocation->stage->connect_route();
  TakeHandshake(*invocation, request.head, arrival, record.source_ip, NewTraceId());
  Run(invocation);
}

// Before $connect runs: the status that refuses the upgrade, or 0.
int Gateway::RefusalOfUpgrade(const net::HttpRequest& request, const StagePlace& place) {
  const Quotas& quotas = options_.quotas;
  if (stopping_ || pending_handshakes_ >= quotas.pending_handshakes_max) return 503;
  if (place.closing) return 403;
  if (request.head.target.size() > quotas.url_bytes_max) return 414;
  std::chrono::nanoseconds now = sockets_.loop().Now();
  const Stage& stage = *place.current;
  if (quotas.account && !quotas.account->connects.Take(now)) return 429;
  return stage.TakeToken(stage.connect_route(), now) ? 0 : 429;
}

// The id that the connection would have had is named, as where $connect refuses.
void Gateway::RefuseUpgrade(const net::HttpRequest& request, int status) {
  std::string id = ids_.Encode(
      {options_.incarnation, options_.loop_index, request.socket.slot, request.socket.generation});
  std::string body = ErrorFrame(wire::ReasonPhrase(status), id, NewId());
  std::array<wire::HttpField, 1> fields{{{"Content-Type", "application/json"}}};
  http_.Respond(request.socket, {status, fields, body, true});
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
    if (!IsProtocolHeader(name)) continue;
    if (wire::IsToken(value)) {
      fields.push_back({"Sec-WebSocket-Protocol", value});
    } else {
      log_.Warning("the subprotocol that $connect answers is no token and is left out",
                   {{"api", invocation.stage->api_id()}, {"subprotocol", value.substr(0, 100)}});
    }
  }
  std::string extensions = wire::ExtensionsAnswer(invocation.extensions);
  if (!extensions.empty()) fields.push_back({"sec-websocket-extensions", extensions});
  std::string head;
  wire::AppendResponseHead(head, 101, sockets_.loop().WallNow(), fields, std::nullopt);
  RecordOf(socket.slot).state = Connection::State::kOpen;
  ++open_count_;
  ++invocation.place->metrics.open;
  ++invocation.place->metrics.upgrades[101];
  http_.Upgrade(socket, head, websockets_);
  websockets_.Open(socket.slot, invocation.extensions);
  // Two-way: what $connect says comes first of all.
  const Route* route = invocation.route;
  bool two_way = route && route->route_response;
  if (two_way && answer.body) SendAnswer(invocation, answer);
  bool going = stopping_ || invocation.place->closing;
  if (going) websockets_.Close(socket.slot, wire::kCloseGoingAway, "Going away");
}

void Gateway::Refuse(Invocation& invocation, int status) {
  Connection& record = RecordOf(invocation.socket.slot);
  if (record.generation == invocation.socket.generation) record = Connection{};
  ++invocation.place->metrics.upgrades[status];
  std::string body =
      ErrorFrame(wire::ReasonPhrase(status), invocation.connection.id, invocation.request_id);
  std::array<wire::HttpField, 1> fields{{{"Content-Type", "application/json"}}};
  // A second try on the same socket would have the same connection id.
  http_.Respond(invocation.socket, {status, fields, body, true});
}

}  // namespace gatehouse::api
