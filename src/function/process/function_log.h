// What a function prints: cut into lines for gatehouse's log, and the end of it kept for the caller
// who asked for the tail. In a log of text an error of Node's, a line of JSON, is a block of lines,
// and the runtimes' own columns of time and request id are left out; the tail has them.
// One per environment; loop thread only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace gatehouse::function {

inline constexpr std::size_t kLogLineBytesMax = 8 * 1024;  // longer lines are cut there
inline constexpr std::size_t kLogTailBytes = 4 * 1024;     // AWS: X-Amz-Log-Result

class FunctionLog {
 public:
  FunctionLog(base::Log& log, std::string function_name)
      : log_(log), function_name_(std::move(function_name)) {}

  // Bytes of stdout or stderr. A carriage return ends a line too: Node's runtime writes one for
  // each newline within a message.
  void Print(std::string_view bytes);
  void Flush();  // a last line without its end

  // A line of the platform's (START, END, REPORT): for the tail only.
  void Platform(std::string_view line);
  void ClearTail() { tail_.clear(); }
  const std::string& tail() const { return tail_; }

 private:
  void AppendTail(std::string_view bytes);
  void EndLine();
  void ForAPerson(std::vector<std::string>& lines);

  base::Log& log_;
  const std::string function_name_;
  std::string line_;
  bool cut_ = false;
  bool in_import_ = false;  // the last line was a frame of Python's import system
  std::string tail_;
};

}  // namespace gatehouse::function
