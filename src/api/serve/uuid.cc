#include "api/serve/uuid.h"

#include <array>
#include <span>

#include "base/encoding.h"

namespace gatehouse::api {

std::string NewUuid(base::Random& random) {
  std::array<char, 16> bytes;
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = base::EncodeHex({bytes.data(), bytes.size()});
  for (std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace gatehouse::api
