// A further event loop with a thread of its own, and what every loop of a process does at its
// turns' ends.
#pragma once

#include <cstddef>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "net/dial/resolver.h"
#include "net/loop/epoll_network.h"
#include "net/loop/loop.h"

namespace gatehouse::server {

// Flushes the log at the end of every turn, so that a turn's lines leave in one write.
class LogFlusher final : public net::Loop::TurnEnd {
 public:
  explicit LogFlusher(base::Log& log) : log_(log) {}
  bool OnTurnEnd() override {
    log_.Flush();
    return false;
  }

 private:
  base::Log& log_;
};

// Made, started and stopped by one other thread.
class LoopThread {
 public:
  // index: of the loop, for the thread's name. Clock and log outlive it.
  LoopThread(std::size_t index, base::Clock& clock, base::Log& log);
  ~LoopThread();  // stops

  net::Loop& loop() { return loop_; }
  net::Resolver& resolver() { return resolver_; }

  // From here on the loop belongs to its thread.
  void Start();
  // Waits for the loop's last turn; afterwards it belongs to the caller again. Once is enough.
  void Stop();

 private:
  const std::size_t index_;
  net::EpollNetwork network_;
  net::Loop loop_;
  LogFlusher flusher_;
  net::SystemResolver resolver_;
  std::thread thread_;
};

}  // namespace gatehouse::server
