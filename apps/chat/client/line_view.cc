#include "apps/chat/client/line_view.h"

#include <algorithm>

#include "apps/chat/client/edit_line.h"
#include "base/log.h"

namespace gatehouse::chat {
namespace {

struct Layout {
  std::vector<std::string> rows;
  std::size_t cursor_row = 0;
  std::size_t cursor_column = 0;
};

// Puts characters side by side and begins a new row where one does not fit any more.
class Typesetter {
 public:
  explicit Typesetter(std::size_t columns) : columns_(columns) { layout_.rows.emplace_back(); }

  // Ahead of a character that takes `width` columns.
  void BreakIfFull(std::size_t width) {
    if (column_ + width <= columns_) return;
    layout_.rows.emplace_back();
    column_ = 0;
  }
  void Put(std::string_view character, std::size_t width) {
    BreakIfFull(width);
    layout_.rows.back() += character;
    column_ += width;
  }
  void PutAscii(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) Put(text.substr(i, 1), 1);
  }
  void SetCursor() {
    layout_.cursor_row = layout_.rows.size() - 1;
    layout_.cursor_column = column_;
  }
  Layout Take() { return std::move(layout_); }

 private:
  const std::size_t columns_;
  std::size_t column_ = 0;
  Layout layout_;
};

Layout LayOut(std::string_view prompt, std::u32string_view text, std::size_t cursor,
              std::size_t columns) {
  Typesetter out(columns);
  out.PutAscii(prompt);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string character = ToUtf8(text.substr(i, 1));
    std::string shown = base::EscapeForTerminal(character);
    bool escaped = shown != character;
    std::size_t width = escaped ? 1 : static_cast<std::size_t>(DisplayWidth(text[i]));
    if (i == cursor) {
      out.BreakIfFull(width);
      out.SetCursor();
    }
    if (escaped) {
      out.PutAscii(shown);
    } else {
      out.Put(shown, width);
    }
  }
  if (cursor >= text.size()) {
    out.BreakIfFull(1);
    out.SetCursor();
  }
  return out.Take();
}

std::string Move(std::size_t count, char direction) {
  return count == 0 ? "" : "\x1b[" + std::to_string(count) + direction;
}

}  // namespace

std::string LineView::Draw(std::string_view prompt, std::u32string_view text, std::size_t cursor,
                           ScreenSize size) {
  std::string out = Erase();
  Layout layout = LayOut(prompt, text, cursor, std::max<std::size_t>(size.columns, 2));
  std::size_t shown = std::min(layout.rows.size(), std::max<std::size_t>(size.rows, 1));
  std::size_t first = layout.cursor_row < shown ? 0 : layout.cursor_row - shown + 1;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += "\r\n";
    out += layout.rows[first + i];
  }
  rows_ = shown;
  cursor_row_ = layout.cursor_row - first;
  out += Move(rows_ - 1 - cursor_row_, 'A');
  out += '\r';
  return out + Move(layout.cursor_column, 'C');
}

std::string LineView::Erase() {
  if (rows_ == 0) return {};
  std::string out = Move(cursor_row_, 'A') + "\r\x1b[J";
  rows_ = cursor_row_ = 0;
  return out;
}

std::string LineView::Leave() {
  if (rows_ == 0) return {};
  std::string out = Move(rows_ - 1 - cursor_row_, 'B') + "\r\n";
  rows_ = cursor_row_ = 0;
  return out;
}

}  // namespace gatehouse::chat
