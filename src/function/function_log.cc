#include "function/function_log.h"

#include <algorithm>

namespace gatehouse::function {

void FunctionLog::Print(std::string_view bytes) {
  AppendTail(bytes);
  while (!bytes.empty()) {
    std::size_t end = bytes.find_first_of("\r\n");
    std::string_view part = bytes.substr(0, end);
    std::size_t room = kLogLineBytesMax - line_.size();
    line_.append(part.substr(0, room));
    if (part.size() > room) cut_ = true;
    if (end == std::string_view::npos) return;
    EndLine();
    bytes.remove_prefix(end + 1);
  }
}

void FunctionLog::EndLine() {
  if (cut_) line_ += "…";
  if (!line_.empty()) log_.Info(line_, {{"function", function_name_}});
  line_.clear();
  cut_ = false;
}

void FunctionLog::Flush() { EndLine(); }

void FunctionLog::Platform(std::string_view line) {
  if (!tail_.empty() && tail_.back() != '\n') AppendTail("\n");
  AppendTail(line);
  AppendTail("\n");
}

void FunctionLog::AppendTail(std::string_view bytes) {
  if (bytes.size() >= kLogTailBytes) {
    tail_ = bytes.substr(bytes.size() - kLogTailBytes);
    return;
  }
  std::size_t over = tail_.size() + bytes.size();
  if (over > kLogTailBytes) tail_.erase(0, over - kLogTailBytes);
  tail_ += bytes;
}

}  // namespace gatehouse::function
