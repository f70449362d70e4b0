// The bytes a terminal sends for what is typed, as keys: UTF-8, control characters, escape
// sequences of the VT220 and xterm family, bracketed paste. Any cut of the input allowed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::chat {

enum class Key {
  kText,  // a character to insert
  kEnter,
  kEndOfInput,  // Ctrl-D: also deletes forward in a line that is not empty
  kBackspace,
  kDelete,
  kLeft,
  kRight,
  kWordLeft,
  kWordRight,
  kHome,
  kEnd,
  kUp,
  kDown,
  kKillToEnd,
  kKillToStart,
  kKillWordLeft,
  kKillWordRight,
  kYank,
  kClearScreen,
};

struct KeyPress {
  Key key = Key::kText;
  char32_t text = 0;  // kText
  bool operator==(const KeyPress&) const = default;
};

// What the terminal is told so that pasted newlines do not send the lines, and told at the end.
inline constexpr std::string_view kBracketedPasteOn = "\x1b[?2004h";
inline constexpr std::string_view kBracketedPasteOff = "\x1b[?2004l";

class KeyReader {
 public:
  void Read(std::string_view bytes, std::vector<KeyPress>& out);

 private:
  enum class State { kGround, kEscape, kCsi, kSs3, kUtf8 };

  bool Step(unsigned char byte, std::vector<KeyPress>& out);  // false: look at the byte again
  void Ground(unsigned char byte, std::vector<KeyPress>& out);
  bool Escape(unsigned char byte, std::vector<KeyPress>& out);
  bool Csi(unsigned char byte, std::vector<KeyPress>& out);
  bool Utf8(unsigned char byte, std::vector<KeyPress>& out);
  void CsiEnd(char final, std::vector<KeyPress>& out);

  State state_ = State::kGround;
  std::string parameters_;  // of a control sequence; at most kParametersMax
  bool pasting_ = false;
  bool after_return_ = false;  // of \r\n in a paste the \n is not a second newline
  std::uint32_t utf8_ = 0;
  int utf8_left_ = 0;
  std::uint32_t utf8_smallest_ = 0;
};

}  // namespace gatehouse::chat
