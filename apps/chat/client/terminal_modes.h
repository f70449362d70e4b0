// A terminal's line discipline: raw while a line is edited, as it was before otherwise.
#pragma once

#include <termios.h>

#include "apps/chat/client/line_view.h"

namespace gatehouse::chat {

class TerminalModes {
 public:
  explicit TerminalModes(int terminal);
  ~TerminalModes() { Restore(); }
  TerminalModes(const TerminalModes&) = delete;
  TerminalModes& operator=(const TerminalModes&) = delete;

  // Characters come one by one and without echo; Ctrl-C, Ctrl-Z, Ctrl-\ stay signals; newlines that
  // are written still return the carriage. Ctrl-S stops nothing.
  void SetRaw();
  void Restore();  // any thread; does not wait for output

 private:
  const int terminal_;
  termios before_{};
  bool known_;  // before_ is what the terminal said; so it comes after it
};

ScreenSize SizeOf(int terminal);

}  // namespace gatehouse::chat
