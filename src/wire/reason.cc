#include "wire/reason.h"

namespace gatehouse::wire {

std::string ReasonValue(std::string_view sentence) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string value;
  for (char c : sentence) {
    if (value.size() >= kReasonBytesMax) break;
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      value += c;
    } else {
      value.append({'\\', 'x', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return value;
}

}  // namespace gatehouse::wire
