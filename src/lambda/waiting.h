// Waiting on a loop, for coroutines. Loop thread only.
#pragma once

#include <chrono>

#include "gatehouse/task.h"
#include "net/loop/loop.h"

namespace gatehouse::lambda {

inline Task<void> Pause(net::Loop& loop, std::chrono::nanoseconds duration) {
  Await<bool> pause([&](Await<bool>::Done done) {
    loop.After(duration, [done = std::move(done)] { done(true); });
  });
  co_await pause;
}

}  // namespace gatehouse::lambda
