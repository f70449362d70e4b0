// Compressed messages of WebSockets, both ways.
#include "net/websocket/websocket_deflate.h"

#include <string>

#include "base/check.h"

namespace gatehouse::net {
namespace {

// The message in frames that PrepareText made.
std::string PayloadOf(std::string_view frames) {
  std::string text;
  std::string copy(frames);
  std::span<char> rest(copy);
  const wire::FrameRules rules{.masked = false, .payload_bytes_max = frames.size()};
  while (!rest.empty()) {
    wire::FrameRead read = wire::ReadFrame(rest, rules);
    CHECK(read.status == wire::FrameRead::kFrame);
    text.append(read.frame.payload.data(), read.frame.payload.size());
    rest = rest.subspan(read.consumed);
  }
  return text;
}

}  // namespace

WebSockets::Compression& WebSockets::compression() {
  if (!compression_) compression_ = std::make_unique<Compression>(options_.message_bytes_max);
  return *compression_;
}

void WebSockets::Inflate(std::uint32_t slot, wire::Opcode type, std::string_view compressed) {
  using Status = wire::Inflater::Status;
  wire::Inflater::Inflated message = compression().inflater.Inflate(compressed);
  switch (message.status) {
    case Status::kDone:
      return Deliver(slot, type, message.data);
    case Status::kTooBig:
      return Close(slot, wire::kCloseTooBig, "message too big");
    case Status::kMalformed:
      return Close(slot, wire::kCloseInvalidPayload, "malformed compressed message");
  }
}

base::SharedBytes WebSockets::Deflated(wire::Opcode type, std::string_view data) {
  std::string_view compressed = compression().deflater.Deflate(data);
  return compressed.empty() ? Frames(type, data, false) : Frames(type, compressed, true);
}

const base::SharedBytes& WebSockets::DeflatedOf(const base::SharedBytes& frames) {
  Compression& last = compression();
  if (last.frames.data() != frames.data()) {
    last.frames = frames;
    std::string text = PayloadOf(frames.view());
    bool small = text.size() < options_.deflate_bytes_min;
    last.deflated = small ? frames : Deflated(wire::Opcode::kText, text);
  }
  return last.deflated;
}

}  // namespace gatehouse::net
