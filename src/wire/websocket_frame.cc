#include "wire/websocket_frame.h"

#include <cstring>

#include "base/check.h"
#include "wire/utf8.h"

namespace gatehouse::wire {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kRsv23 = 0x30;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint64_t kControlBytesMax = 125;

FrameRead RefuseFrame(std::uint16_t code, std::string_view reason) {
  FrameRead read;
  read.status = FrameRead::kError;
  read.close_code = code;
  read.reason = reason;
  return read;
}

bool IsKnown(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

// What is wrong with the first byte, or an empty reason.
std::string_view FirstByteFault(std::uint8_t byte, const FrameRules& rules) {
  const std::uint8_t opcode = byte & 0x0f;
  if (byte & kRsv23) return "reserved bit set";
  if (!IsKnown(opcode)) return "reserved opcode";
  if (byte & kRsv1) {
    if (!rules.allow_rsv1) return "reserved bit set";
    // RFC 7692 §6: only the first frame of a data message says that it is compressed.
    if (opcode != 1 && opcode != 2) return "compressed frame inside a message";
  }
  if (opcode >= 8 && !(byte & kFin)) return "fragmented control frame";
  return {};
}

std::string_view SecondByteFault(std::uint8_t byte, bool is_control, const FrameRules& rules) {
  if (((byte & kMasked) != 0) != rules.masked) {
    return rules.masked ? "frame is not masked" : "frame is masked";
  }
  if (is_control && (byte & 0x7f) > kControlBytesMax) return "control frame too long";
  return {};
}

std::uint64_t LoadBigEndian(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

std::size_t LengthBytes(std::uint8_t second) {
  const int length = second & 0x7f;
  return length == 127 ? 8 : length == 126 ? 2 : 0;
}

}  // namespace

FrameRead ReadFrame(std::span<char> input, const FrameRules& rules) {
  FrameRead read;
  if (input.empty()) return read;
  const auto first = static_cast<std::uint8_t>(input[0]);
  if (const auto fault = FirstByteFault(first, rules); !fault.empty()) {
    return RefuseFrame(kCloseProtocolError, fault);
  }
  const auto opcode = static_cast<Opcode>(first & 0x0f);
  if (input.size() < 2) return read;
  const auto second = static_cast<std::uint8_t>(input[1]);
  if (const auto fault = SecondByteFault(second, IsControl(opcode), rules); !fault.empty()) {
    return RefuseFrame(kCloseProtocolError, fault);
  }

  const std::size_t length_bytes = LengthBytes(second);
  std::uint64_t payload = second & 0x7f;
  if (length_bytes != 0) {
    if (input.size() < 2 + length_bytes) return read;
    payload = LoadBigEndian(&input[2], length_bytes);
    if (payload >> 63)
      return RefuseFrame(kCloseProtocolError, "payload length has its top bit set");
    if (payload < (length_bytes == 2 ? 126u : 65536u)) {
      return RefuseFrame(kCloseProtocolError, "payload length is not minimal");
    }
  }
  if (!IsControl(opcode) && payload > rules.payload_bytes_max) {
    return RefuseFrame(kCloseTooBig, "frame too long");
  }

  const std::size_t header = 2 + length_bytes + (rules.masked ? 4 : 0);
  const std::size_t whole = header + static_cast<std::size_t>(payload);
  if (input.size() < whole) {
    read.needed = whole;
    return read;
  }
  read.status = FrameRead::kFrame;
  read.consumed = whole;
  read.frame = {.opcode = opcode,
                .fin = (first & kFin) != 0,
                .rsv1 = (first & kRsv1) != 0,
                .payload = input.subspan(header, static_cast<std::size_t>(payload))};
  if (rules.masked) {
    MaskKey mask;
    std::memcpy(mask.data(), &input[header - 4], mask.size());
    ApplyMask(read.frame.payload, mask);
  }
  return read;
}

void ApplyMask(std::span<char> data, const MaskKey& mask, std::size_t offset) {
  constexpr std::size_t kWords = 4;  // a fixed inner loop, which g++ turns into vector code at -O2
  std::array<char, 4> key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(mask[(offset + i) % 4]);
  std::uint32_t key4;
  std::memcpy(&key4, key.data(), sizeof key4);
  const std::uint64_t key8 = std::uint64_t{key4} << 32 | key4;

  char* at = data.data();
  std::size_t left = data.size();
  std::array<std::uint64_t, kWords> block;
  for (; left >= sizeof block; left -= sizeof block, at += sizeof block) {
    std::memcpy(block.data(), at, sizeof block);
    for (std::uint64_t& word : block) word ^= key8;
    std::memcpy(at, block.data(), sizeof block);
  }
  for (; left >= sizeof key8; left -= sizeof key8, at += sizeof key8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= key8;
    std::memcpy(at, &word, sizeof word);
  }
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ key[i % 4]);
}

std::size_t WriteFrameHeader(char out[kFrameHeaderBytesMax], Opcode opcode, bool fin,
                             std::uint64_t payload_bytes, const std::optional<MaskKey>& mask,
                             bool rsv1) {
  CHECK(!IsControl(opcode) || (fin && !rsv1 && payload_bytes <= kControlBytesMax));
  CHECK(payload_bytes >> 63 == 0);
  const std::size_t length_bytes = payload_bytes > 65535 ? 8 : payload_bytes > 125 ? 2 : 0;
  const std::uint64_t length = length_bytes == 8 ? 127 : length_bytes == 2 ? 126 : payload_bytes;
  out[0] =
      static_cast<char>(static_cast<unsigned>(opcode) | (fin ? kFin : 0u) | (rsv1 ? kRsv1 : 0u));
  out[1] = static_cast<char>(length | (mask ? kMasked : 0u));
  std::size_t size = 2;
  for (std::size_t i = length_bytes; i-- > 0;) {
    out[size++] = static_cast<char>(payload_bytes >> (8 * i) & 0xff);
  }
  if (mask) {
    std::memcpy(out + size, mask->data(), mask->size());
    size += mask->size();
  }
  return size;
}

std::optional<ClosePayload> ReadClosePayload(std::string_view payload, std::uint16_t* error_code) {
  if (payload.empty()) return ClosePayload{};
  if (payload.size() == 1) {
    *error_code = kCloseProtocolError;
    return std::nullopt;
  }
  const auto code = static_cast<std::uint16_t>(LoadBigEndian(payload.data(), 2));
  const bool allowed = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                       (code >= 3000 && code <= 4999);
  payload.remove_prefix(2);
  if (!allowed || !IsUtf8(payload)) {
    *error_code = allowed ? kCloseInvalidPayload : kCloseProtocolError;
    return std::nullopt;
  }
  return ClosePayload{.code = code, .reason = payload};
}

}  // namespace gatehouse::wire
