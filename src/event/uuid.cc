#include "event/uuid.h"

#include <array>
#include <cstddef>

#include "base/encoding.h"

namespace gatehouse::event {

std::string NewUuid(base::Random& random) {
  std::array<std::byte, 16> bytes;
  random.Fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string hex = base::EncodeHex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (std::size_t at : {20, 16, 12, 8}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace gatehouse::event
