#include "api/id_source.h"

#include <algorithm>
#include <span>

#include "api/connection_id.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kPrefix = 7;  // characters; then eight, the last of which has four bits
constexpr std::uint64_t kMask = (std::uint64_t{1} << 46) - 1;

// Odd factors and shifts to the right are permutations of 46 bits, so no two counts meet.
std::uint64_t Scatter(std::uint64_t count) {
  std::uint64_t z = count * 0x9e3779b97f4a7c15 & kMask;
  z ^= z >> 23;
  z = z * 0xbf58476d1ce4e5b9 & kMask;
  return z ^ z >> 23;
}

}  // namespace

IdSource::IdSource(const base::SipKey& key, std::uint32_t incarnation, std::uint32_t loop) {
  std::array<std::uint64_t, 2> start{incarnation, loop};
  std::uint64_t hash = base::SipHash24(key, std::as_bytes(std::span(start)));
  std::string like = FormatId(hash >> 20, 0);
  std::copy(like.begin(), like.end(), text_.begin());
}

void IdSource::Assign(std::string& id) {
  std::uint64_t bits = Scatter(++counter_) << 2;
  for (std::size_t i = kPrefix + 8; i-- > kPrefix; bits >>= 6) text_[i] = kIdAlphabet[bits & 63];
  id.assign(text_.data(), text_.size());
}

std::string IdSource::New() {
  std::string id;
  Assign(id);
  return id;
}

}  // namespace gatehouse::api
