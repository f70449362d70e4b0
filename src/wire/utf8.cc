#include "wire/utf8.h"

#include <cstdint>
#include <cstring>

#include <simdjson.h>

namespace gatehouse::wire {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::size_t kShortBytes = 512;

bool IsAscii(std::string_view text) {
  using Block = std::uint64_t __attribute__((vector_size(16)));
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const char* at = text.data();
  std::size_t left = text.size();
  Block blocks{};
  for (; left >= sizeof blocks; left -= sizeof blocks, at += sizeof blocks) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    blocks |= block;
  }
  std::uint64_t seen = blocks[0] | blocks[1];
  for (; left > 0; --left, ++at) seen |= static_cast<unsigned char>(*at);
  return (seen & kHighBits) == 0;
}

// What may follow a first byte: how many bytes, and the range of the first of them; those behind
// it are 80 to BF (Unicode 15, table 3-7).
struct Follow {
  std::size_t bytes = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
};

// False if no sequence begins with that byte.
bool FollowOf(unsigned char first, Follow* follow) {
  if (first < 0x80) return true;
  if (first < 0xc2 || first > 0xf4) return false;
  follow->bytes = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  if (first == 0xe0) follow->low = 0xa0;
  if (first == 0xed) follow->high = 0x9f;
  if (first == 0xf0) follow->low = 0x90;
  if (first == 0xf4) follow->high = 0x8f;
  return true;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  // A short ASCII text is judged before a call into the library would have begun.
  if (text.size() <= kShortBytes && IsAscii(text)) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string ToUtf8(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    Follow follow;
    bool whole = FollowOf(static_cast<unsigned char>(text[0]), &follow);
    std::size_t taken = 1;
    for (std::size_t i = 1; whole && i <= follow.bytes; ++i) {
      auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
      whole = byte >= follow.low && byte <= follow.high;
      if (whole) ++taken;
      follow.low = 0x80;
      follow.high = 0xbf;
    }
    out.append(whole ? text.substr(0, taken) : kReplacement);
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace gatehouse::wire
