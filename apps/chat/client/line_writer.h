// The thread that writes to stdout and stderr when nobody edits a line there.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "apps/chat/client/output_queue.h"
#include "apps/chat/client/wake_up.h"

namespace gatehouse::chat {

// Writes all, in pieces that a pipe takes without blocking, however long the reader takes; gives up
// when `give_up` becomes readable. Returns 0, ECANCELED when it gave up, or another errno.
int WriteAll(int fd, std::string_view text, int give_up);

class LineWriter {
 public:
  // Called on the writer's thread.
  //   on_gone      stdout takes no more (EPIPE: whoever read it has left), with the errno; once
  //   on_finished  the queue is at its end and written, or GiveUp
  LineWriter(OutputQueue& queue, std::function<void(int)> on_gone,
             std::function<void()> on_finished);
  ~LineWriter();  // waits for the thread: call after the queue was closed

  void Start();
  void GiveUp() { give_up_.Signal(); }  // what is not written yet is lost

 private:
  void Run();
  bool Write(const OutputText& output);
  void WaitForOutput();
  void OutputGone(int error);

  OutputQueue& queue_;
  std::function<void(int)> on_gone_;
  std::function<void()> on_finished_;
  WakeUp give_up_;
  bool gone_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::chat
