// The time in which operations are counted, and what the server's core and process used of it.
// After fast-path.md's method: busy time of the core (/proc/stat, 10 ms) is the figure, the
// process's own time beside it; what the core did for others is their difference.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace gatehouse::bench {

struct Usage {
  double wall = 0;     // seconds
  double core = 0;     // seconds in which the core was not idle
  double process = 0;  // seconds of all threads of the process
};
Usage ReadUsage(int pid, int core);

// "Anonymous" of /proc/PID/smaps_rollup, in bytes; 0 if it cannot be read.
std::uint64_t AnonymousBytes(int pid);

class Window {
 public:
  // Begins with the warm-up.
  Window(int pid, int core, double warmup_seconds, double seconds);

  void Count(std::uint64_t operations) { operations_ += operations; }
  // To be asked between any two batches of work. True: it is over.
  bool IsOver();

  // "operations":…,"seconds":…,"core_seconds":…,"process_seconds":…
  std::string Json() const;

 private:
  using Clock = std::chrono::steady_clock;
  const int pid_, core_;
  const Clock::duration length_;
  Clock::time_point next_;
  bool counting_ = false;
  std::uint64_t operations_ = 0;
  Usage from_, to_;
};

}  // namespace gatehouse::bench
