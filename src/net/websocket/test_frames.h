// WebSocket frames as a test's client writes and reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "wire/websocket_frame.h"

namespace gatehouse::net {

// A masked frame, as clients send it.
inline std::string ClientFrame(wire::Opcode opcode, std::string_view payload, bool fin = true) {
  constexpr wire::MaskKey kMask{0x12, 0x34, 0xab, 0xcd};
  char header[wire::kFrameHeaderBytesMax];
  std::size_t size = wire::WriteFrameHeader(header, opcode, fin, payload.size(), kMask);
  std::string masked(payload);
  wire::ApplyMask(masked, kMask);
  return std::string(header, size) + masked;
}

inline std::string ClientText(std::string_view text) {
  return ClientFrame(wire::Opcode::kText, text);
}

// The payload of a close frame.
inline std::string ClosePayloadOf(std::uint16_t code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return payload.append(reason);
}

inline std::string ClientClose(std::uint16_t code, std::string_view reason = {}) {
  return ClientFrame(wire::Opcode::kClose, ClosePayloadOf(code, reason));
}

struct SeenFrame {
  wire::Opcode opcode;
  bool fin;
  std::string payload;
};

// The whole frames of a server in bytes; anything else fails the test.
inline std::vector<SeenFrame> ServerFrames(std::string bytes) {
  std::vector<SeenFrame> frames;
  std::span<char> rest(bytes);
  wire::FrameRules rules;
  rules.masked = false;
  rules.payload_bytes_max = 1 << 24;
  while (!rest.empty()) {
    wire::FrameRead read = wire::ReadFrame(rest, rules);
    if (read.status != wire::FrameRead::kFrame) {
      ADD_FAILURE() << "no whole frame in what is left: " << rest.size() << " bytes";
      break;
    }
    frames.push_back({read.frame.opcode, read.frame.fin,
                      std::string(read.frame.payload.data(), read.frame.payload.size())});
    rest = rest.subspan(read.consumed);
  }
  return frames;
}

// As lines: "text hello", "ping x", "close 1000 reason", "close", with "+" where a frame is not
// the last of its message.
inline std::vector<std::string> FrameLines(const std::string& bytes) {
  std::vector<std::string> lines;
  for (const SeenFrame& frame : ServerFrames(bytes)) {
    std::string line;
    std::string payload = frame.payload;
    switch (frame.opcode) {
      case wire::Opcode::kContinuation:
        line = "continuation";
        break;
      case wire::Opcode::kText:
        line = "text";
        break;
      case wire::Opcode::kBinary:
        line = "binary";
        break;
      case wire::Opcode::kPing:
        line = "ping";
        break;
      case wire::Opcode::kPong:
        line = "pong";
        break;
      case wire::Opcode::kClose:
        line = "close";
        if (payload.size() >= 2) {
          line += " " + std::to_string(static_cast<unsigned char>(payload[0]) << 8 |
                                       static_cast<unsigned char>(payload[1]));
          payload.erase(0, 2);
        }
        break;
    }
    if (!frame.fin) line += "+";
    if (!payload.empty()) line += " " + payload;
    lines.push_back(line);
  }
  return lines;
}

}  // namespace gatehouse::net
