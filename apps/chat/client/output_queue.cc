#include "apps/chat/client/output_queue.h"

#include <utility>

namespace gatehouse::chat {

void OutputQueue::Put(Stream stream, std::string lines) {
  {
    std::lock_guard lock(mutex_);
    waiting_bytes_ += lines.size();
    bool joins = !waiting_.empty() && waiting_.back().stream == stream &&
                 waiting_.back().text.size() + lines.size() <= kBatchBytes;
    if (joins) {
      waiting_.back().text += lines;
    } else {
      waiting_.push_back({stream, std::move(lines)});
    }
  }
  wake_.Signal();
}

bool OutputQueue::IsFull() {
  std::lock_guard lock(mutex_);
  if (waiting_bytes_ > kFullBytes) told_full_ = true;
  return told_full_;
}

void OutputQueue::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.Signal();
}

std::optional<OutputText> OutputQueue::Take() {
  std::optional<OutputText> taken;
  bool has_room_again = false;
  wake_.Drain();
  {
    std::lock_guard lock(mutex_);
    waiting_bytes_ -= std::exchange(taken_bytes_, 0);
    if (told_full_ && waiting_bytes_ <= kFullBytes / 2) {
      has_room_again = true;
      told_full_ = false;
    }
    if (!waiting_.empty()) {
      taken = std::move(waiting_.front());
      waiting_.pop_front();
      taken_bytes_ = taken->text.size();
    }
  }
  if (has_room_again) {
    loop_.Post([this] {
      if (on_room_) on_room_();
    });
  }
  return taken;
}

bool OutputQueue::AtEnd() {
  std::lock_guard lock(mutex_);
  return closed_ && waiting_.empty();
}

}  // namespace gatehouse::chat
