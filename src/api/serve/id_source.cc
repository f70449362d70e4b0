#include "api/serve/id_source.h"

#include <bit>
#include <cstring>
#include <span>

#include "api/serve/connection_id.h"

namespace gatehouse::api {
namespace {

// Seven characters; then eight, the last of which has four bits; then "=".
constexpr int kPrefixBits = 7 * 8;
constexpr std::uint64_t kPrefixMask = (std::uint64_t{1} << kPrefixBits) - 1;
constexpr std::uint64_t kMask = (std::uint64_t{1} << 46) - 1;

// Odd factors and shifts to the right are permutations of 46 bits, so no two counts meet.
std::uint64_t Scatter(std::uint64_t count) {
  std::uint64_t z = count * 0x9e3779b97f4a7c15 & kMask;
  z ^= z >> 23;
  z = z * 0xbf58476d1ce4e5b9 & kMask;
  return z ^ z >> 23;
}

constexpr std::uint64_t EachByte(std::uint64_t byte) { return byte * 0x0101010101010101; }

// 1 in each byte that is at least `least`; bytes and least are below 128.
constexpr std::uint64_t AtLeast(std::uint64_t bytes, std::uint64_t least) {
  return (bytes + EachByte(128 - least)) >> 7 & EachByte(1);
}

// The eight digits of 48 bits in kIdAlphabet, the first in the lowest byte. All at once, for every
// message has two ids.
constexpr std::uint64_t Digits(std::uint64_t bits) {
  // 48 bits → two of 24 → four of 12 → eight of 6, the last digit in the lowest byte.
  std::uint64_t x = (bits & 0xffffff) | (bits >> 24) << 32;
  x = (x & 0x00000fff00000fff) | (x & 0x00fff00000fff000) << 4;
  x = (x & 0x003f003f003f003f) | (x & 0x0fc00fc00fc00fc0) << 2;
  std::uint64_t upper =
      EachByte('A') + x + AtLeast(x, 26) * ('a' - 'Z' - 1) + AtLeast(x, 63) * ('_' - '-' - 1);
  std::uint64_t text = upper - AtLeast(x, 52) * ('z' + 1 - '0') - AtLeast(x, 62) * ('9' + 1 - '-');
  return __builtin_bswap64(text);
}

constexpr bool DigitsAreThoseOfTheAlphabet() {
  for (std::uint64_t digit = 0; digit < 64; ++digit) {
    for (int place = 0; place < 8; ++place) {
      std::uint64_t text = Digits(digit << (42 - 6 * place));
      for (int at = 0; at < 8; ++at) {
        char expected = kIdAlphabet[at == place ? digit : 0];
        if (static_cast<char>(text >> (8 * at) & 0xff) != expected) return false;
      }
    }
  }
  return true;
}
static_assert(DigitsAreThoseOfTheAlphabet());
static_assert(std::endian::native == std::endian::little);

}  // namespace

IdSource::IdSource(const base::SipKey& key, std::uint32_t incarnation, std::uint32_t loop) {
  std::array<std::uint64_t, 2> start{incarnation, loop};
  std::uint64_t hash = base::SipHash24(key, std::as_bytes(std::span(start)));
  std::string like = FormatId(hash >> 20, 0);
  std::memcpy(&prefix_, like.data(), sizeof prefix_);
  prefix_ &= kPrefixMask;
}

void IdSource::Assign(std::string& id) {
  std::uint64_t digits = Digits(Scatter(++counter_) << 2);
  std::uint64_t words[2] = {prefix_ | digits << kPrefixBits,
                            digits >> (64 - kPrefixBits) | std::uint64_t{'='} << kPrefixBits};
  if (id.size() != sizeof words) id.resize(sizeof words);
  std::memcpy(id.data(), words, sizeof words);
}

std::string IdSource::New() {
  std::string id;
  Assign(id);
  return id;
}

}  // namespace gatehouse::api
