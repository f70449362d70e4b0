// Upgrades: $connect, and the 101 or the refusal that comes of it.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "api/error_frame.h"
#include "api/gateway.h"
#include "wire/http_writer.h"
#include "wire/utf8.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::api {
namespace {

bool IsProtocolHeader(std::string_view name) {
  static constexpr std::string_view kName = "sec-websocket-protocol";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

}  // namespace

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
  ++invocation.place->metrics.open;
  ++invocation.place->metrics.upgrades[101];
  http_.Upgrade(socket, head, websockets_);
  websockets_.Open(socket.slot);
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
