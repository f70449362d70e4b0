#include "server/node/loop_thread.h"

#include <pthread.h>

#include <string>

namespace gatehouse::server {

LoopThread::LoopThread(std::size_t index, base::Clock& clock, base::Log& log)
    : index_(index), loop_(network_, clock), flusher_(log), resolver_(loop_) {}

LoopThread::~LoopThread() { Stop(); }

// Last of the turn's ends: the lines that others' ends write leave with it.
void LoopThread::Start() {
  loop_.AddTurnEnd(flusher_);
  thread_ = std::thread([this] {
    std::string name = "loop " + std::to_string(index_);
    ::pthread_setname_np(::pthread_self(), name.c_str());
    loop_.Run();
  });
}

void LoopThread::Stop() {
  if (!thread_.joinable()) return;
  loop_.Stop();
  thread_.join();
}

}  // namespace gatehouse::server
