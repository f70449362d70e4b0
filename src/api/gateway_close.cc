// How connections end: $disconnect, Stop, and a stage that goes.
#include <algorithm>

#include "api/gateway.h"

namespace gatehouse::api {

void Gateway::OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  Connection& record = RecordOf(slot);
  record.state = Connection::State::kClosed;
  --open_count_;
  --record.place->metrics.open;
  StartDisconnect(sockets_.Ref(slot), record, code, reason);
}

void Gateway::OnReleased(std::uint32_t slot) { RecordOf(slot) = Connection{}; }

void Gateway::StartDisconnect(net::SocketRef socket, const Connection& connection,
                              std::uint16_t code, std::string_view reason) {
  Invocation* invocation =
      NewInvocation(Invocation::Kind::kDisconnect, socket, *connection.place, connection);
  invocation->route = invocation->stage->disconnect_route();
  ++connection.place->metrics.closes[code];
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

void Gateway::CloseStage(StagePlace& place, base::UniqueFunction<void()> done) {
  place.closing = true;
  auto timer = sockets_.loop().After(kCloseStageMax, [this, &place] { EndClosing(place); });
  closings_.push_back({&place, timer, std::move(done)});
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    const Connection& record = RecordOf(slot);
    if (record.state != Connection::State::kOpen || record.place != &place) return;
    websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
  });
  if (place.running == 0) EndClosing(place);
}

void Gateway::EndClosing(StagePlace& place) {
  for (Closing& closing : closings_) {
    if (closing.place != &place) continue;
    sockets_.loop().Cancel(closing.timer);
    sockets_.loop().Post(std::move(closing.done));
    closing.place = nullptr;
  }
  std::erase_if(closings_, [](const Closing& closing) { return !closing.place; });
}

}  // namespace gatehouse::api
