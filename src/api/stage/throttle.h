// Throttles: token buckets that every loop thread may take from. Source: docs/aws/websocket-api.md
// §9.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace gatehouse::api {

// AWS's quotas of an account, which also stand in for what a stage's settings leave out.
inline constexpr double kAccountRequestsPerSecond = 10'000;
inline constexpr double kAccountRequestsBurst = 5'000;
inline constexpr double kAccountConnectsPerSecond = 500;

// A bucket of `burst` tokens that fills by `rate` a second; full at first. If either is 0 nothing
// ever passes. Any thread.
//
// What is kept is the time at which the bucket will be full again: a token is there as long as that
// is less than `burst` tokens away. One number, so a compare-and-swap is all the locking there is.
class TokenBucket {
 public:
  TokenBucket(double rate, double burst);

  // Takes a token if there is one. now: of any steady clock, the same for all callers; it may lag
  // behind another thread's.
  bool Take(std::chrono::nanoseconds now);

 private:
  std::int64_t interval_ns_;  // a token's time; 0: nothing passes
  std::int64_t room_ns_;      // (burst - 1) tokens' time
  std::atomic<std::int64_t> full_at_ns_;
};

// What all WebSocket APIs of an account share.
struct AccountThrottle {
  AccountThrottle(double connects_rate, double connects_burst, double requests_rate,
                  double requests_burst)
      : connects(connects_rate, connects_burst), requests(requests_rate, requests_burst) {}
  TokenBucket connects;
  TokenBucket requests;  // messages and @connections
};

}  // namespace gatehouse::api
