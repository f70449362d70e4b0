// $disconnect: at once where it runs in our own process or asks nobody. Where it needs a process
// only as many are handed over as there are processes; the others wait as small records
// (departure.h), as long as it takes, and their sockets' slots serve others meanwhile. Loop thread
// only. Source: docs/aws/websocket-api.md §10, §11.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/serve/connection_journal.h"
#include "api/serve/invocations.h"
#include "api/stage/departure.h"
#include "api/stage/stages.h"
#include "net/loop/loop.h"

namespace gatehouse::api {

class Disconnects {
 public:
  // Everything given outlives this. running_max: of a stage, handed to a function's processes at
  // once.
  Disconnects(net::Loop& loop, Stages& stages, Invocations& invocations, std::size_t running_max)
      : loop_(loop), stages_(stages), invocations_(invocations), running_max_(running_max) {}

  // What is done is removed from it. The journal outlives this.
  void UseJournal(ConnectionJournal& journal) { journal_ = &journal; }

  // Of a connection that is gone, as it was.
  void Start(net::SocketRef socket, const Connection& connection, std::uint16_t code,
             std::string_view reason);
  // A connection of a former run whose $disconnect is still to be run.
  void TakeLeftOver(StagePlace& place, Departure departure);
  // Called by Invocations.
  void Finish(Invocation& invocation, const InvokeOutcome& outcome);
  // None is to run for it: a next start has nothing to do.
  void Forget(const Connection& connection);
  // Those of a stage that wait do not run. How many. Unless they are forgotten, a next start finds
  // those that are journaled.
  std::size_t Drop(StagePlace& place, bool forget);

  // At a turn's end: begins what waits and may run. True: more could be begun at once.
  bool OnTurnEnd() { return wants_turn_ && StartWaiting(); }
  // Their time is over: none is begun any more.
  void End();

  std::size_t waiting() const { return waiting_; }  // of all stages; any thread
  // How many have not run, or not to their end, when all is over.
  std::size_t undone() const;

 private:
  bool StartWaiting();
  void StartOne(StagePlace& place);
  void Run(net::SocketRef socket, const Connection& connection, std::uint16_t code,
           std::string_view reason, bool is_departure);
  bool WaitsForProcess(StagePlace& place);
  void Add(StagePlace& place, Departure departure);
  void WantTurn();

  net::Loop& loop_;
  Stages& stages_;
  Invocations& invocations_;
  const std::size_t running_max_;
  ConnectionJournal* journal_ = nullptr;
  std::atomic<std::size_t> waiting_ = 0;
  bool wants_turn_ = false;  // a look at them at the turn's end
  bool ended_ = false;
  std::size_t undone_ = 0;
  std::uint32_t left_over_ = 0;  // taken so far
};

}  // namespace gatehouse::api
