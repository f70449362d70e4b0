#include "api/serve/disconnects.h"

#include <limits>
#include <utility>

namespace gatehouse::api {
namespace {

constexpr std::size_t kDeparturesATurn = 256;  // begun in one turn, so that others have theirs

}  // namespace

void Disconnects::Start(net::SocketRef socket, const Connection& connection, std::uint16_t code,
                        std::string_view reason) {
  StagePlace& place = *connection.place;
  ++place.metrics.closes[code];
  if (!WaitsForProcess(place)) return Run(socket, connection, code, reason, false);
  Add(place,
      {socket, connection.connected_at, code, connection.is_journaled, connection.id,
       connection.domain_name, connection.source_ip, connection.user_agent, std::string(reason)});
}

void Disconnects::Add(StagePlace& place, Departure departure) {
  place.departures.waiting.push_back(std::move(departure));
  ++waiting_;
  WantTurn();
}

void Disconnects::WantTurn() {
  wants_turn_ = true;
  loop_.WantTurn();
}

void Disconnects::TakeLeftOver(StagePlace& place, Departure departure) {
  departure.socket = {std::numeric_limits<std::uint32_t>::max(), ++left_over_};  // nobody's
  Add(place, std::move(departure));
}

bool Disconnects::WaitsForProcess(StagePlace& place) {
  const Route* route = place.current->disconnect_route();
  return route && route->InvokesFunction() && invocations_.IsProcess(place, *route);
}

void Disconnects::Run(net::SocketRef socket, const Connection& connection, std::uint16_t code,
                      std::string_view reason, bool is_departure) {
  StagePlace& place = *connection.place;
  Invocation* invocation =
      invocations_.New(Invocation::Kind::kDisconnect, socket, place, connection);
  invocation->route = invocation->stage->disconnect_route();
  invocation->is_departure = is_departure;
  if (is_departure) ++place.departures.running;
  invocation->context.disconnect_status_code = code;
  invocation->disconnect_reason = reason;
  TakeDisconnectHeaders(*invocation);
  invocations_.Run(invocation);
}

void Disconnects::StartOne(StagePlace& place) {
  Departure departure = std::move(place.departures.waiting.front());
  place.departures.waiting.pop_front();
  --waiting_;
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
  Run(departure.socket, connection, departure.code, departure.reason, WaitsForProcess(place));
}

bool Disconnects::StartWaiting() {
  wants_turn_ = false;
  if (ended_) return false;
  std::size_t begun = 0;
  const auto& places = stages_.places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    StagePlace& place = *places[i];
    Departures& departures = place.departures;
    while (!departures.waiting.empty() && departures.running < running_max_) {
      if (begun++ == kDeparturesATurn) return wants_turn_ = true;
      StartOne(place);
    }
  }
  return wants_turn_;
}

// What the function answers is ignored.
void Disconnects::Finish(Invocation& invocation, const InvokeOutcome& outcome) {
  if (invocation.is_departure) {
    --invocation.place->departures.running;
    if (waiting_ > 0) WantTurn();
  }
  if (outcome.is_stopping) {
    ++undone_;
  } else {
    Forget(invocation.connection);
  }
}

void Disconnects::Forget(const Connection& connection) {
  if (connection.is_journaled) journal_->Remove(connection.id);
}

std::size_t Disconnects::Drop(StagePlace& place, bool forget) {
  std::size_t count = place.departures.waiting.size();
  for (const Departure& departure : place.departures.waiting) {
    if (forget && departure.is_journaled) journal_->Remove(departure.id);
  }
  waiting_ -= count;
  place.departures.waiting = {};
  return count;
}

void Disconnects::End() {
  ended_ = true;
  for (const auto& place : stages_.places()) undone_ += Drop(*place, false);
}

std::size_t Disconnects::undone() const {
  return undone_ + waiting_ + invocations_.DisconnectsRunning();
}

}  // namespace gatehouse::api
