#include "base/siphash.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace gatehouse::base {
namespace {

struct State {
  std::uint64_t a, b, c, d;

  void Round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }

  void Absorb(std::uint64_t word) {
    d ^= word;
    Round();
    Round();
    a ^= word;
  }
};

}  // namespace

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

std::uint64_t SipHash24(const SipKey& key, std::span<const std::byte> input) {
  State s{key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
          key[1] ^ 0x7465646279746573u};
  std::uint64_t last = static_cast<std::uint64_t>(input.size()) << 56;
  for (; input.size() >= 8; input = input.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, input.data(), 8);
    s.Absorb(word);
  }
  std::uint64_t tail = 0;
  if (!input.empty()) std::memcpy(&tail, input.data(), input.size());
  s.Absorb(last | tail);
  s.c ^= 0xff;
  for (int i = 0; i < 4; ++i) s.Round();
  return s.a ^ s.b ^ s.c ^ s.d;
}

}  // namespace gatehouse::base
