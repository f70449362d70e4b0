// API Gateway's quotas for WebSocket APIs, with what happens beyond them (docs/aws/websocket-api.md
// §9), and gatehouse's own bounds (design §7.14). Tests may shrink them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "api/stage/throttle.h"
#include "base/clock.h"
#include "base/option.h"

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

// Those that an operator may set.
inline std::span<const base::OptionRow<Quotas>> QuotaRows() {
  constexpr double kMebi = 1024 * 1024, kMillion = 1e6;
  static constexpr base::OptionRow<Quotas> kRows[] = {
      base::SecondsOption<&Quotas::idle_seconds>(
          {"idle-seconds", "SECONDS", "Close connections without messages; 0: never"}),
      base::SwitchOption<&Quotas::pings_count_as_traffic>(
          {"pings-count-as-traffic", "", "Pings reset the idle time too (on AWS they do not)"}),
      base::WholeOption<&Quotas::deflate_bytes_min>(
          {.name = "deflate-bytes-min",
           .unit = "BYTES",
           .sentence = "Compress messages to clients that agreed to it from this size on; 0: never",
           .min = 0,
           .max = 1024 * kMebi}),
      base::WholeOption<&Quotas::frame_bytes_max>(
          {.name = "frame-bytes",
           .unit = "BYTES",
           .sentence = "The longest frame of a client; beyond it: close 1009",
           .min = 125,
           .max = 16 * kMebi}),
      base::WholeOption<&Quotas::message_bytes_max>(
          {.name = "message-bytes",
           .unit = "BYTES",
           .sentence = "The longest message either way; beyond it: close 1009, 413",
           .min = 125,
           .max = 16 * kMebi}),
      base::WholeOption<&Quotas::url_bytes_max>(
          {.name = "url-bytes",
           .unit = "BYTES",
           .sentence = "The longest URL of an upgrade; beyond it: 414",
           .min = 16,
           .max = 16384}),
      base::NumberOption<&Quotas::integration_timeout>(
          {.name = "integration-seconds",
           .unit = "SECONDS",
           .sentence = "The longest that any integration may take; one of its own may be shorter",
           .min = 0.05,
           .max = 29}),
      base::WholeOption<&Quotas::in_flight_messages_max>(
          {.name = "in-flight-messages",
           .unit = "N",
           .sentence = "Messages of a connection in work at once; then its socket is not read",
           .min = 1,
           .max = kMillion}),
      base::WholeOption<&Quotas::send_queue_bytes_max>(
          {.name = "send-queue-bytes",
           .unit = "BYTES",
           .sentence = "What may wait for a client that reads slowly; beyond it a post answers 429",
           .min = 125,
           .max = 1024 * kMebi}),
      base::WholeOption<&Quotas::pending_handshakes_max>(
          {.name = "pending-handshakes",
           .unit = "N",
           .sentence = "Upgrades that may wait for $connect; beyond it: 503",
           .min = 1,
           .max = kMillion}),
      base::WholeOption<&Quotas::throttled_in_a_row_max>(
          {.name = "throttled-messages",
           .unit = "N",
           .sentence =
               "After this many throttled messages in a row a connection is closed with 1008",
           .min = 1,
           .max = kMillion}),
  };
  return kRows;
}

}  // namespace gatehouse::api
