#include "apps/chat/client/edit_line.h"

#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <utility>

namespace gatehouse::chat {
namespace {

constexpr char32_t kJoiner = 0x200d;

// Whether it belongs to the character before it: accents, variation selectors, joined emoji.
bool Continues(const std::u32string& text, std::size_t i) {
  return i > 0 && i < text.size() && (DisplayWidth(text[i]) == 0 || text[i - 1] == kJoiner);
}

bool IsBlank(char32_t c) { return c == ' ' || c == '\t' || c == '\n'; }

}  // namespace

bool EditLine::Apply(KeyPress press) {
  switch (press.key) {
    case Key::kText:
      return Insert({&press.text, 1});
    case Key::kBackspace:
      return Erase(CharacterLeft(), cursor_, false);
    case Key::kEndOfInput:
    case Key::kDelete:
      return Erase(cursor_, CharacterRight(), false);
    case Key::kLeft:
      return MoveTo(CharacterLeft());
    case Key::kRight:
      return MoveTo(CharacterRight());
    case Key::kWordLeft:
      return MoveTo(WordLeft());
    case Key::kWordRight:
      return MoveTo(WordRight());
    case Key::kHome:
      return MoveTo(0) || text_.empty();
    case Key::kEnd:
      return MoveTo(text_.size()) || cursor_ == text_.size();
    case Key::kUp:
      return recalled_ > 0 && Recall(recalled_ - 1);
    case Key::kDown:
      return recalled_ < history_.size() && Recall(recalled_ + 1);
    case Key::kKillToEnd:
      return Erase(cursor_, text_.size(), true);
    case Key::kKillToStart:
      return Erase(0, cursor_, true);
    case Key::kKillWordLeft:
      return Erase(WordLeft(), cursor_, true);
    case Key::kKillWordRight:
      return Erase(cursor_, WordRight(), true);
    case Key::kYank:
      return Insert(std::u32string(cut_));
    case Key::kEnter:
    case Key::kClearScreen:
      return false;
  }
  return false;
}

bool EditLine::Insert(std::u32string_view what) {
  if (what.empty() || text_.size() + what.size() > kCharactersMax) return false;
  text_.insert(cursor_, what);
  cursor_ += what.size();
  return true;
}

bool EditLine::Erase(std::size_t from, std::size_t to, bool keep) {
  if (from == to) return false;
  if (keep) cut_ = text_.substr(from, to - from);
  text_.erase(from, to - from);
  cursor_ = from;
  return true;
}

bool EditLine::MoveTo(std::size_t position) { return std::exchange(cursor_, position) != position; }

bool EditLine::Recall(std::size_t position) {
  if (recalled_ == history_.size()) draft_ = text_;
  recalled_ = position;
  text_ = position == history_.size() ? draft_ : history_[position];
  cursor_ = text_.size();
  return true;
}

std::size_t EditLine::CharacterLeft() const {
  std::size_t i = cursor_;
  if (i > 0) --i;
  while (Continues(text_, i)) --i;
  return i;
}

std::size_t EditLine::CharacterRight() const {
  std::size_t i = std::min(cursor_ + 1, text_.size());
  while (Continues(text_, i)) ++i;
  return i;
}

std::size_t EditLine::WordLeft() const {
  std::size_t i = cursor_;
  while (i > 0 && IsBlank(text_[i - 1])) --i;
  while (i > 0 && !IsBlank(text_[i - 1])) --i;
  return i;
}

std::size_t EditLine::WordRight() const {
  std::size_t i = cursor_;
  while (i < text_.size() && IsBlank(text_[i])) ++i;
  while (i < text_.size() && !IsBlank(text_[i])) ++i;
  return i;
}

std::string EditLine::Finish() {
  std::u32string line = std::exchange(text_, {});
  cursor_ = 0;
  draft_.clear();
  if (!line.empty() && (history_.empty() || history_.back() != line)) history_.push_back(line);
  if (history_.size() > kHistoryMax) history_.pop_front();
  recalled_ = history_.size();
  return ToUtf8(line);
}

void EditLine::TakeBack() {
  if (!history_.empty()) text_ = history_.back();
  cursor_ = text_.size();
}

int DisplayWidth(char32_t c) {
  if (c >= 0x20 && c < 0x7f) return 1;
  // Our own locale: the user's may not be UTF-8, the program's is not ours to change.
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (!utf8) return 1;
  locale_t before = ::uselocale(utf8);
  int width = ::wcwidth(static_cast<wchar_t>(c));
  ::uselocale(before);
  return width < 0 ? 1 : width;
}

std::string ToUtf8(std::u32string_view text) {
  std::string out;
  for (char32_t c : text) {
    auto add = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6), add(0x80 | (c & 63));
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12), add(0x80 | (c >> 6 & 63)), add(0x80 | (c & 63));
    } else {
      add(0xf0 | c >> 18), add(0x80 | (c >> 12 & 63)), add(0x80 | (c >> 6 & 63));
      add(0x80 | (c & 63));
    }
  }
  return out;
}

}  // namespace gatehouse::chat
