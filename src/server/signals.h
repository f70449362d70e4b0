// SIGINT and SIGTERM as calls on a loop.
#pragma once

#include "base/function.h"
#include "net/loop.h"

namespace gatehouse::server {

class Signals final : public net::Loop::Source {
 public:
  // Blocks both signals in this thread and those it starts; make one before any thread.
  Signals();
  ~Signals() override;

  // Calls on_signal on the loop's thread for each signal from now on.
  void Watch(net::Loop& loop, base::UniqueFunction<void()> on_signal);

  void OnReady(std::uint32_t index, std::uint32_t readiness) override;

 private:
  int descriptor_ = -1;
  base::UniqueFunction<void()> on_signal_;
};

}  // namespace gatehouse::server
