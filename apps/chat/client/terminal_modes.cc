#include "apps/chat/client/terminal_modes.h"

#include <sys/ioctl.h>

namespace gatehouse::chat {

TerminalModes::TerminalModes(int terminal)
    : terminal_(terminal), known_(::tcgetattr(terminal, &before_) == 0) {}

void TerminalModes::SetRaw() {
  if (!known_) return;
  termios raw = before_;
  raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
  raw.c_oflag |= OPOST | ONLCR;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN);
  raw.c_lflag |= ISIG;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(terminal_, TCSANOW, &raw);
}

void TerminalModes::Restore() {
  if (known_) ::tcsetattr(terminal_, TCSANOW, &before_);
}

ScreenSize SizeOf(int terminal) {
  winsize size{};
  if (::ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace gatehouse::chat
