// Signals as readiness of the loop: a signalfd. Blocks them in this thread, so construct it before
// other threads begin.
#pragma once

#include <csignal>
#include <initializer_list>

#include "base/function.h"
#include "net/loop/loop.h"

namespace gatehouse::chat {

class Signals final : private net::Loop::Source {
 public:
  // Of these, those that are ignored already stay so (nohup, background jobs).
  Signals(net::Loop& loop, std::initializer_list<int> signals,
          base::UniqueFunction<void(int)> on_signal);
  ~Signals() override;

 private:
  void OnReady(std::uint32_t index, std::uint32_t readiness) override;

  base::UniqueFunction<void(int)> on_signal_;
  sigset_t before_;
  int fd_ = -1;
};

}  // namespace gatehouse::chat
