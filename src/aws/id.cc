#include "aws/id.h"

#include <array>
#include <span>
#include <string_view>

#include "base/encoding.h"

namespace gatehouse::aws {

std::string RandomHex(base::Random& random, std::size_t bytes) {
  std::string raw(bytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(raw)));
  return base::EncodeHex(raw);
}

std::string NewUuid(base::Random& random) {
  std::array<char, 16> bytes;
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = base::EncodeHex({bytes.data(), bytes.size()});
  for (std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, 1, '-');
  return hex;
}

// Base 32 keeps the characters even.
std::string NewDynamoDbRequestId(base::Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  static_assert(kAlphabet.size() == 32);
  std::array<std::byte, 52> bytes;
  random.Fill(bytes);
  std::string id;
  for (std::byte byte : bytes) id += kAlphabet[std::to_integer<std::size_t>(byte) % 32];
  return id;
}

}  // namespace gatehouse::aws
