// SharedBound: a bound on what many holders keep together, bytes or things. Any thread.
//
// A quarter may be kept for small holders, so that a few large ones do not shut out everybody else.
// Counting is one atomic addition a change; nothing is counted twice or lost, whatever the order.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace gatehouse::base {

class SharedBound {
 public:
  explicit SharedBound(std::size_t max) : SharedBound(max, max) {}
  // Holders of more than small_max have three quarters of it.
  SharedBound(std::size_t max, std::size_t small_max) : max_(max), small_max_(small_max) {}
  SharedBound(const SharedBound&) = delete;
  SharedBound& operator=(const SharedBound&) = delete;

  std::size_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  friend class Share;
  // False: the holder has more than before, and together it is too much. It is counted all the same
  // until the holder lets go.
  bool Change(std::size_t before, std::size_t now) {
    std::size_t more = now - before;  // wraps when it is less: so does the sum
    std::size_t held = held_.fetch_add(more, std::memory_order_relaxed) + more;
    return now <= before || held <= (now > small_max_ ? max_ / 4 * 3 : max_);
  }

  const std::size_t max_;
  const std::size_t small_max_;
  std::atomic<std::size_t> held_ = 0;
};

// What one holder has of a bound, which outlives it; given back at its end. One thread at a time.
class Share {
 public:
  Share() = default;
  Share(Share&& other) noexcept
      : bound_(std::exchange(other.bound_, nullptr)), held_(std::exchange(other.held_, 0)) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(bound_, other.bound_);
    std::swap(held_, other.held_);
    return *this;
  }
  ~Share() { Release(); }

  // Has `now` of that bound, and no more of another. False: it grew, and that is too much for all
  // together; the caller is expected to release what it holds.
  [[nodiscard]] bool Hold(SharedBound& bound, std::size_t now) {
    if (bound_ != &bound) Release();
    if (now == held_) return true;
    bound_ = &bound;
    return bound.Change(std::exchange(held_, now), now);
  }
  void Release() {
    if (held_ != 0) bound_->Change(std::exchange(held_, 0), 0);
  }
  std::size_t held() const { return held_; }

 private:
  SharedBound* bound_ = nullptr;
  std::size_t held_ = 0;
};

}  // namespace gatehouse::base
