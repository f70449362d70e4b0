// WebSocket frames, RFC 6455 §5: read whole frames from bytes, write frame headers. No state: a
// frame is read when all of it is there, so an idle connection owns nothing. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gatehouse::wire {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

inline bool IsControl(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

// Close codes of RFC 6455 §7.4.1 and IANA's registry that we send or see.
enum CloseCode : std::uint16_t {
  kCloseNormal = 1000,
  kCloseGoingAway = 1001,
  kCloseProtocolError = 1002,
  kCloseUnsupportedData = 1003,
  kCloseNoStatus = 1005,  // never on the wire: the close frame had no code
  kCloseAbnormal = 1006,  // never on the wire: no close frame came
  kCloseInvalidPayload = 1007,
  kClosePolicyViolation = 1008,
  kCloseTooBig = 1009,
  kCloseInternalError = 1011,
  kCloseServiceRestart = 1012,
  kCloseTryAgainLater = 1013,
};

struct FrameRules {
  bool masked = true;                       // a server reads masked frames, a client unmasked ones
  bool allow_rsv1 = false;                  // permessage-deflate was negotiated
  std::uint64_t payload_bytes_max = 32768;  // of one data frame; control frames: 125 always
};

struct Frame {
  Opcode opcode = Opcode::kText;
  bool fin = true;
  bool rsv1 = false;
  std::span<char> payload;  // unmasked, inside the input
};

struct FrameRead {
  enum Status { kNeedMore, kFrame, kError };
  Status status = kNeedMore;
  Frame frame;               // kFrame
  std::size_t consumed = 0;  // kFrame: header and payload
  std::size_t needed = 0;    // kNeedMore: bytes of the whole frame if its header is known, else 0
  std::uint16_t close_code = 0;  // kError: 1002 or 1009
  std::string_view reason;       // kError: a literal
};

// Reads the frame at the start of input and unmasks its payload in place (only when all of it is
// there, so a partial frame can be read again). Errors, told as soon as the header shows them:
// reserved bits and opcodes, wrong masking, fragmented or long control frames, lengths that are not
// minimal or have the top bit set (1002); a payload over the limit (1009).
FrameRead ReadFrame(std::span<char> input, const FrameRules& rules);

using MaskKey = std::array<std::uint8_t, 4>;

// XORs data with the mask; data starts at `offset` bytes of the payload.
void ApplyMask(std::span<char> data, const MaskKey& mask, std::size_t offset = 0);

inline constexpr std::size_t kFrameHeaderBytesMax = 14;

// Writes a header to out and returns its size (2 to 14).
std::size_t WriteFrameHeader(char out[kFrameHeaderBytesMax], Opcode opcode, bool fin,
                             std::uint64_t payload_bytes, const std::optional<MaskKey>& mask = {},
                             bool rsv1 = false);

struct ClosePayload {
  std::uint16_t code = kCloseNoStatus;
  std::string_view reason;
};

// The payload of a close frame: empty, or a code that RFC 6455 lets on the wire (1000–1003,
// 1007–1014, 3000–4999) and UTF-8 text. Nothing if it is neither; *error_code is then 1002 or 1007.
std::optional<ClosePayload> ReadClosePayload(std::string_view payload, std::uint16_t* error_code);

}  // namespace gatehouse::wire
