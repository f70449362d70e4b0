// How long things took, in buckets as Prometheus has them. One thread's; copied to be read.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gatehouse::base {

class DurationHistogram {
 public:
  // Upper bounds in seconds, inclusive; one more bucket takes what is longer.
  static constexpr std::array<double, 14> kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                  0.1,    0.25,  0.5,    1,     2.5,  10,    30};

  void Add(std::chrono::nanoseconds duration, std::uint64_t times = 1) {
    double seconds = std::chrono::duration<double>(duration).count();
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
    counts_[bucket] += times;
    sum_ += duration * static_cast<std::int64_t>(times);
  }

  void Add(const DurationHistogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  // Of each bucket by itself (not cumulative).
  const std::array<std::uint64_t, kBounds.size() + 1>& counts() const { return counts_; }
  double sum_seconds() const { return std::chrono::duration<double>(sum_).count(); }
  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (std::uint64_t count : counts_) all += count;
    return all;
  }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  std::chrono::nanoseconds sum_{};
};

}  // namespace gatehouse::base
