// A stage that is about to go: its connections are closed while its functions still exist.
#include <algorithm>

#include "api/gateway.h"

namespace gatehouse::api {

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
