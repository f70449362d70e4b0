#include "apps/chat/client/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace gatehouse::chat {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

}  // namespace

LineReader::~LineReader() {
  stop_.Signal();
  if (thread_.joinable()) thread_.join();
}

void LineReader::Start() {
  thread_ = std::thread([this] { Run(); });
}

void LineReader::Run() {
  LineSplitter splitter;
  auto buffer = std::make_unique<char[]>(kReadBytes);
  for (;;) {
    std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) continue;
    if (waits[1].revents != 0) return;
    ssize_t n = ::read(STDIN_FILENO, buffer.get(), kReadBytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) break;
    std::string_view bytes(buffer.get(), static_cast<std::size_t>(n));
    while (!bytes.empty()) {
      auto line = splitter.Take(bytes);
      if (line && !queue_.Push(*line)) return;
    }
  }
  auto last = splitter.TakeLast();
  if (last && !queue_.Push(*last)) return;
  queue_.End();
}

}  // namespace gatehouse::chat
