// The thread that owns the terminal in an interactive chat: edits the input line and prints what
// arrives above it. One thread does both, so the line is always where it thinks it is; and a thread
// of its own, so a terminal that is stopped or slow never stops the loop.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "apps/chat/client/edit_line.h"
#include "apps/chat/client/key_reader.h"
#include "apps/chat/client/line_queue.h"
#include "apps/chat/client/line_view.h"
#include "apps/chat/client/output_queue.h"
#include "apps/chat/client/terminal_modes.h"
#include "apps/chat/client/wake_up.h"

namespace gatehouse::chat {

class Terminal {
 public:
  // on_finished: the output queue is at its end, all is written, the modes are restored; called on
  // the terminal's thread.
  Terminal(LineQueue& input, OutputQueue& output, std::function<void()> on_finished);
  ~Terminal();  // waits for the thread: call after the output queue was closed

  void Start();

  // Any thread.
  void Resized();
  void Suspend();  // Ctrl-Z: hands the terminal back and stops the process
  void GiveUp();   // what is not written yet is lost
  void RestoreModes() { modes_.Restore(); }

 private:
  void Run();
  void Begin();
  void Finish();
  void Wait();
  void FollowRequests();
  void PrintOutput();
  void ReadKeys();
  bool Press(KeyPress press);  // false: a beep
  void Submit();
  void EndInput();
  void Redraw();
  void Write(int fd, std::string_view text);

  LineQueue& input_;
  OutputQueue& output_;
  std::function<void()> on_finished_;
  TerminalModes modes_;
  const bool errors_on_terminal_;

  WakeUp request_, give_up_;
  std::atomic<bool> resized_ = false, suspend_ = false;

  KeyReader reader_;
  EditLine line_;
  LineView view_;
  std::string drawing_;  // what goes to the terminal in one write
  bool input_ended_ = false;
  bool gone_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::chat
