// Stages that go: their connections are closed, and who waits hears when nothing of them runs any
// more. Loop thread only.
#pragma once

#include <vector>

#include "api/serve/connection_book.h"
#include "api/serve/disconnects.h"
#include "api/serve/invocations.h"
#include "api/stage/stages.h"
#include "base/clock.h"
#include "base/function.h"
#include "base/log.h"
#include "net/socket/sockets.h"
#include "net/websocket/websocket.h"

namespace gatehouse::api {

class StageClosings {
 public:
  static constexpr base::Millis kTimeMax{8000};

  // Everything given outlives this.
  StageClosings(net::Sockets& sockets, net::WebSockets& websockets, const ConnectionBook& book,
                const Invocations& invocations, Disconnects& disconnects, base::Log& log)
      : sockets_(sockets),
        websockets_(websockets),
        book_(book),
        invocations_(invocations),
        disconnects_(disconnects),
        log_(log) {}
  ~StageClosings();  // done is not called any more
  StageClosings(const StageClosings&) = delete;
  StageClosings& operator=(const StageClosings&) = delete;

  // Before a stage goes: upgrades to it are refused (403), its connections closed with 1001, and
  // their $disconnect runs. done comes in a later turn, once nothing of it runs, or after kTimeMax.
  void Close(StagePlace& place, base::UniqueFunction<void()> done);
  // Called by Invocations: nothing of a stage that is about to go runs or waits any more.
  void OnRest(StagePlace& place);

 private:
  struct Closing {
    StagePlace* place;
    net::Loop::TimerId timer;
    base::UniqueFunction<void()> done;
  };
  void OnTime(StagePlace& place);

  net::Sockets& sockets_;
  net::WebSockets& websockets_;
  const ConnectionBook& book_;
  const Invocations& invocations_;
  Disconnects& disconnects_;
  base::Log& log_;
  std::vector<Closing> closings_;
};

}  // namespace gatehouse::api
