// The event loop: turn after turn, it waits for readiness, tells the sources, runs what was posted
// and the timers that are due, then lets everybody finish the turn (that is when sockets write).
// Time stands still within a turn. All on one thread but Post and Stop, which may come from any.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/duration_histogram.h"
#include "base/executor.h"
#include "net/loop/network.h"

namespace gatehouse::net {

class Loop final : public base::Executor {
 public:
  // Something that watches sockets. `index` is what it gave to Watch.
  class Source {
   public:
    virtual ~Source() = default;
    virtual void OnReady(std::uint32_t index, std::uint32_t readiness) = 0;
    // The same with the generation given to Watch, for a source that uses an index again: what the
    // network told before may belong to a socket that has gone since.
    virtual void OnReadyOf(std::uint32_t index, std::uint32_t /*generation*/,
                           std::uint32_t readiness) {
      OnReady(index, readiness);
    }
  };
  static constexpr std::uint32_t kGenerationMask = (1u << 24) - 1;

  // Something that ends every turn, in order of registration. True: there is more to do at once.
  class TurnEnd {
   public:
    virtual ~TurnEnd() = default;
    virtual bool OnTurnEnd() = 0;
  };

  using TimerId = std::pair<std::int64_t, std::uint64_t>;  // due, sequence

  Loop(Network& network, base::Clock& clock);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Network& network() { return network_; }

  std::chrono::nanoseconds Now() const { return now_; }         // constant within a turn
  std::chrono::nanoseconds ClockNow() { return clock_.Now(); }  // for measuring
  base::Millis WallNow();  // constant within a turn; follows steps of the clock within 100 ms
  // How late timers ran: what one waits for in this loop beyond what one asked.
  const base::DurationHistogram& lag() const { return lag_; }

  // Sources and turn ends must outlive the loop's last turn.
  std::uint8_t AddSource(Source& source);
  void AddTurnEnd(TurnEnd& end) { turn_ends_.push_back(&end); }
  // One that comes before those there are, so before sockets write; and goes before the loop does.
  void AddTurnEndFirst(TurnEnd& end) { turn_ends_.insert(turn_ends_.begin(), &end); }
  void RemoveTurnEnd(TurnEnd& end) { std::erase(turn_ends_, &end); }  // not inside one
  // A turn end has work although no turn may be under way: the next turn does not wait.
  void WantTurn() { more_to_do_ = true; }
  // Of generation, the bits of kGenerationMask count.
  void Watch(std::uint8_t source, std::uint32_t index, int socket, std::uint32_t readiness,
             std::uint32_t generation = 0);

  // Runs task once, not before `delay` has passed; 1 ms coarse.
  TimerId After(std::chrono::nanoseconds delay, base::UniqueFunction<void()> task);
  void Cancel(TimerId timer);  // of one that has run: nothing happens

  void Post(base::UniqueFunction<void()> task) override;

  void Run();   // until Stop
  void Stop();  // any thread, also a signal handler's helper thread
  // One turn that waits at most `wait` (absent: as long as the timers allow).
  void Turn(std::optional<std::chrono::nanoseconds> wait);

 private:
  std::optional<std::chrono::nanoseconds> TimeToWait() const;
  void Dispatch(std::span<const Ready> ready);
  void RunPosted();
  void RunTimers();
  void EndTurn();
  void ReadClock();

  Network& network_;
  base::Clock& clock_;
  std::chrono::nanoseconds now_{};
  base::Millis wall_{};  // as read at wall_read_
  std::optional<std::chrono::nanoseconds> wall_read_;
  std::vector<Source*> sources_;
  std::vector<TurnEnd*> turn_ends_;
  std::map<TimerId, base::UniqueFunction<void()>> timers_;
  std::uint64_t timer_sequence_ = 0;
  bool more_to_do_ = false;
  base::DurationHistogram lag_;
  std::array<Ready, 512> ready_;  // of one turn

  std::mutex mutex_;  // guards posted_ and stopping_
  std::vector<base::UniqueFunction<void()>> posted_;
  bool stopping_ = false;
};

}  // namespace gatehouse::net
