// UTF-8 validation (RFC 3629: no surrogates, no overlong forms), by simdjson, and repair.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::wire {

bool IsUtf8(std::string_view text);

// text with what is no UTF-8 in it replaced: U+FFFD for each longest start of a sequence that
// cannot go on, and for each byte that starts none (Unicode 15, §3.9, "U+FFFD Substitution of
// Maximal Subparts").
std::string ToUtf8(std::string_view text);

// bytes as text: they themselves, which must outlive it, or if they are no UTF-8 what ToUtf8 makes
// of them.
class Utf8Text {
 public:
  explicit Utf8Text(std::string_view bytes) : text_(bytes) {
    if (IsUtf8(bytes)) return;
    repaired_ = ToUtf8(bytes);
    text_ = repaired_;
  }
  Utf8Text(const Utf8Text&) = delete;
  Utf8Text& operator=(const Utf8Text&) = delete;

  operator std::string_view() const { return text_; }

 private:
  std::string repaired_;
  std::string_view text_;
};

}  // namespace gatehouse::wire
