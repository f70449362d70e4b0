// The input line on the terminal: which bytes draw it, over several rows if need be, and which take
// it away so that something else can be printed in its place. Pure.
//
// We break rows ourselves with \r\n instead of leaving it to the terminal, so where the rows are is
// known whatever the terminal does at its margin. Invariant: between calls the terminal's cursor
// stands where the last drawing left it, in row cursor_row_ of rows_ that belong to us.
//
// Why not libedit, the first choice: tried in a pseudo-terminal (3.1-20221030) it leaves the cursor
// beside combining characters and joined emoji, mixes up rows when a line is longer than the screen
// or the window's size changes, and has no way to take its line off the screen for a message.
// readline does better and is GPL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::chat {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

class LineView {
 public:
  // Draws the line, in place of the one that is there. Of a line that has more rows than the screen
  // those around the cursor are shown. Characters that drive a terminal are shown escaped.
  std::string Draw(std::string_view prompt, std::u32string_view text, std::size_t cursor,
                   ScreenSize size);
  // Takes it away; the terminal's cursor then stands where its first row began.
  std::string Erase();
  // Leaves it on the screen for good; the cursor goes to the row below.
  std::string Leave();

 private:
  std::size_t rows_ = 0;  // 0: nothing is drawn
  std::size_t cursor_row_ = 0;
};

}  // namespace gatehouse::chat
