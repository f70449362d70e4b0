#include "function/function_log.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "wire/json_cursor.h"

namespace gatehouse::function {
namespace {

// The lines of an error that Node's runtime wrote as one: "time⇥id⇥ERROR⇥title⇥{"errorType":…}".
// Empty: the line is none.
std::vector<std::string> LinesOfError(std::string_view line) {
  std::size_t at = line.find("\t{\"errorType\":");
  if (at == line.npos || line.substr(0, at).find("\tERROR\t") == line.npos) return {};
  std::optional<wire::JsonValue> error = wire::ReadJson(line.substr(at + 1));
  if (!error || error->kind != wire::JsonKind::kObject) return {};
  std::optional<wire::JsonValue> stack = wire::FindMember(*error, "stack");
  if (!stack || stack->kind != wire::JsonKind::kArray) return {};
  std::vector<std::string> lines{std::string(line.substr(0, line.find_last_not_of(' ', at) + 1))};
  bool first = true;
  for (wire::JsonCursor frames(*stack); frames.Next(); first = false) {
    if (frames.value().kind != wire::JsonKind::kString) return {};
    std::string frame = wire::DecodeJsonString(frames.value());
    if (first) {
      lines[0] += frame;
    } else {
      lines.push_back(std::move(frame));
    }
  }
  if (first) return {};  // no stack: it is short enough
  return lines;
}

}  // namespace

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
  std::vector<std::string> error;
  if (log_.is_text()) error = LinesOfError(line_);
  for (const std::string& line : error) log_.Print(function_name_, line);
  if (error.empty() && !line_.empty()) log_.Print(function_name_, line_);
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
