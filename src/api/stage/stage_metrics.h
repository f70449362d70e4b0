// What the gateway of one loop counts for one stage; plain numbers of the loop's thread, copied
// when somebody asks. They live as long as the stage's place, whatever is deployed to it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration_histogram.h"

namespace gatehouse::api {

// What came of a message on a route.
enum class RouteResult : std::uint8_t { kAnswered, kFailed, kTimedOut, kInvalidBody };
inline constexpr std::array<std::string_view, 4> kRouteResultNames{"answered", "failed",
                                                                   "timed_out", "invalid_body"};

struct RouteMetrics {
  std::array<std::uint64_t, kRouteResultNames.size()> results{};
  base::DurationHistogram duration;  // of its integration
};

struct StageMetrics {
  std::size_t open = 0;                                     // connections now
  std::map<int, std::uint64_t> upgrades;                    // by HTTP status
  std::map<std::uint16_t, std::uint64_t> closes;            // by the code that $disconnect gets
  std::map<std::string, RouteMetrics, std::less<>> routes;  // by key, $connect and its like too
  std::uint64_t forbidden = 0;                              // messages that no route takes
  std::uint64_t throttled = 0;                              // messages beyond a rate

  void Add(const StageMetrics& other) {
    open += other.open;
    forbidden += other.forbidden;
    throttled += other.throttled;
    for (const auto& [status, count] : other.upgrades) upgrades[status] += count;
    for (const auto& [code, count] : other.closes) closes[code] += count;
    for (const auto& [key, route] : other.routes) {
      RouteMetrics& sum = routes[key];
      for (std::size_t i = 0; i < sum.results.size(); ++i) sum.results[i] += route.results[i];
      sum.duration.Add(route.duration);
    }
  }
  RouteMetrics& Route(std::string_view key) {
    auto found = routes.find(key);
    return found != routes.end() ? found->second : routes[std::string(key)];
  }
};

// What came of a post; of a broadcast, for each connection.
enum class PostResult : std::uint8_t { kQueued, kGone, kQueueFull, kInvalid };
inline constexpr std::array<std::string_view, 4> kPostResultNames{"queued", "gone", "queue_full",
                                                                  "invalid"};
using PostCounts = std::array<std::uint64_t, kPostResultNames.size()>;

// One loop's gateway as it stands.
struct GatewayFacts {
  struct StageFacts {
    std::string api_id;
    std::string stage_name;
    StageMetrics metrics;
  };
  std::vector<StageFacts> stages;
  PostCounts posts{};
  std::size_t pending_handshakes = 0;
  std::size_t departures_waiting = 0;  // $disconnect events
  std::size_t running = 0;             // invocations
  std::size_t queued_bytes = 0;        // waiting for readers
  std::size_t queued_connections = 0;  // that have some waiting
};

}  // namespace gatehouse::api
