#include "api/serve/gateway.h"

#include <algorithm>

#include "api/serve/management_api.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

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

}  // namespace

Gateway::Gateway(net::Sockets& sockets, net::HttpServer& http, Invoker& invoker, base::Log& log,
                 base::Random& random, const GatewayOptions& options)
    : sockets_(sockets),
      log_(log),
      options_(Complete(options)),
      ids_(options.id_key, options_.incarnation, options.loop_index),
      book_(options.id_key, options_.incarnation, options.loop_index),
      websockets_(sockets, *this, EndpointOptions(options)),
      posts_(sockets, websockets_, book_, log, options.quotas.message_bytes_max),
      invocations_(sockets.loop(), invoker, log, ids_, options.quotas.integration_timeout,
                   options_.waiting_bytes),
      disconnects_(sockets.loop(), stages_, invocations_, options.departures_running_max),
      messages_(sockets, websockets_, book_, posts_, invocations_, ids_, log, options_.quotas),
      upgrades_(
          sockets.loop(),
          {http, websockets_, book_, invocations_, messages_, disconnects_, ids_, log, random},
          options_.quotas, options.upgrades),
      closings_(sockets, websockets_, book_, invocations_, disconnects_, log),
      connections_(sockets.loop(), posts_, book_, options.quotas.account) {
  invocations_.Introduce({upgrades_, messages_, disconnects_, closings_});
  sockets.loop().AddTurnEndFirst(*this);
}

Gateway::~Gateway() { sockets_.loop().RemoveTurnEnd(*this); }

void Gateway::UseJournal(ConnectionJournal& journal) {
  upgrades_.UseJournal(journal);
  disconnects_.UseJournal(journal);
}

StagePath Gateway::Resolve(std::string_view path, std::string_view host_api_id) {
  StagePath found = stages_.Resolve(path, host_api_id);
  bool by_id = !found.place && host_api_id.empty() && ManagementApi::Owns(found.rest);
  if (!by_id) return found;
  std::string name = base::DecodePercent(path.substr(1, path.size() - found.rest.size() - 1));
  std::size_t slash = std::min(found.rest.find('/', 1), found.rest.size() - 1);
  std::optional<ConnectionPlace> where =
      book_.PlaceOf(base::DecodePercent(found.rest.substr(slash + 1)));
  StagePlace* owner = where ? book_.OwnerOf(*where) : nullptr;
  found.any_api = !owner;
  for (const auto& place : stages_.places()) {
    if (place->current->name() != name) continue;
    // A connection of none of them is gone in any.
    if (!found.place || place.get() == owner) found.place = place.get();
  }
  return found;
}

void Gateway::OnMessage(std::uint32_t slot, wire::Opcode /*type*/, std::string_view data) {
  messages_.OnMessage(slot, data);
}

void Gateway::OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  const Connection& gone = book_.Close(slot);
  disconnects_.Start(sockets_.Ref(slot), gone, code, reason);
}

void Gateway::OnReleased(std::uint32_t slot) { book_.Erase(slot); }

bool Gateway::OnTurnEnd() {
  bool has_more = disconnects_.OnTurnEnd();
  invocations_.metrics().Flush();
  return has_more;
}

void Gateway::Stop() {
  upgrades_.Stop();
  sockets_.ForEach(websockets_, [this](std::uint32_t slot) {
    websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
  });
}

GatewayFacts Gateway::Facts() {
  invocations_.metrics().Flush();
  GatewayFacts facts;
  for (const auto& place : stages_.places()) {
    const Stage& stage = *place->current;
    facts.stages.push_back({stage.api_id(), stage.name(), place->metrics});
  }
  facts.posts = posts_.counts();
  facts.pending_handshakes = upgrades_.pending();
  facts.departures_waiting = disconnects_.waiting();
  facts.running = invocations_.running();
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    std::size_t queued = sockets_.queued_bytes(slot);
    facts.queued_bytes += queued;
    facts.queued_connections += queued > 0 ? 1 : 0;
  });
  return facts;
}

}  // namespace gatehouse::api
