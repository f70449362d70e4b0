#include "net/websocket/websocket.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/websocket/websocket_deflate.h"
#include "wire/utf8.h"

namespace gatehouse::net {
namespace {

// The low bits of the slot's mark. In kClosing our close frame is out and we wait for the peer's.
enum State : std::uint8_t { kHandshake = 0, kOpen = 1, kClosing = 2, kClosed = 3 };
constexpr std::uint8_t kStateBits = 3;

constexpr std::size_t kCloseReasonBytesMax = 123;
constexpr std::string_view kTooManyPartials = "too many unfinished messages";

// As much of reason as a close frame has room for, in whole characters.
std::string_view CutReason(std::string_view reason) {
  if (reason.size() <= kCloseReasonBytesMax) return reason;
  std::size_t size = kCloseReasonBytesMax;
  while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80) --size;
  return reason.substr(0, size);
}

WebSocketOptions WithPartialBytes(WebSocketOptions options) {
  if (!options.partial_bytes) options.partial_bytes = NewPartialBytes();
  return options;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewPartialBytes() {
  return std::make_shared<base::SharedBound>(kPartialBytesMax, kSmallPartialBytes);
}

// A message of which fragments have arrived.
struct WebSockets::Partial {
  wire::Opcode type;
  bool deflated;
  std::vector<char> data;  // as on the wire
  base::Share share;       // of options_.partial_bytes
};

WebSockets::WebSockets(Sockets& sockets, WebSocketHandler& handler, WebSocketOptions options,
                       base::Random* random)
    : sockets_(sockets),
      handler_(handler),
      options_(WithPartialBytes(std::move(options))),
      random_(random) {
  CHECK(options_.server || random);
}

WebSockets::~WebSockets() {
  sockets_.Abandon(*this, [this](std::uint32_t slot) { DropPartial(slot); });
}

void WebSockets::Open(std::uint32_t slot, const wire::ExtensionChoice& extensions) {
  CHECK(options_.server || !extensions.deflate);
  unsigned mark = kOpen;
  if (extensions.deflate) mark |= kReceivesDeflated;
  if (extensions.TakesFullWindow() && options_.deflate_bytes_min > 0) mark |= kSendsDeflated;
  sockets_.mark(slot) = static_cast<std::uint8_t>(mark);
  if (options_.age_seconds > 0) sockets_.SetAge(slot, options_.age_seconds);
  Touch(slot);
}

std::uint8_t WebSockets::StateOf(std::uint32_t slot) const {
  return sockets_.mark(slot) & kStateBits;
}

void WebSockets::SetState(std::uint32_t slot, std::uint8_t state) {
  std::uint8_t& mark = sockets_.mark(slot);
  mark = static_cast<std::uint8_t>((mark & ~kStateBits) | state);
}

bool WebSockets::IsOpen(std::uint32_t slot) const { return StateOf(slot) == kOpen; }

void WebSockets::Touch(std::uint32_t slot) { sockets_.SetDeadline(slot, options_.idle_seconds); }

// ---- Receiving ----

std::size_t WebSockets::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  wire::FrameRules rules;
  rules.masked = options_.server;
  rules.payload_bytes_max = options_.frame_bytes_max;
  rules.allow_rsv1 = (sockets_.mark(slot) & kReceivesDeflated) != 0;
  std::size_t consumed = 0;
  while (consumed < bytes.size()) {
    std::uint8_t state = StateOf(slot);
    if (state == kHandshake || sockets_.IsPaused(slot)) break;
    if (state == kClosed) return bytes.size();
    wire::FrameRead read = wire::ReadFrame(bytes.subspan(consumed), rules);
    if (read.status == wire::FrameRead::kNeedMore) break;
    if (read.status == wire::FrameRead::kError) {
      if (state == kOpen) Close(slot, read.close_code, read.reason);
      SetState(slot, kClosed);
      sockets_.Close(slot);
      return bytes.size();
    }
    consumed += read.consumed;
    OnFrame(slot, read.frame);
  }
  return consumed;
}

void WebSockets::OnFrame(std::uint32_t slot, const wire::Frame& frame) {
  if (wire::IsControl(frame.opcode)) return OnControl(slot, frame);
  if (!IsOpen(slot)) return;  // after our close frame only the peer's counts
  bool continues = frame.opcode == wire::Opcode::kContinuation;
  bool partial = sockets_.state(slot) != nullptr;
  if (continues != partial) {
    return Close(slot, wire::kCloseProtocolError,
                 continues ? "continuation without a message" : "message inside a message");
  }
  if (frame.opcode == wire::Opcode::kBinary && !options_.accept_binary) {
    return Close(slot, wire::kCloseUnsupportedData, "binary messages are not supported");
  }
  if (!frame.fin || partial) return OnFragment(slot, frame);
  OnWhole(slot, frame.opcode, frame.rsv1, {frame.payload.data(), frame.payload.size()});
}

void WebSockets::OnFragment(std::uint32_t slot, const wire::Frame& frame) {
  auto* partial = static_cast<Partial*>(sockets_.state(slot));
  if (!partial) {
    partial = new Partial{frame.opcode, frame.rsv1, {}, {}};
    sockets_.set_state(slot, partial);
  }
  // Compressed ones may be longer than what they inflate to, when each fragment was flushed.
  std::size_t bytes_max = options_.message_bytes_max * (partial->deflated ? 2 : 1);
  if (partial->data.size() + frame.payload.size() > bytes_max) {
    return Close(slot, wire::kCloseTooBig, "message too big");
  }
  if (frame.fin) {  // never refused: the message goes at once
    partial->data.reserve(partial->data.size() + frame.payload.size() + Sockets::kReceivePadding);
  } else if (!MakeRoom(*partial, frame.payload.size(), bytes_max)) {
    return Close(slot, wire::kCloseTryAgainLater, kTooManyPartials);
  }
  partial->data.insert(partial->data.end(), frame.payload.begin(), frame.payload.end());
  if (!frame.fin) return;
  Partial whole = std::move(*partial);
  DropPartial(slot);
  std::size_t size = whole.data.size();
  whole.data.resize(size + Sockets::kReceivePadding);
  OnWhole(slot, whole.type, whole.deflated, {whole.data.data(), size});
}

// For bytes more of at most bytes_max, if all partial messages together leave it.
bool WebSockets::MakeRoom(Partial& partial, std::size_t bytes, std::size_t bytes_max) {
  std::size_t needed = partial.data.size() + bytes + Sockets::kReceivePadding;
  if (needed <= partial.data.capacity()) return true;
  std::size_t room = std::max(needed, 2 * partial.data.capacity());
  room = std::min(room, bytes_max + Sockets::kReceivePadding);
  if (!partial.share.Hold(*options_.partial_bytes, sizeof(Partial) + room)) return false;
  partial.data.reserve(room);
  return true;
}

// The rest of a frame can only be found behind what there is of it, which is gone now.
void WebSockets::OnInputRefused(std::uint32_t slot) {
  Close(slot, wire::kCloseTryAgainLater, kTooManyPartials);
  SetState(slot, kClosed);
  sockets_.Close(slot);
}

void WebSockets::OnWhole(std::uint32_t slot, wire::Opcode type, bool deflated,
                         std::string_view data) {
  if (deflated) return Inflate(slot, type, data);
  if (data.size() > options_.message_bytes_max) {
    return Close(slot, wire::kCloseTooBig, "message too big");
  }
  Deliver(slot, type, data);
}

void WebSockets::Deliver(std::uint32_t slot, wire::Opcode type, std::string_view data) {
  if (type == wire::Opcode::kText && !wire::IsUtf8(data)) {
    return Close(slot, wire::kCloseInvalidPayload, "text is not UTF-8");
  }
  Touch(slot);
  handler_.OnMessage(slot, type, data);
}

void WebSockets::OnControl(std::uint32_t slot, const wire::Frame& frame) {
  std::string_view payload(frame.payload.data(), frame.payload.size());
  if (frame.opcode == wire::Opcode::kClose) return OnPeerClose(slot, payload);
  if (!IsOpen(slot)) return;
  if (options_.pings_count_as_traffic) Touch(slot);
  if (frame.opcode == wire::Opcode::kPong) return handler_.OnPong(slot, payload);
  // A peer that pings and does not read gets no pongs instead of an endless queue.
  if (sockets_.queued_bytes(slot) <= options_.queued_bytes_max) {
    SendFrame(slot, wire::Opcode::kPong, payload);
  }
}

void WebSockets::OnPeerClose(std::uint32_t slot, std::string_view payload) {
  if (IsOpen(slot)) {
    std::uint16_t error_code = 0;
    std::optional<wire::ClosePayload> close = wire::ReadClosePayload(payload, &error_code);
    if (!close) {
      Close(slot, error_code, "malformed close frame");
    } else {
      DropPartial(slot);
      SendCloseFrame(slot, close->code, {});
      SetState(slot, kClosed);
      std::string_view reason = close->code == wire::kCloseNoStatus
                                    ? "Client-side close frame status not set"
                                    : close->reason;
      handler_.OnClose(slot, close->code, reason);
    }
  }
  SetState(slot, kClosed);
  sockets_.Close(slot);
}

// ---- Sending ----

base::SharedBytes WebSockets::PrepareText(std::string_view text) const {
  return Frames(wire::Opcode::kText, text, false);
}

base::SharedBytes WebSockets::Frames(wire::Opcode type, std::string_view payload,
                                     bool deflated) const {
  CHECK(options_.server);
  std::size_t frames = payload.size() / options_.frame_bytes_max + 1;
  auto bytes =
      base::SharedBytes::WithCapacity(payload.size() + frames * wire::kFrameHeaderBytesMax);
  wire::Opcode opcode = type;
  do {
    std::string_view part = payload.substr(0, options_.frame_bytes_max);
    payload.remove_prefix(part.size());
    char header[wire::kFrameHeaderBytesMax];
    bool marked = deflated && opcode == type;
    std::size_t size =
        wire::WriteFrameHeader(header, opcode, payload.empty(), part.size(), std::nullopt, marked);
    CHECK(bytes.TryAppend({header, size}) && bytes.TryAppend(part));
    opcode = wire::Opcode::kContinuation;
  } while (!payload.empty());
  return bytes;
}

WebSockets::SendResult WebSockets::SendPrepared(std::uint32_t slot,
                                                const base::SharedBytes& frames) {
  if (!IsOpen(slot)) return SendResult::kClosed;
  if (sockets_.queued_bytes(slot) + frames.size() > options_.queued_bytes_max) {
    return SendResult::kQueueFull;
  }
  sockets_.SendShared(slot, SendsDeflated(slot) ? DeflatedOf(frames) : frames);
  Touch(slot);
  return SendResult::kQueued;
}

WebSockets::SendResult WebSockets::SendMessage(std::uint32_t slot, wire::Opcode type,
                                               std::string_view data) {
  if (!IsOpen(slot)) return SendResult::kClosed;
  if (sockets_.queued_bytes(slot) + data.size() > options_.queued_bytes_max) {
    return SendResult::kQueueFull;
  }
  if (SendsDeflated(slot) && data.size() >= options_.deflate_bytes_min) {
    sockets_.SendShared(slot, Deflated(type, data));
  } else if (options_.server && data.size() > options_.frame_bytes_max) {
    sockets_.SendShared(slot, Frames(type, data, false));
  } else {
    wire::Opcode opcode = type;
    std::size_t part = options_.server ? data.size() : options_.client_frame_bytes_max;
    for (; data.size() > part; data.remove_prefix(part)) {
      SendFrame(slot, opcode, data.substr(0, part), false);
      opcode = wire::Opcode::kContinuation;
    }
    SendFrame(slot, opcode, data);
  }
  Touch(slot);
  return SendResult::kQueued;
}

void WebSockets::SendPing(std::uint32_t slot) {
  if (IsOpen(slot)) SendFrame(slot, wire::Opcode::kPing, {});
}

void WebSockets::SendPong(std::uint32_t slot, std::string_view payload) {
  if (IsOpen(slot)) SendFrame(slot, wire::Opcode::kPong, payload);
}

void WebSockets::SendFrame(std::uint32_t slot, wire::Opcode opcode, std::string_view payload,
                           bool fin) {
  char header[wire::kFrameHeaderBytesMax];
  if (options_.server) {
    std::size_t size = wire::WriteFrameHeader(header, opcode, fin, payload.size());
    return sockets_.Send(slot, {header, size}, payload);
  }
  wire::MaskKey mask;
  random_->Fill(std::as_writable_bytes(std::span(mask)));
  std::size_t size = wire::WriteFrameHeader(header, opcode, fin, payload.size(), mask);
  std::string masked(payload);
  wire::ApplyMask(masked, mask);
  sockets_.Send(slot, {header, size}, masked);
}

// ---- Closing ----

void WebSockets::SendCloseFrame(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != wire::kCloseNoStatus) {
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload += CutReason(reason);
  }
  SendFrame(slot, wire::Opcode::kClose, payload);
}

void WebSockets::Close(std::uint32_t slot, std::uint16_t code, std::string_view reason) {
  if (!IsOpen(slot)) return;
  DropPartial(slot);
  SendCloseFrame(slot, code, reason);
  SetState(slot, kClosing);
  sockets_.ResumeReading(slot);
  sockets_.SetDeadline(slot, options_.close_seconds);
  handler_.OnClose(slot, code, reason);
}

void WebSockets::OnEnd(std::uint32_t slot) {
  if (IsOpen(slot)) {
    SetState(slot, kClosed);
    handler_.OnClose(slot, wire::kCloseAbnormal, {});
  }
  sockets_.Close(slot);
}

void WebSockets::OnDeadline(std::uint32_t slot) {
  if (IsOpen(slot)) {
    Close(slot, wire::kCloseGoingAway, "Going away");
  } else {
    sockets_.Close(slot);  // the peer never answered our close frame
  }
}

void WebSockets::OnAge(std::uint32_t slot) { Close(slot, wire::kCloseGoingAway, "Going away"); }

void WebSockets::OnClosed(std::uint32_t slot, CloseCause /*cause*/) {
  DropPartial(slot);
  if (IsOpen(slot)) {
    SetState(slot, kClosed);
    handler_.OnClose(slot, wire::kCloseAbnormal, {});
  }
  handler_.OnReleased(slot);
}

void WebSockets::DropPartial(std::uint32_t slot) {
  delete static_cast<Partial*>(sockets_.state(slot));
  sockets_.set_state(slot, nullptr);
}

}  // namespace gatehouse::net
