// The invocations that run on one loop: each from the event it begins with to its outcome or its
// time-out. Whose business it is, by kind, hears how it ended. Loop thread only.
//
// Bodies of messages that wait for their functions are bounded, for all loops together: beyond it
// TakesBody says no until one has ended.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/language/request_view.h"
#include "api/serve/id_source.h"
#include "api/serve/invocation.h"
#include "api/serve/invocation_metrics.h"
#include "api/serve/invoker.h"
#include "api/stage/invoke_outcome.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/shared_bound.h"
#include "wire/routing_reader.h"

namespace gatehouse::api {

class Disconnects;
class Messages;
class StageClosings;
class Upgrades;

inline constexpr std::size_t kWaitingBytesMax = 256 * 1024 * 1024;
// A quarter of it is kept for messages no longer than this.
inline constexpr std::size_t kSmallMessageBytes = 4 * 1024;
std::shared_ptr<base::SharedBound> NewWaitingBytes();

class Invocations {
 public:
  // Who hears of an end; all outlive this.
  struct Listeners {
    Upgrades& upgrades;
    Messages& messages;
    Disconnects& disconnects;
    StageClosings& closings;
  };

  // Everything given outlives this. time_max: of a message's or a connect's function, whatever its
  // integration says. waiting_bytes: see above; shared by the loops.
  Invocations(net::Loop& loop, Invoker& invoker, base::Log& log, IdSource& ids,
              base::Millis time_max, std::shared_ptr<base::SharedBound> waiting_bytes)
      : loop_(loop),
        invoker_(invoker),
        log_(log),
        ids_(ids),
        time_max_(time_max),
        waiting_bytes_(std::move(waiting_bytes)),
        metrics_(loop) {}
  // What runs goes on; nobody hears of it any more.
  ~Invocations();

  void Introduce(const Listeners& listeners) { listeners_.emplace(listeners); }

  // Begins one that is to be given its route and its event's parts, then to Run or Refuse.
  Invocation* New(Invocation::Kind kind, net::SocketRef socket, StagePlace& place,
                  const Connection& connection);
  // message: its body, parsed; null: it is no JSON object, or nobody has looked. May end inside the
  // call.
  void Run(Invocation* invocation, const wire::RoutingReader* message = nullptr);
  // Ends one that was not run.
  void Refuse(Invocation* invocation, std::string_view why);
  // Called by InvokeDone.
  void End(Invocation* invocation, const InvokeOutcome& outcome);

  bool TakesBody(std::size_t bytes) const { return bytes < refused_from_; }
  // Whether the function of a route of the stage that is in the place now needs a process.
  bool IsProcess(StagePlace& place, const Route& route) {
    return invoker_.IsProcess(StateOf(place, route).target);
  }

  std::size_t running() const { return running_.size(); }
  // $disconnect functions whose time is not up; of one stage, or of all.
  std::size_t DisconnectsRunning(const StagePlace* of = nullptr) const;
  InvocationMetrics& metrics() { return metrics_; }

 private:
  // Of a route of the stage that is in the place now.
  RouteState& StateOf(StagePlace& place, const Route& route) {
    RouteState& state = place.routes[route.index];
    if (!state.metrics) FillState(state, place, route);
    return state;
  }
  void FillState(RouteState& state, StagePlace& place, const Route& route);
  void OnTimeout(Invocation* invocation);
  void Tell(Invocation& invocation, const InvokeOutcome& outcome);
  void Release(Invocation* invocation);
  void BeginWaiting(Invocation& invocation);
  void EndWaiting(Invocation& invocation);
  void Log(const Invocation& invocation, std::string_view status);

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  net::Loop& loop_;
  Invoker& invoker_;
  base::Log& log_;
  IdSource& ids_;
  const base::Millis time_max_;
  const std::shared_ptr<base::SharedBound> waiting_bytes_;
  std::optional<Listeners> listeners_;
  InvocationMetrics metrics_;
  std::vector<std::unique_ptr<Invocation>> running_;
  std::vector<std::unique_ptr<Invocation>> spare_;
  std::size_t refused_from_ = kNone;  // messages this long would be too much while others wait
};

}  // namespace gatehouse::api
