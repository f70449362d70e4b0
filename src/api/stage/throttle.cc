#include "api/stage/throttle.h"

#include <algorithm>
#include <limits>

namespace gatehouse::api {
namespace {

constexpr double kNanosPerSecond = 1e9;
constexpr double kLongestNanos = 1e18;  // 31 years; sums of these and a clock fit 64 bits

std::int64_t ToNanos(double nanos) {
  return static_cast<std::int64_t>(std::clamp(nanos, 1.0, kLongestNanos));
}

}  // namespace

TokenBucket::TokenBucket(double rate, double burst)
    : interval_ns_(rate > 0 && burst >= 1 ? ToNanos(kNanosPerSecond / rate) : 0),
      room_ns_(burst > 1 && rate > 0 ? ToNanos((burst - 1) * kNanosPerSecond / rate) : 0),
      full_at_ns_(std::numeric_limits<std::int64_t>::min()) {}

bool TokenBucket::Take(std::chrono::nanoseconds now) {
  if (interval_ns_ == 0) return false;
  std::int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  while (true) {
    std::int64_t from = std::max<std::int64_t>(full_at, now.count());
    if (from - now.count() > room_ns_) return false;
    if (full_at_ns_.compare_exchange_weak(full_at, from + interval_ns_,
                                          std::memory_order_relaxed)) {
      return true;
    }
  }
}

}  // namespace gatehouse::api
