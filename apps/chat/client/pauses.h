// How long to wait before the next attempt to connect: 0.5 s, doubling to 30 s, each ± 50 % so that
// a thousand clients of a server that restarts do not come back at once. Pure.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/random.h"

namespace gatehouse::chat {

class Pauses {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr Time kFirst = std::chrono::milliseconds(500);
  static constexpr Time kLongest = std::chrono::seconds(30);

  explicit Pauses(base::Random& random) : random_(random) {}

  Time Next() {
    Time pause = Jitter(next_);
    next_ = std::min(next_ * 2, kLongest);
    return pause;
  }
  void Reset() { next_ = kFirst; }

 private:
  Time Jitter(Time pause) {
    double part = static_cast<double>(random_.Next() >> 11) * 0x1p-53;  // [0, 1)
    return Time(static_cast<Time::rep>(static_cast<double>(pause.count()) * (0.5 + part)));
  }

  base::Random& random_;
  Time next_ = kFirst;
};

}  // namespace gatehouse::chat
