#include "lambda/plain_utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gatehouse::lambda {
namespace {

bool IsContinuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

// The length of the character at the start of text; 0 if it is none. RFC 3629, §4.
std::size_t CharacterBytes(std::string_view text) {
  auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  unsigned char first = at(0), second = at(1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !IsContinuation(second)) return 0;
  if (first < 0xe0) return 2;
  if (!IsContinuation(at(2))) return 0;
  if (first < 0xf0) {
    bool is_overlong = first == 0xe0 && second < 0xa0;
    bool is_surrogate = first == 0xed && second > 0x9f;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  bool is_outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return is_outside || !IsContinuation(at(3)) ? 0 : 4;
}

}  // namespace

bool IsPlainUtf8(std::string_view text) {
  while (!text.empty()) {
    std::uint64_t word;
    if (text.size() >= sizeof word) {  // mostly ASCII
      std::memcpy(&word, text.data(), sizeof word);
      if ((word & 0x8080808080808080u) == 0) {
        text.remove_prefix(sizeof word);
        continue;
      }
    }
    std::size_t bytes = CharacterBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace gatehouse::lambda
