// Lines on their way from the loop to the thread that writes them (LineWriter, Terminal), so that a
// terminal or pipe that takes nothing never stops the loop. Nothing is dropped: when more than
// kFullBytes wait, the loop stops reading from the connection (the server then holds the messages)
// until half of that is written. The bound is kFullBytes and what one message makes.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "apps/chat/client/wake_up.h"
#include "base/executor.h"
#include "base/function.h"

namespace gatehouse::chat {

enum class Stream { kOut, kErr };

struct OutputText {
  Stream stream = Stream::kOut;
  std::string text;  // whole lines with their newlines
};

class OutputQueue {
 public:
  static constexpr std::size_t kFullBytes = 1024 * 1024;
  static constexpr std::size_t kBatchBytes = 64 * 1024;

  explicit OutputQueue(base::Executor& loop) : loop_(loop) {}

  // The loop's side.
  void Put(Stream stream, std::string lines);
  // Too much waits; on_room then comes once, on the loop.
  bool IsFull();
  void set_on_room(base::UniqueFunction<void()> on_room) { on_room_ = std::move(on_room); }
  void Close();  // nothing comes any more

  // The writer's side.
  int wake_fd() const { return wake_.fd(); }  // readable when there may be something, or the end
  // What comes next for one stream, some lines at once; nothing if nothing waits. Taking again
  // says that the last one was written.
  std::optional<OutputText> Take();
  bool AtEnd();  // closed and all was taken

 private:
  base::Executor& loop_;
  base::UniqueFunction<void()> on_room_;  // loop
  WakeUp wake_;
  std::mutex mutex_;  // guards the rest
  std::deque<OutputText> waiting_;
  std::size_t waiting_bytes_ = 0;  // and taken, not yet written
  std::size_t taken_bytes_ = 0;
  bool told_full_ = false;
  bool closed_ = false;
};

}  // namespace gatehouse::chat
