#include "apps/chat/client/line_queue.h"

#include <utility>

namespace gatehouse::chat {

bool LineQueue::Push(InputLine& line, std::optional<std::chrono::milliseconds> wait) {
  bool was_empty = false;
  {
    std::unique_lock lock(mutex_);
    auto ready = [this] { return closed_ || HasRoom(); };
    if (wait) {
      room_.wait_for(lock, *wait, ready);
    } else {
      room_.wait(lock, ready);
    }
    if (closed_ || !HasRoom()) return false;
    was_empty = lines_.empty();
    bytes_ += line.text.size();
    lines_.push_back(std::move(line));
  }
  if (was_empty) loop_.Post([] {});
  return true;
}

void LineQueue::End() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  loop_.Post([] {});
}

std::optional<InputLine> LineQueue::TryPop() {
  std::optional<InputLine> line;
  {
    std::lock_guard lock(mutex_);
    if (lines_.empty()) return std::nullopt;
    line = std::move(lines_.front());
    lines_.pop_front();
    bytes_ -= line->text.size();
  }
  room_.notify_all();
  return line;
}

bool LineQueue::AtEnd() {
  std::lock_guard lock(mutex_);
  return ended_ && lines_.empty();
}

bool LineQueue::IsEmpty() {
  std::lock_guard lock(mutex_);
  return lines_.empty();
}

void LineQueue::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
}

}  // namespace gatehouse::chat
