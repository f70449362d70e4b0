#include "apps/chat/client/terminal.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "apps/chat/client/line_writer.h"

namespace gatehouse::chat {
namespace {

constexpr std::string_view kPrompt = "> ";
constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";
constexpr std::string_view kBeep = "\a";
constexpr std::chrono::milliseconds kRoomWait{200};  // for the loop to take a line

}  // namespace

Terminal::Terminal(LineQueue& input, OutputQueue& output, std::function<void()> on_finished)
    : input_(input),
      output_(output),
      on_finished_(std::move(on_finished)),
      modes_(STDIN_FILENO),
      errors_on_terminal_(::isatty(STDERR_FILENO) == 1) {}

Terminal::~Terminal() {
  if (thread_.joinable()) thread_.join();
}

void Terminal::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Terminal::Resized() {
  resized_ = true;
  request_.Signal();
}

void Terminal::Suspend() {
  suspend_ = true;
  request_.Signal();
}

void Terminal::GiveUp() { give_up_.Signal(); }

void Terminal::Run() {
  Begin();
  while (!output_.AtEnd() && !gone_) {
    Redraw();
    Wait();
    FollowRequests();
    PrintOutput();
  }
  Finish();
  while (!output_.AtEnd()) {  // the terminal is gone: nobody reads what still comes
    std::array<pollfd, 1> wait{{{output_.wake_fd(), POLLIN, 0}}};
    ::poll(wait.data(), wait.size(), -1);
    while (output_.Take()) {
    }
  }
  on_finished_();
}

void Terminal::Begin() {
  modes_.SetRaw();
  drawing_ += kBracketedPasteOn;
}

void Terminal::Finish() {
  drawing_ += view_.Erase();
  drawing_ += kBracketedPasteOff;
  Write(STDOUT_FILENO, std::exchange(drawing_, {}));
  modes_.Restore();
}

void Terminal::Wait() {
  std::array<pollfd, 4> waits{{{output_.wake_fd(), POLLIN, 0},
                               {request_.fd(), POLLIN, 0},
                               {give_up_.fd(), POLLIN, 0},
                               {input_ended_ ? -1 : STDIN_FILENO, POLLIN, 0}}};
  ::poll(waits.data(), waits.size(), -1);
  if (waits[2].revents != 0) gone_ = true;
  if (waits[3].revents != 0) ReadKeys();
}

void Terminal::FollowRequests() {
  request_.Drain();
  if (resized_.exchange(false)) drawing_ += view_.Erase();
  if (!suspend_.exchange(false)) return;
  Finish();
  // To this thread: kill() might choose another and return before the process has stopped.
  (void)::raise(SIGSTOP);
  Begin();  // here when the process continues
}

// ---- Output ----

void Terminal::PrintOutput() {
  while (auto output = output_.Take()) {
    if (output->stream == Stream::kOut) {
      drawing_ += view_.Erase();
      drawing_ += output->text;
      Write(STDOUT_FILENO, std::exchange(drawing_, {}));
      continue;
    }
    if (errors_on_terminal_) drawing_ += view_.Erase();
    Write(STDOUT_FILENO, std::exchange(drawing_, {}));
    Write(STDERR_FILENO, output->text);
  }
}

void Terminal::Redraw() {
  ScreenSize size = SizeOf(STDOUT_FILENO);
  drawing_ += view_.Draw(kPrompt, line_.text(), line_.cursor(), size);
  Write(STDOUT_FILENO, std::exchange(drawing_, {}));
}

void Terminal::Write(int fd, std::string_view text) {
  if (gone_) return;
  int error = WriteAll(fd, text, give_up_.fd());
  if (error == 0 || (fd == STDERR_FILENO && error != ECANCELED)) return;
  gone_ = true;
  EndInput();
}

// ---- Input ----

void Terminal::ReadKeys() {
  std::array<char, 4096> bytes;
  ssize_t n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) return EndInput();
  std::vector<KeyPress> keys;
  reader_.Read({bytes.data(), static_cast<std::size_t>(n)}, keys);
  bool all_good = true;
  for (const KeyPress& press : keys) {
    if (input_ended_) return;
    if (!Press(press)) all_good = false;
  }
  if (!all_good) drawing_ += kBeep;
}

bool Terminal::Press(KeyPress press) {
  if (press.key == Key::kEnter) {
    Submit();
  } else if (press.key == Key::kEndOfInput && line_.text().empty()) {
    EndInput();
  } else if (press.key == Key::kClearScreen) {
    drawing_ += view_.Erase();
    drawing_ += kClearScreen;
  } else {
    return line_.Apply(press);
  }
  return true;
}

void Terminal::Submit() {
  drawing_ += view_.Draw(kPrompt, line_.text(), line_.text().size(), SizeOf(STDOUT_FILENO));
  drawing_ += view_.Leave();
  Write(STDOUT_FILENO, std::exchange(drawing_, {}));
  InputLine line{line_.Finish()};
  if (input_.Push(line, kRoomWait)) return;
  line_.TakeBack();
  Write(STDERR_FILENO, "not taken: as many lines as may wait for the connection already do\n");
}

void Terminal::EndInput() {
  if (std::exchange(input_ended_, true)) return;
  input_.End();
}

}  // namespace gatehouse::chat
