// Wakes a thread that waits in poll: an eventfd. Signal from any thread.
#pragma once

namespace gatehouse::chat {

class WakeUp {
 public:
  WakeUp();
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  int fd() const { return fd_; }  // readable after Signal until Drain
  void Signal();
  void Drain();

 private:
  int fd_;
};

}  // namespace gatehouse::chat
