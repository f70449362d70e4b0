// How connections end: by their clients, by Stop, and with a stage that goes.
#include <algorithm>

#include <fmt/format.h>

#include "api/serve/gateway.h"

namespace gatehouse::api {

void Gateway::OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  Connection& record = RecordOf(slot);
  record.state = Connection::State::kClosed;
  --open_count_;
  --record.place->metrics.open;
  StartDisconnect(sockets_.Ref(slot), record, code, reason);
}

void Gateway::OnReleased(std::uint32_t slot) { RecordOf(slot) = Connection{}; }

void Gateway::Stop() {
  stopping_ = true;
  sockets_.ForEach(websockets_, [this](std::uint32_t slot) {
    websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
  });
}

void Gateway::CloseStage(StagePlace& place, base::UniqueFunction<void()> done) {
  place.closing = true;
  auto timer = sockets_.loop().After(kCloseStageMax, [this, &place] { OnClosingTime(place); });
  closings_.push_back({&place, timer, std::move(done)});
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    const Connection& record = RecordOf(slot);
    if (record.state != Connection::State::kOpen || record.place != &place) return;
    websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
  });
  if (IsAtRest(place)) EndClosing(place);
}

void Gateway::OnClosingTime(StagePlace& place) {
  std::size_t running = DisconnectsRunning(place);
  std::size_t waiting = DropDepartures(place, true);
  if (running + waiting > 0) {
    log_.Warning(fmt::format(
        "stage {} goes after {} s although $disconnect has not ended for {} "
        "connections; for {} of them it was not begun and does not run",
        place.current->name(), kCloseStageMax.count() / 1000, running + waiting, waiting));
  }
  EndClosing(place);
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
