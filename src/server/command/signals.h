// SIGINT, SIGTERM and SIGCHLD as calls on a loop.
#pragma once

#include "base/function.h"
#include "net/loop/loop.h"

namespace gatehouse::server {

class Signals final : public net::Loop::Source {
 public:
  // Blocks these signals in this thread and those it starts; make one before any thread.
  Signals();
  ~Signals() override;

  // Calls on_signal(its number) on the loop's thread for each signal, those that wait included.
  void Watch(net::Loop& loop, base::UniqueFunction<void(int)> on_signal);

  void OnReady(std::uint32_t index, std::uint32_t readiness) override;

 private:
  int descriptor_ = -1;
  base::UniqueFunction<void(int)> on_signal_;
};

}  // namespace gatehouse::server
