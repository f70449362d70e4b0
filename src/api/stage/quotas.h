// API Gateway's quotas for WebSocket APIs, with what happens beyond them (docs/aws/websocket-api.md
// §9), and gatehouse's own bounds (design §7.14). Tests may shrink them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "api/stage/throttle.h"
#include "base/clock.h"

namespace gatehouse::api {

struct Quotas {
  std::size_t frame_bytes_max = 32 * 1024;     // "frame size 32 KB": close 1009
  std::size_t message_bytes_max = 128 * 1024;  // "message payload 128 KB": close 1009, POST 413
  double idle_seconds = 600;                   // "10 minutes": close 1001
  double age_seconds = 7200;                   // "2 hours": close 1001
  base::Millis integration_timeout{29000};     // "29 seconds": Endpoint request timed out

  std::size_t in_flight_messages_max = 64;         // of a connection; then its socket is not read
  std::size_t pending_handshakes_max = 4096;       // upgrades that wait for $connect; then 503
  std::size_t send_queue_bytes_max = 1024 * 1024;  // of a connection; then a post answers 429
  bool pings_count_as_traffic = false;             // AWS: messages only
  std::size_t url_bytes_max = 4096;                // "URL 4096 characters"; then 414
  // Messages of a connection that were throttled one after another: then it is closed with 1008.
  std::uint32_t throttled_in_a_row_max = 100;

  // The account's rates, one for all loops; null: not limited.
  std::shared_ptr<AccountThrottle> account = {};
  std::size_t deflate_bytes_min = 0;  // messages this long go out compressed if agreed; 0: none
};

}  // namespace gatehouse::api
