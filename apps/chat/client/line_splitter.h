// Cuts bytes into lines at \n, any cut of the input allowed. Bounded: of a line that is too long
// nothing is kept. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/chat/client/line_queue.h"

namespace gatehouse::chat {

class LineSplitter {
 public:
  // Takes bytes up to the end of a line, or all. Returns the line if one ended.
  std::optional<InputLine> Take(std::string_view& bytes);
  // The last line, if the input did not end with a newline.
  std::optional<InputLine> TakeLast();

 private:
  InputLine partial_;
  bool begun_ = false;
};

}  // namespace gatehouse::chat
