#include "function/process/function_log.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "wire/json_cursor.h"

namespace gatehouse::function {
namespace {

// A frame of the loader's: nothing there is the author's.
bool IsOfNode(std::string_view frame) {
  if (frame.starts_with("- ")) return frame.ends_with("/bootstrap.cjs");  // what required it
  return frame.starts_with(" ") && frame.find("node:internal/") != frame.npos;
}

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
    if (IsOfNode(frame)) continue;
    if (first) {
      lines[0] += frame;
    } else {
      lines.push_back(std::move(frame));
    }
  }
  if (first) return {};  // no stack: it is short enough
  return lines;
}

// "2026-01-01T10:10:10.417Z"
bool IsTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return false;
  }
  return true;
}

// A request's, or what stands there when none runs.
bool IsRequestId(std::string_view text) {
  constexpr std::size_t kUuidBytes = 36;
  if (text.empty() || text == "undefined") return true;
  return text.size() == kUuidBytes && text.find_first_not_of("0123456789abcdef-") == text.npos;
}

bool IsLevel(std::string_view text) {
  constexpr std::size_t kLevelBytesMax = 16;
  return !text.empty() && text.size() <= kLevelBytesMax &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == text.npos;
}

// The log has a time of its own. What the runtimes put before a message, "[INFO]⇥time⇥id⇥" in
// Python and "time⇥id⇥INFO⇥" in Node.js, becomes "[INFO] ". Other lines stay as they are.
std::string WithoutColumns(std::string_view line) {
  std::array<std::string_view, 3> columns;
  std::string_view rest = line;
  for (std::string_view& column : columns) {
    const std::size_t end = rest.find('\t');
    if (end == rest.npos) return std::string(line);
    column = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  const auto& [first, second, third] = columns;
  if (IsTime(first) && IsRequestId(second) && IsLevel(third)) {
    return fmt::format("[{}] {}", third, rest);
  }
  const bool is_python = first.size() > 2 && first.front() == '[' && first.back() == ']' &&
                         IsLevel(first.substr(1, first.size() - 2));
  if (is_python && IsTime(second) && IsRequestId(third)) return fmt::format("{} {}", first, rest);
  return std::string(line);
}

// What AWS's runtime for Python puts before the lines of a stack, so that they stay one line.
constexpr std::string_view kHardSpace = "\u00a0";

std::string WithSpaces(std::string_view line) {
  std::size_t count = 0;
  while (line.starts_with(kHardSpace)) {
    line.remove_prefix(kHardSpace.size());
    ++count;
  }
  return std::string(count, ' ').append(line);
}

bool IsOfImport(std::string_view line) {
  return line.starts_with("  File \"") && line.find("importlib") != line.npos;
}

// A paragraph on updates of runtimes, before each error of a start.
bool IsWarningOfUpdates(std::string_view line) {
  return line.starts_with("[WARNING]\t") &&
         line.find("\tLAMBDA_WARNING: Unhandled exception.") != line.npos;
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
  std::vector<std::string> lines;
  if (log_.is_text()) lines = LinesOfError(line_);
  if (lines.empty() && !line_.empty()) lines.push_back(std::move(line_));
  if (log_.is_text() && !lines.empty()) ForAPerson(lines);
  for (const std::string& line : lines) log_.Print(function_name_, line);
  line_.clear();
  cut_ = false;
}

// What a person reads has no frames of the import system, and no paragraph on updates.
void FunctionLog::ForAPerson(std::vector<std::string>& lines) {
  std::string& line = lines[0];
  if (line.starts_with(kHardSpace)) line = WithSpaces(line);
  const bool is_code = std::exchange(in_import_, false) && line.starts_with("    ");
  in_import_ = IsOfImport(line);
  if (is_code || in_import_ || IsWarningOfUpdates(line)) {
    lines.clear();
  } else {
    line = WithoutColumns(line);
  }
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
