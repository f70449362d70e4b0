#include "apps/chat/client/line_writer.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gatehouse::chat {

int WriteAll(int fd, std::string_view text, int give_up) {
  while (!text.empty()) {
    std::array<pollfd, 2> waits{{{fd, POLLOUT, 0}, {give_up, POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return errno;
    if (waits[1].revents != 0) return ECANCELED;
    if (waits[0].revents == 0) continue;
    ssize_t n = ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (n < 0 && errno != EINTR && errno != EAGAIN) return errno;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

LineWriter::LineWriter(OutputQueue& queue, std::function<void(int)> on_gone,
                       std::function<void()> on_finished)
    : queue_(queue), on_gone_(std::move(on_gone)), on_finished_(std::move(on_finished)) {}

LineWriter::~LineWriter() {
  if (thread_.joinable()) thread_.join();
}

void LineWriter::Start() {
  thread_ = std::thread([this] { Run(); });
}

void LineWriter::Run() {
  for (;;) {
    if (auto output = queue_.Take()) {
      if (!Write(*output)) break;
    } else if (queue_.AtEnd()) {
      break;
    } else {
      WaitForOutput();
    }
  }
  on_finished_();
}

// False: given up. What stderr does not take is nobody's loss.
bool LineWriter::Write(const OutputText& output) {
  bool out = output.stream == Stream::kOut;
  if (out && gone_) return true;
  int error = WriteAll(out ? STDOUT_FILENO : STDERR_FILENO, output.text, give_up_.fd());
  if (error == ECANCELED) return false;
  if (error != 0 && out) OutputGone(error);
  return true;
}

// Also notices that the reader of a pipe has left before there is something to write.
void LineWriter::WaitForOutput() {
  std::array<pollfd, 2> waits{{{queue_.wake_fd(), POLLIN, 0}, {gone_ ? -1 : STDOUT_FILENO, 0, 0}}};
  ::poll(waits.data(), waits.size(), -1);
  if ((waits[1].revents & (POLLERR | POLLHUP)) != 0) OutputGone(EPIPE);
}

void LineWriter::OutputGone(int error) {
  if (!std::exchange(gone_, true)) on_gone_(error);
}

}  // namespace gatehouse::chat
