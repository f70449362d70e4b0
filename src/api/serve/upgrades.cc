#include "api/serve/upgrades.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/serve/error_frame.h"
#include "base/encoding.h"
#include "wire/ascii.h"
#include "wire/http_writer.h"
#include "wire/reason.h"
#include "wire/utf8.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kUserAgentBytesMax = 1024;  // connections keep it

constexpr std::size_t kOriginBytesShown = 255;

bool IsProtocolHeader(std::string_view name) {
  return EqualsIgnoringCase(name, "Sec-WebSocket-Protocol");
}

// Of RefusalOf.
std::string_view WhyNoUpgrade(int status) {
  switch (status) {
    case 403:
      return "the stage is being deleted";
    case 414:
      return "the URL is too long (--url-bytes)";
    case 429:
      return "more connects a second than the stage or --connects-per-second allows";
    default:
      return "gatehouse is stopping, or --pending-handshakes upgrades wait for $connect";
  }
}

}  // namespace

void Upgrades::OnUpgrade(const net::HttpRequest& request, StagePlace& place,
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
    return parts_.http.Respond(request.socket, {check.status, fields, body, true});
  }
  if (int status = RefusalOf(request, place)) {
    ++place.metrics.upgrades[status];
    return RefuseRequest(request, status);
  }
  ConnectionBook& book = parts_.book;
  Connection& record = book.Begin(request.socket, place, loop_.WallNow().count());
  record.domain_name = arrival.domain_name;
  record.source_ip = request.peer.ip;
  record.user_agent =
      wire::ToUtf8(request.head.Find("User-Agent").value_or("").substr(0, kUserAgentBytesMax));

  const Route* disconnect = place.current->disconnect_route();
  record.is_journaled = journal_ && disconnect && disconnect->InvokesFunction();

  ++pending_;
  Invocation* invocation =
      parts_.invocations.New(Invocation::Kind::kConnect, request.socket, place, record);
  invocation->accept_key = wire::AcceptKey(check.key);
  invocation->extensions = extensions;
  invocation->route = invocation->stage->connect_route();
  TakeHandshake(*invocation, request.head, arrival, record.source_ip, NewTraceId());
  if (record.is_journaled) return JournalThenRun(invocation);
  parts_.invocations.Run(invocation);
}

// What $connect stores is undone by $disconnect, so a kill must find the connection written down.
void Upgrades::JournalThenRun(Invocation* invocation) {
  const Connection& connection = invocation->connection;
  auto then = [lease = InvocationLease(invocation)](const Result<void>& written) mutable {
    Invocations* owner = lease->owner;
    if (!owner) return;
    Invocation* kept = lease.release();
    if (written) return owner->Run(kept);
    kept->connection.is_journaled = false;
    owner->Refuse(kept, "the connection cannot be journaled");
  };
  journal_->Add(connection.id, EncodeJournalEntry(connection, *invocation->stage), std::move(then));
}

// By --origin and by the stage's own list; each there is must name the page's origin.
bool Upgrades::IsForeignPage(const net::HttpRequest& request, const Stage& stage) const {
  if (options_.origins.empty() && stage.origins().empty()) return false;
  std::optional<std::string_view> origin = request.head.Find("Origin");
  if (!origin) return false;
  auto names = [&](const std::vector<std::string>& origins) {
    return origins.empty() || std::find(origins.begin(), origins.end(), *origin) != origins.end();
  };
  if (names(options_.origins) && names(stage.origins())) return false;
  parts_.log.Info(
      fmt::format("refused with 403: a page of {} may not open {} (--origin, or the stage's "
                  "Metadata)",
                  wire::ToUtf8(origin->substr(0, kOriginBytesShown)), stage.name()));
  return true;
}

// Before $connect runs: the status that refuses the upgrade, or 0.
int Upgrades::RefusalOf(const net::HttpRequest& request, const StagePlace& place) const {
  if (stopping_ || pending_ >= quotas_.pending_handshakes_max) return 503;
  std::size_t taken = parts_.book.open_count() + parts_.disconnects.waiting();
  if (taken >= options_.connections_max) return 503;
  if (place.closing) return 403;
  if (request.head.target.size() > quotas_.url_bytes_max) return 414;
  std::chrono::nanoseconds now = loop_.Now();
  const Stage& stage = *place.current;
  if (IsForeignPage(request, stage)) return 403;
  if (quotas_.account && !quotas_.account->connects.Take(now)) return 429;
  return stage.TakeToken(stage.connect_route(), now) ? 0 : 429;
}

// The id that the connection would have had is named, as where $connect refuses.
void Upgrades::RefuseRequest(const net::HttpRequest& request, int status) {
  std::string id = parts_.book.IdOf(request.socket);
  std::string body = ErrorFrame(wire::ReasonPhrase(status), id, parts_.ids.New());
  RespondRefusal(request.socket, status, body, request.peer.ip, WhyNoUpgrade(status));
}

// A second try on the same socket would have the same connection id. Clients of this machine hear
// gatehouse's own sentence, too.
void Upgrades::RespondRefusal(net::SocketRef socket, int status, std::string_view body,
                              std::string_view peer_ip, std::string_view why) {
  std::string reason;
  if (net::Address{std::string(peer_ip), 0}.IsLoopback()) reason = wire::ReasonValue(why);
  std::array<wire::HttpField, 2> fields{
      {{"Content-Type", "application/json"}, {wire::kReasonField, reason}}};
  parts_.http.Respond(socket,
                      {status, std::span(fields).first(reason.empty() ? 1 : 2), body, true});
}

void Upgrades::Finish(Invocation& invocation, const InvokeOutcome& outcome) {
  --pending_;
  // It may have done its work although it could not say so: a next start undoes that.
  if (outcome.is_stopping) invocation.connection.is_journaled = false;
  if (invocation.timed_out) return Refuse(invocation, 504, "$connect did not answer in time");
  if (outcome.kind != InvokeOutcome::kAnswered) {
    int status = outcome.kind == InvokeOutcome::kRefused ? 500 : 502;
    return Refuse(invocation, status, "$connect: " + ReasonOf(outcome));
  }
  int status = outcome.answer.status_code;
  if (status >= 200 && status <= 299) return Accept(invocation, outcome.answer);
  Refuse(invocation, status >= 300 && status <= 599 ? status : 502,
         fmt::format("$connect answered statusCode {}", status));
}

void Upgrades::Accept(Invocation& invocation, const Answer& answer) {
  net::SocketRef socket = invocation.socket;
  if (!parts_.http.IsWaiting(socket)) {
    // $connect did its work for a client that has gone: undo it as for any lost connection.
    return parts_.disconnects.Start(socket, invocation.connection, wire::kCloseAbnormal, {});
  }
  std::vector<wire::HttpField> fields{{"Connection", "upgrade"},
                                      {"upgrade", "websocket"},
                                      {"sec-websocket-accept", invocation.accept_key}};
  for (const auto& [name, value] : answer.headers) {
    if (!IsProtocolHeader(name)) continue;
    if (wire::IsToken(value)) {
      fields.push_back({"Sec-WebSocket-Protocol", value});
    } else {
      parts_.log.Warning(
          "the subprotocol that $connect answers is no token and is left out",
          {{"api", invocation.stage->api_id()}, {"subprotocol", value.substr(0, 100)}});
    }
  }
  std::string extensions = wire::ExtensionsAnswer(invocation.extensions);
  if (!extensions.empty()) fields.push_back({"sec-websocket-extensions", extensions});
  std::string head;
  wire::AppendResponseHead(head, 101, loop_.WallNow(), fields, std::nullopt);
  parts_.book.Open(socket.slot);
  ++invocation.place->metrics.upgrades[101];
  parts_.http.Upgrade(socket, head, parts_.websockets);
  parts_.websockets.Open(socket.slot, invocation.extensions);
  // Two-way: what $connect says comes first of all.
  const Route* route = invocation.route;
  bool two_way = route && route->route_response;
  if (two_way && answer.body) parts_.messages.SendAnswer(invocation, answer);
  bool going = stopping_ || invocation.place->closing;
  if (going) parts_.websockets.Close(socket.slot, wire::kCloseGoingAway, "Going away");
}

void Upgrades::Refuse(Invocation& invocation, int status, std::string_view why) {
  parts_.book.Erase(invocation.socket);
  parts_.disconnects.Forget(invocation.connection);
  ++invocation.place->metrics.upgrades[status];
  std::string body =
      ErrorFrame(wire::ReasonPhrase(status), invocation.connection.id, invocation.request_id);
  RespondRefusal(invocation.socket, status, body, invocation.connection.source_ip, why);
}

std::string Upgrades::NewTraceId() {
  std::array<char, 12> bytes;
  parts_.random.Fill(std::as_writable_bytes(std::span(bytes)));
  return fmt::format("Root=1-{:08x}-{}", loop_.WallNow().count() / 1000,
                     base::EncodeHex({bytes.data(), bytes.size()}));
}

}  // namespace gatehouse::api
