#include "api/serve/connection_id.h"

#include <array>
#include <span>

#include "base/check.h"
#include "base/encoding.h"
#include "base/log.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t kHalfMask = (std::uint64_t{1} << 44) - 1;
constexpr int kRounds = 8;
constexpr std::size_t kIdLength = 16;

constexpr std::array<std::int8_t, 256> MakeDigits() {
  std::array<std::int8_t, 256> digits{};
  for (auto& d : digits) d = -1;
  for (std::size_t i = 0; i < kIdAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kIdAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return digits;
}
constexpr std::array<std::int8_t, 256> kDigits = MakeDigits();

// The first character comes from the highest six bits.
constexpr std::uint64_t kHyphen = 62;
static_assert(kIdAlphabet[kHyphen] == '-');
bool BeginsWithHyphen(std::uint64_t left) { return left >> 38 == kHyphen; }

constexpr std::uint32_t kIncarnationMask = (1u << 26) - 1;

}  // namespace

// The 88 bits are read six at a time from the top; the fifteenth character has four bits and two
// zeros.
std::string FormatId(std::uint64_t high44, std::uint64_t low44) {
  // Eight characters of 48 bits, then seven of 42.
  std::uint64_t first = (high44 & kHalfMask) << 4 | (low44 & kHalfMask) >> 40;
  std::uint64_t rest = (low44 << 2) & ((std::uint64_t{1} << 42) - 1);
  std::string id(kIdLength, '=');
  for (std::size_t i = 8; i-- > 0; first >>= 6) id[i] = kIdAlphabet[first & 63];
  for (std::size_t i = 15; i-- > 8; rest >>= 6) id[i] = kIdAlphabet[rest & 63];
  return id;
}

bool ConnectionIdCodec::IsWellFormed(std::string_view id) {
  if (id.size() != kIdLength || id.back() != '=') return false;
  for (char c : id.substr(0, kIdLength - 1)) {
    if (kDigits[static_cast<unsigned char>(c)] < 0) return false;
  }
  return true;
}

std::uint64_t ConnectionIdCodec::Round(int round, std::uint64_t half) const {
  std::array<std::uint64_t, 1> input{half | static_cast<std::uint64_t>(round) << 56};
  return base::SipHash24(key_, std::as_bytes(std::span(input))) & kHalfMask;
}

ConnectionIdCodec::Halves ConnectionIdCodec::Permute(Halves halves) const {
  for (int round = 0; round < kRounds; ++round) {
    std::uint64_t next = halves.left ^ Round(round, halves.right);
    halves.left = halves.right;
    halves.right = next;
  }
  return halves;
}

ConnectionIdCodec::Halves ConnectionIdCodec::Unpermute(Halves halves) const {
  for (int round = kRounds - 1; round >= 0; --round) {
    std::uint64_t before = halves.right ^ Round(round, halves.left);
    halves.right = halves.left;
    halves.left = before;
  }
  return halves;
}

std::string ConnectionIdCodec::Encode(const ConnectionPlace& place) const {
  Halves halves;
  halves.left =
      std::uint64_t{place.incarnation} << 18 | std::uint64_t{place.loop} << 12 | place.slot >> 12;
  halves.right = std::uint64_t{place.slot & 0xfff} << 32 | place.generation;
  CHECK(!BeginsWithHyphen(halves.left));
  do {
    halves = Permute(halves);
  } while (BeginsWithHyphen(halves.left));
  return FormatId(halves.left, halves.right);
}

std::uint32_t ConnectionIdCodec::LegalIncarnation(std::uint32_t any) {
  any &= kIncarnationMask;
  // The incarnation's highest bits are those of the place.
  return BeginsWithHyphen(std::uint64_t{any} << 18) ? any ^ (1u << 25) : any;
}

std::optional<ConnectionPlace> ConnectionIdCodec::Decode(std::string_view id) const {
  if (!IsWellFormed(id)) return std::nullopt;
  Uint128 bits = 0;
  for (char c : id.substr(0, kIdLength - 1)) {
    bits = bits << 6 | static_cast<unsigned>(kDigits[static_cast<unsigned char>(c)]);
  }
  // What we issue has two zeros in the spare bits and begins with no hyphen; others are nobody's.
  bool foreign = (bits & 3) != 0;
  bits >>= 2;
  Halves halves{static_cast<std::uint64_t>(bits >> 44) & kHalfMask,
                static_cast<std::uint64_t>(bits) & kHalfMask};
  foreign = foreign || BeginsWithHyphen(halves.left);
  if (foreign) return ConnectionPlace{};
  do {
    halves = Unpermute(halves);
  } while (BeginsWithHyphen(halves.left));
  ConnectionPlace place;
  place.incarnation = static_cast<std::uint32_t>(halves.left >> 18);
  place.loop = static_cast<std::uint32_t>(halves.left >> 12 & 0x3f);
  place.slot = static_cast<std::uint32_t>((halves.left & 0xfff) << 12 | halves.right >> 32);
  place.generation = static_cast<std::uint32_t>(halves.right);
  return place;
}

Error InvalidId(std::string_view id) {
  return {ErrorCode::kInvalidArgument,
          "Invalid connectionId: " +
              (wire::IsUtf8(id) ? std::string(id) : base::EscapeForTerminal(id))};
}

}  // namespace gatehouse::api
