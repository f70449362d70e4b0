// What is counted of invocations, in the metrics of their routes. Loop thread only.
//
// Time stands still within a turn, and a look at the clock is a tenth of a pipelined echo: what
// begins and ends in one turn gets its duration at the turn's end, all of it by one look.
#pragma once

#include <cstdint>
#include <vector>

#include "api/serve/invocation.h"
#include "api/stage/invoke_outcome.h"
#include "api/stage/stage_metrics.h"
#include "net/loop/loop.h"

namespace gatehouse::api {

class InvocationMetrics {
 public:
  explicit InvocationMetrics(net::Loop& loop) : loop_(loop) {}

  // One that ended; nothing for one of a route that the API does not have.
  void Count(const Invocation& invocation, const InvokeOutcome& outcome);
  // At each turn's end, and before anybody looks.
  void Flush();

 private:
  static constexpr std::size_t kEndedAtOnceMax =
      1024;  // routes taken in turn; then they are flushed
  struct EndedAtOnce {
    RouteMetrics* metrics;
    std::uint64_t count;
  };
  void CountDuration(const Invocation& invocation);

  net::Loop& loop_;
  std::vector<EndedAtOnce> ended_at_once_;
};

}  // namespace gatehouse::api
