// $disconnect: at once where it runs in our own process or asks nobody. Where it needs a process
// only as many are handed over as there are processes; the others wait as small records, as long
// as it takes, and their sockets' slots serve others meanwhile.
#include <algorithm>
#include <limits>
#include <utility>

#include "api/serve/gateway.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kDeparturesATurn = 256;  // begun in one turn, so that others have theirs

}  // namespace

void Gateway::StartDisconnect(net::SocketRef socket, const Connection& connection,
                              std::uint16_t code, std::string_view reason) {
  StagePlace& place = *connection.place;
  ++place.metrics.closes[code];
  if (!WaitsForProcess(place)) return RunDisconnect(socket, connection, code, reason, false);
  AddDeparture(place, {socket, connection.connected_at, code, connection.is_journaled,
                       connection.id, connection.domain_name, connection.source_ip,
                       connection.user_agent, std::string(reason)});
}

void Gateway::AddDeparture(StagePlace& place, Departure departure) {
  place.departures.waiting.push_back(std::move(departure));
  ++departures_waiting_;
  wants_departures_ = true;
  sockets_.loop().WantTurn();
}

void Gateway::TakeLeftOver(StagePlace& place, Departure departure) {
  departure.socket = {std::numeric_limits<std::uint32_t>::max(), ++left_over_};  // nobody's
  AddDeparture(place, std::move(departure));
}

bool Gateway::WaitsForProcess(StagePlace& place) {
  const Route* route = place.current->disconnect_route();
  return route && route->InvokesFunction() && invoker_.IsProcess(StateOf(place, *route).target);
}

void Gateway::RunDisconnect(net::SocketRef socket, const Connection& connection, std::uint16_t code,
                            std::string_view reason, bool is_departure) {
  StagePlace& place = *connection.place;
  Invocation* invocation = NewInvocation(Invocation::Kind::kDisconnect, socket, place, connection);
  invocation->route = invocation->stage->disconnect_route();
  invocation->is_departure = is_departure;
  if (is_departure) ++place.departures.running;
  invocation->context.disconnect_status_code = code;
  invocation->disconnect_reason = reason;
  TakeDisconnectHeaders(*invocation);
  Run(invocation);
}

void Gateway::StartDeparture(StagePlace& place) {
  Departure departure = std::move(place.departures.waiting.front());
  place.departures.waiting.pop_front();
  --departures_waiting_;
  Connection connection;
  connection.state = Connection::State::kClosed;
  connection.is_journaled = departure.is_journaled;
  connection.place = &place;
  connection.connected_at = departure.connected_at;
  connection.id = std::move(departure.id);
  connection.domain_name = std::move(departure.domain_name);
  connection.source_ip = std::move(departure.source_ip);
  connection.user_agent = std::move(departure.user_agent);
  // The stage may be another one than when it was put there.
  RunDisconnect(departure.socket, connection, departure.code, departure.reason,
                WaitsForProcess(place));
}

// At a turn's end. Whether more could be begun at once.
bool Gateway::StartDepartures() {
  wants_departures_ = false;
  if (ends_departures_) return false;
  std::size_t begun = 0;
  const auto& places = stages_.places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    StagePlace& place = *places[i];
    Departures& departures = place.departures;
    while (!departures.waiting.empty() && departures.running < options_.departures_running_max) {
      if (begun++ == kDeparturesATurn) return wants_departures_ = true;
      StartDeparture(place);
    }
  }
  return wants_departures_;
}

// What the function answers is ignored.
void Gateway::FinishDisconnect(Invocation& invocation, const InvokeOutcome& outcome) {
  if (invocation.is_departure) {
    --invocation.place->departures.running;
    if (departures_waiting_ > 0) {
      wants_departures_ = true;
      sockets_.loop().WantTurn();
    }
  }
  if (outcome.is_stopping) {
    ++undone_;
  } else {
    Forget(invocation.connection);
  }
}

// A next start has nothing to do for it.
void Gateway::Forget(const Connection& connection) {
  if (connection.is_journaled) journal_->Remove(connection.id);
}

// How many. Unless they are forgotten, a next start finds those that are journaled.
std::size_t Gateway::DropDepartures(StagePlace& place, bool forget) {
  std::size_t count = place.departures.waiting.size();
  for (const Departure& departure : place.departures.waiting) {
    if (forget && departure.is_journaled) journal_->Remove(departure.id);
  }
  departures_waiting_ -= count;
  place.departures.waiting = {};
  return count;
}

void Gateway::EndDepartures() {
  ends_departures_ = true;
  for (const auto& place : stages_.places()) undone_ += DropDepartures(*place, false);
}

std::size_t Gateway::undone() const {
  std::size_t running = static_cast<std::size_t>(
      std::count_if(running_.begin(), running_.end(), [](const auto& invocation) {
        return invocation->kind == Invocation::Kind::kDisconnect && !invocation->timed_out;
      }));
  return undone_ + departures_waiting_ + running;
}

std::size_t Gateway::DisconnectsRunning(const StagePlace& place) const {
  return static_cast<std::size_t>(
      std::count_if(running_.begin(), running_.end(), [&](const auto& invocation) {
        return invocation->place == &place && invocation->kind == Invocation::Kind::kDisconnect &&
               !invocation->timed_out;
      }));
}

}  // namespace gatehouse::api
