#include "apps/chat/client/key_reader.h"

#include <optional>

namespace gatehouse::chat {
namespace {

constexpr std::size_t kParametersMax = 16;

struct ControlKey {
  unsigned char byte;
  Key key;
};

// As readline and libedit have them by default (emacs).
constexpr ControlKey kControlKeys[] = {
    {'A' & 31, Key::kHome},        {'B' & 31, Key::kLeft},         {'D' & 31, Key::kEndOfInput},
    {'E' & 31, Key::kEnd},         {'F' & 31, Key::kRight},        {'H' & 31, Key::kBackspace},
    {'J' & 31, Key::kEnter},       {'K' & 31, Key::kKillToEnd},    {'L' & 31, Key::kClearScreen},
    {'M' & 31, Key::kEnter},       {'N' & 31, Key::kDown},         {'P' & 31, Key::kUp},
    {'U' & 31, Key::kKillToStart}, {'W' & 31, Key::kKillWordLeft}, {'Y' & 31, Key::kYank},
    {0x7f, Key::kBackspace},
};

constexpr ControlKey kMetaKeys[] = {
    {'b', Key::kWordLeft},      {'f', Key::kWordRight},         {'d', Key::kKillWordRight},
    {0x7f, Key::kKillWordLeft}, {'H' & 31, Key::kKillWordLeft},
};

// The last byte of ESC [ … and of ESC O …
constexpr ControlKey kCursorKeys[] = {
    {'A', Key::kUp},   {'B', Key::kDown}, {'C', Key::kRight},
    {'D', Key::kLeft}, {'H', Key::kHome}, {'F', Key::kEnd},
};

struct TildeKey {
  std::string_view parameters;
  Key key;
};

constexpr TildeKey kTildeKeys[] = {
    {"1", Key::kHome}, {"3", Key::kDelete}, {"4", Key::kEnd}, {"7", Key::kHome}, {"8", Key::kEnd},
};

template <std::size_t N>
std::optional<Key> Find(const ControlKey (&keys)[N], unsigned char byte) {
  for (const ControlKey& key : keys) {
    if (key.byte == byte) return key.key;
  }
  return std::nullopt;
}

bool IsText(std::uint32_t c) { return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff); }

}  // namespace

void KeyReader::Read(std::string_view bytes, std::vector<KeyPress>& out) {
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    while (!Step(byte, out)) {
    }
  }
}

bool KeyReader::Step(unsigned char byte, std::vector<KeyPress>& out) {
  switch (state_) {
    case State::kGround:
      Ground(byte, out);
      return true;
    case State::kEscape:
      return Escape(byte, out);
    case State::kCsi:
      return Csi(byte, out);
    case State::kUtf8:
      return Utf8(byte, out);
    case State::kSs3:
      state_ = State::kGround;
      if (auto key = Find(kCursorKeys, byte)) out.push_back({*key});
      return true;
  }
  return true;
}

void KeyReader::Ground(unsigned char byte, std::vector<KeyPress>& out) {
  bool second_half = after_return_ && byte == '\n';
  after_return_ = pasting_ && byte == '\r';
  if (second_half) return;
  if (byte == 0x1b) {
    state_ = State::kEscape;
  } else if (pasting_ && byte < 0x80) {
    out.push_back({Key::kText, byte == '\r' ? U'\n' : char32_t{byte}});
  } else if (byte < 0x20 || byte == 0x7f) {
    if (auto key = Find(kControlKeys, byte)) out.push_back({*key});
  } else if (byte < 0x80) {
    out.push_back({Key::kText, byte});
  } else if (byte >= 0xc2 && byte <= 0xf4) {
    state_ = State::kUtf8;
    utf8_left_ = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    utf8_ = byte & (0x3fu >> utf8_left_);
    utf8_smallest_ = utf8_left_ == 3 ? 0x10000 : utf8_left_ == 2 ? 0x800 : 0x80;
  }
}

bool KeyReader::Utf8(unsigned char byte, std::vector<KeyPress>& out) {
  if ((byte & 0xc0) != 0x80) {  // the character was cut short: forget it
    state_ = State::kGround;
    return false;
  }
  utf8_ = utf8_ << 6 | (byte & 0x3fu);
  if (--utf8_left_ > 0) return true;
  state_ = State::kGround;
  if (utf8_ >= utf8_smallest_ && IsText(utf8_)) out.push_back({Key::kText, utf8_});
  return true;
}

bool KeyReader::Escape(unsigned char byte, std::vector<KeyPress>& out) {
  if (byte == 0x1b) return true;
  state_ = State::kGround;
  if (byte == '[') {
    state_ = State::kCsi;
    parameters_.clear();
  } else if (byte == 'O' && !pasting_) {
    state_ = State::kSs3;
  } else if (pasting_) {
    return false;  // an escape character in what is pasted: left out
  } else if (byte == '\r' || byte == '\n') {
    out.push_back({Key::kText, U'\n'});  // Alt-Enter
  } else if (auto key = Find(kMetaKeys, byte)) {
    out.push_back({*key});
  } else if (byte >= 0x80) {
    return false;
  }
  return true;
}

bool KeyReader::Csi(unsigned char byte, std::vector<KeyPress>& out) {
  if (byte >= 0x20 && byte <= 0x3f) {
    if (parameters_.size() < kParametersMax) parameters_ += static_cast<char>(byte);
    return true;
  }
  state_ = State::kGround;
  if (byte < 0x40 || byte > 0x7e) return false;
  CsiEnd(static_cast<char>(byte), out);
  return true;
}

void KeyReader::CsiEnd(char final, std::vector<KeyPress>& out) {
  if (final == '~') {
    if (parameters_ == "200") pasting_ = true;
    if (parameters_ == "201") pasting_ = false;
    after_return_ = false;
    for (const TildeKey& key : kTildeKeys) {
      if (key.parameters == parameters_ && !pasting_) out.push_back({key.key});
    }
    return;
  }
  auto key = Find(kCursorKeys, static_cast<unsigned char>(final));
  if (!key || pasting_) return;
  bool by_word = parameters_ == "1;5" || parameters_ == "1;3";  // with Ctrl or Alt
  if (by_word && key == Key::kLeft) key = Key::kWordLeft;
  if (by_word && key == Key::kRight) key = Key::kWordRight;
  out.push_back({*key});
}

}  // namespace gatehouse::chat
