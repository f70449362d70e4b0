// The thread that reads lines from stdin when nobody types there. Lines that nobody takes stay in
// the pipe: see LineQueue.
#pragma once

#include <thread>

#include "apps/chat/client/line_queue.h"
#include "apps/chat/client/line_splitter.h"
#include "apps/chat/client/wake_up.h"

namespace gatehouse::chat {

class LineReader {
 public:
  explicit LineReader(LineQueue& queue) : queue_(queue) {}
  ~LineReader();  // ends the thread: call after the queue was closed

  void Start();

 private:
  void Run();

  LineQueue& queue_;
  WakeUp stop_;
  std::thread thread_;
};

}  // namespace gatehouse::chat
