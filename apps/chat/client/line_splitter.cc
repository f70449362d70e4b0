#include "apps/chat/client/line_splitter.h"

#include <algorithm>
#include <utility>

namespace gatehouse::chat {

std::optional<InputLine> LineSplitter::Take(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  std::size_t end = std::min(bytes.find('\n'), bytes.size());
  begun_ = true;
  if (partial_.text.size() + end > LineQueue::kLineBytesMax) {
    partial_.too_long = true;
    partial_.text = {};
  }
  if (!partial_.too_long) partial_.text += bytes.substr(0, end);
  if (end == bytes.size()) {
    bytes = {};
    return std::nullopt;
  }
  bytes.remove_prefix(end + 1);
  begun_ = false;
  return std::exchange(partial_, {});
}

std::optional<InputLine> LineSplitter::TakeLast() {
  if (!std::exchange(begun_, false)) return std::nullopt;
  return std::exchange(partial_, {});
}

}  // namespace gatehouse::chat
