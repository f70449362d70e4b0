#include "api/serve/stage_closings.h"

#include <utility>

#include <fmt/format.h>

namespace gatehouse::api {

StageClosings::~StageClosings() {
  for (const Closing& closing : closings_) sockets_.loop().Cancel(closing.timer);
}

void StageClosings::Close(StagePlace& place, base::UniqueFunction<void()> done) {
  place.closing = true;
  auto timer = sockets_.loop().After(kTimeMax, [this, &place] { OnTime(place); });
  closings_.push_back({&place, timer, std::move(done)});
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    if (book_.IsOpenOn(slot, place)) {
      websockets_.Close(slot, wire::kCloseGoingAway, "Going away");
    }
  });
  if (place.IsAtRest()) OnRest(place);
}

void StageClosings::OnTime(StagePlace& place) {
  std::size_t running = invocations_.DisconnectsRunning(&place);
  std::size_t waiting = disconnects_.Drop(place, true);
  if (running + waiting > 0) {
    log_.Warning(
        fmt::format("stage {} goes after {} s although $disconnect has not ended for {} "
                    "connections; for {} of them it was not begun and does not run",
                    place.current->name(), kTimeMax.count() / 1000, running + waiting, waiting));
  }
  OnRest(place);
}

void StageClosings::OnRest(StagePlace& place) {
  for (Closing& closing : closings_) {
    if (closing.place != &place) continue;
    sockets_.loop().Cancel(closing.timer);
    sockets_.loop().Post(std::move(closing.done));
    closing.place = nullptr;
  }
  std::erase_if(closings_, [](const Closing& closing) { return !closing.place; });
}

}  // namespace gatehouse::api
