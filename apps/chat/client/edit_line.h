// The line that is being typed: its text, the cursor, what was cut, the history. Pure; nothing here
// knows a terminal.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "apps/chat/client/key_reader.h"

namespace gatehouse::chat {

class EditLine {
 public:
  static constexpr std::size_t kCharactersMax = 32 * 1024;
  static constexpr std::size_t kHistoryMax = 500;

  const std::u32string& text() const { return text_; }
  std::size_t cursor() const { return cursor_; }

  // False: the key does nothing here (a beep), as everything that is no editing (kEnter …).
  bool Apply(KeyPress press);

  // The text in UTF-8; empties the line and remembers it.
  std::string Finish();
  void TakeBack();  // nobody wanted what Finish gave: it is here again

 private:
  bool Insert(std::u32string_view what);
  bool Erase(std::size_t from, std::size_t to, bool keep);
  bool MoveTo(std::size_t position);
  bool Recall(std::size_t position);
  std::size_t CharacterLeft() const;
  std::size_t CharacterRight() const;
  std::size_t WordLeft() const;
  std::size_t WordRight() const;

  std::u32string text_;
  std::size_t cursor_ = 0;
  std::u32string cut_;
  std::deque<std::u32string> history_;
  std::size_t recalled_ = 0;  // == history_.size(): none, the line is new
  std::u32string draft_;      // the new line while an old one is recalled
};

// Columns of a character on a terminal: 0, 1 or 2; 1 where nobody knows.
int DisplayWidth(char32_t c);

std::string ToUtf8(std::u32string_view text);

}  // namespace gatehouse::chat
