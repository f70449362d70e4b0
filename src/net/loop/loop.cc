#include "net/loop/loop.h"

#include <algorithm>

#include "base/check.h"

namespace gatehouse::net {
namespace {

constexpr std::chrono::milliseconds kWallPeriod{100};
constexpr std::chrono::seconds kFar{1};

// A token carries the source in its top byte, 24 bits of generation, and the index.
constexpr std::uint64_t Token(std::uint8_t source, std::uint32_t index, std::uint32_t generation) {
  std::uint64_t generation_bits = generation & Loop::kGenerationMask;
  return static_cast<std::uint64_t>(source) << 56 | generation_bits << 32 | index;
}

}  // namespace

Loop::Loop(Network& network, base::Clock& clock) : network_(network), clock_(clock) { ReadClock(); }

Loop::~Loop() = default;

void Loop::ReadClock() { now_ = clock_.Now(); }

// Between two looks at the wall's clock ours goes on: a look costs as much as routing a message.
base::Millis Loop::WallNow() {
  if (!wall_read_ || now_ - *wall_read_ >= kWallPeriod) {
    wall_ = clock_.WallNow();
    wall_read_ = now_;
  }
  return wall_ + std::chrono::duration_cast<base::Millis>(now_ - *wall_read_);
}

std::uint8_t Loop::AddSource(Source& source) {
  CHECK(sources_.size() < 255);  // 255 is the network's own wake-up
  sources_.push_back(&source);
  return static_cast<std::uint8_t>(sources_.size() - 1);
}

void Loop::Watch(std::uint8_t source, std::uint32_t index, int socket, std::uint32_t readiness,
                 std::uint32_t generation) {
  network_.Watch(socket, readiness, Token(source, index, generation));
}

Loop::TimerId Loop::After(std::chrono::nanoseconds delay, base::UniqueFunction<void()> task) {
  TimerId id{(now_ + delay).count(), ++timer_sequence_};
  timers_.emplace(id, std::move(task));
  return id;
}

void Loop::Cancel(TimerId timer) { timers_.erase(timer); }

void Loop::Post(base::UniqueFunction<void()> task) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (first) network_.Wake();
}

void Loop::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  network_.Wake();
}

void Loop::Run() {
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    Turn(std::nullopt);
  }
}

void Loop::Turn(std::optional<std::chrono::nanoseconds> wait) {
  std::optional<std::chrono::nanoseconds> timeout = TimeToWait();
  if (wait) timeout = timeout ? std::min(*timeout, *wait) : *wait;
  std::size_t count = network_.Wait(ready_, timeout);
  ReadClock();
  Dispatch(std::span(ready_).first(count));
  RunPosted();
  RunTimers();
  EndTurn();
}

std::optional<std::chrono::nanoseconds> Loop::TimeToWait() const {
  if (more_to_do_) return std::chrono::nanoseconds{0};
  if (timers_.empty()) return std::nullopt;
  std::chrono::nanoseconds due{timers_.begin()->first.first};
  // A look at the clock for what this turn has taken is saved while the timer is far: after half of
  // the wait there will be another turn.
  if (due - now_ > kFar) return (due - now_) / 2;
  return std::max(due - clock_.Now(), std::chrono::nanoseconds{0});
}

void Loop::Dispatch(std::span<const Ready> ready) {
  for (const Ready& r : ready) {
    auto generation = static_cast<std::uint32_t>(r.token >> 32) & kGenerationMask;
    sources_[r.token >> 56]->OnReadyOf(static_cast<std::uint32_t>(r.token), generation,
                                       r.readiness);
  }
}

void Loop::RunPosted() {
  std::vector<base::UniqueFunction<void()>> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) task();
}

// Only timers that were due when the turn began: one that arms another at 0 ms cannot hold the
// turn.
void Loop::RunTimers() {
  TimerId limit{now_.count(), timer_sequence_};
  while (!timers_.empty() && timers_.begin()->first <= limit) {
    lag_.Add(now_ - std::chrono::nanoseconds{timers_.begin()->first.first});
    auto task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
  }
}

void Loop::EndTurn() {
  more_to_do_ = false;
  for (TurnEnd* end : turn_ends_) {
    if (end->OnTurnEnd()) more_to_do_ = true;
  }
}

}  // namespace gatehouse::net
