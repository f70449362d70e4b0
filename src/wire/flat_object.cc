#include "wire/flat_object.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "wire/utf8.h"

namespace gatehouse::wire {
namespace {

// Sixteen bytes at once: g++ and clang make of this what the processor has.
using Block = std::uint8_t __attribute__((vector_size(16)));
static_assert(std::endian::native == std::endian::little);

// The first quote, backslash or control character from `at` on; `end` or a little beyond: none.
// Adds the bytes it met, and some behind them, to `met`.
const char* EndOfPlain(const char* at, const char* end, Block* met) {
  for (; at < end; at += sizeof(Block)) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    *met |= block;
    const auto stops = (block == '"') | (block == '\\') | (block < 0x20);
    std::uint64_t halves[2];
    std::memcpy(halves, &stops, sizeof halves);
    if (halves[0] != 0) return at + std::countr_zero(halves[0]) / 8;
    if (halves[1] != 0) return at + 8 + std::countr_zero(halves[1]) / 8;
  }
  return end;
}

// Walks a text; may look a few bytes beyond its end, which the padding allows.
struct Walk {
  const char* at;
  const char* end;
  Block met{};  // all bytes of strings, as EndOfPlain has them

  void SkipBlanks() {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
  }
  bool Take(char c) {
    SkipBlanks();
    if (*at != c) return false;
    ++at;
    return true;
  }
  bool TakeString(std::string_view* out) {
    if (!Take('"')) return false;
    const char* begin = at;
    at = EndOfPlain(at, end, &met);
    if (at >= end || *at != '"') return false;
    *out = {begin, static_cast<std::size_t>(at - begin)};
    ++at;
    return true;
  }
  bool IsDone() const { return at == end; }
  bool MetOnlyAscii() const {
    std::uint64_t halves[2];
    std::memcpy(halves, &met, sizeof halves);
    return ((halves[0] | halves[1]) & 0x8080808080808080) == 0;
  }
};

}  // namespace

bool FlatObject::Parse(std::string_view text) {
  count_ = 0;
  if (text.empty()) return false;
  Walk walk{text.data(), text.data() + text.size()};
  if (!walk.Take('{')) return false;
  if (walk.Take('}')) return walk.IsDone();
  do {
    if (count_ == kMembersMax) return false;
    Member& member = members_[count_++];
    bool whole = walk.TakeString(&member.name) && walk.Take(':') && walk.TakeString(&member.value);
    if (!whole) return false;
  } while (walk.Take(','));
  return walk.Take('}') && walk.IsDone() && (walk.MetOnlyAscii() || IsUtf8(text));
}

std::string_view FlatObject::Find(std::string_view name) const {
  for (std::size_t i = count_; i-- > 0;) {
    if (members_[i].name == name) return members_[i].value;
  }
  return {};
}

}  // namespace gatehouse::wire
