// The inside of JSON strings: what must be looked at, and what escapes mean. Inside wire only.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gatehouse::wire {

inline constexpr std::uint64_t kOnes = ~std::uint64_t{0} / 255;  // 1 in each byte

// The first byte in memory is the lowest of a word.
static_assert(std::endian::native == std::endian::little);

// Marks bytes of word that are less than bound (at most 128). Marks above the lowest may be false.
inline std::uint64_t BytesBelow(std::uint64_t word, std::uint64_t bound) {
  return (word - kOnes * bound) & ~word & (kOnes << 7);
}

// How many bytes at the start of text are no backslash, no control character and not quote.
inline std::size_t PlainBytes(std::string_view text, char quote) {
  const std::uint64_t quotes = kOnes * static_cast<unsigned char>(quote);
  const std::uint64_t slashes = kOnes * static_cast<unsigned char>('\\');
  std::size_t i = 0;
  for (; i + sizeof quotes <= text.size(); i += sizeof quotes) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    const std::uint64_t found =
        BytesBelow(word, 0x20) | BytesBelow(word ^ quotes, 1) | BytesBelow(word ^ slashes, 1);
    if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  while (i < text.size() && text[i] != quote && text[i] != '\\' &&
         static_cast<unsigned char>(text[i]) >= 0x20) {
    ++i;
  }
  return i;
}

// The value of four hexadecimal digits at the start of text, or -1.
int HexFour(std::string_view text);

// Appends what a string of valid JSON means; token is the whole of it with its quotes.
void AppendDecoded(std::string& out, std::string_view token);

}  // namespace gatehouse::wire
