// Lines on their way from the thread that reads them (LineReader, Terminal) to the loop. Bounded: a
// reader that is faster than the connection waits, and with it whoever writes to our stdin.
//
// Why a thread: the loop's epoll refuses regular files (EPERM), `gatehouse chat < file` must work,
// and a read of a terminal or a file may block.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "base/executor.h"

namespace gatehouse::chat {

struct InputLine {
  std::string text;       // without its newline
  bool too_long = false;  // it was longer than kLineBytesMax, and text is empty
};

class LineQueue {
 public:
  static constexpr std::size_t kLineBytesMax = 128 * 1024;
  static constexpr std::size_t kLinesMax = 64;
  static constexpr std::size_t kBytesMax = 256 * 1024;

  // Every line that meets an empty queue gives the loop a turn.
  explicit LineQueue(base::Executor& loop) : loop_(loop) {}

  // The reader's side. Waits until there is room, at most that long. False: there was none, or the
  // queue is closed; the line was not taken.
  bool Push(InputLine& line, std::optional<std::chrono::milliseconds> wait = std::nullopt);
  void End();  // no more lines come

  // The loop's side.
  std::optional<InputLine> TryPop();
  bool AtEnd();  // nothing is left and no more lines come
  bool IsEmpty();
  void Close();  // takes no more; whoever waits in Push returns

 private:
  bool HasRoom() const { return lines_.size() < kLinesMax && bytes_ < kBytesMax; }

  base::Executor& loop_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<InputLine> lines_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace gatehouse::chat
