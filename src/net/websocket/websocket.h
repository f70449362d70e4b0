// WebSocket on sockets, RFC 6455, either role: frames become messages, pings are answered, the
// close handshake is carried out, time limits are kept. Loop thread only.
//
// A server speaks permessage-deflate (RFC 7692) with the connections that agreed on it: no
// connection keeps a window, so all of them share one Inflater and one Deflater, and those that did
// not agree cost nothing.
//
// A connection is open from Open() until OnClose, which comes exactly once; then the socket lives
// on until the close handshake is done, and OnReleased is the last call for its slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/shared_bound.h"
#include "base/shared_bytes.h"
#include "net/socket/sockets.h"
#include "wire/websocket_extensions.h"
#include "wire/websocket_frame.h"

namespace gatehouse::net {

struct WebSocketOptions {
  bool server = true;          // a server reads masked frames and writes unmasked ones
  bool accept_binary = false;  // else a binary message closes the connection with 1003
  // Of a received frame, and what a server cuts long messages into; a client has its own size for
  // that, for its peer may accept less than it sends.
  std::size_t frame_bytes_max = 32 * 1024;
  std::size_t client_frame_bytes_max = 32 * 1024;
  std::size_t message_bytes_max = 128 * 1024;  // received
  std::size_t queued_bytes_max = 1024 * 1024;
  double idle_seconds = 600;  // without messages either way; 0: no limit
  double age_seconds = 7200;  // 0: no limit
  double close_seconds = 5;   // for the peer's close frame after ours
  bool pings_count_as_traffic = false;
  // Messages of at least so many bytes go out compressed where that was agreed; 0: none does.
  std::size_t deflate_bytes_min = 0;
  // Memory of messages and frames whose rest is still to come, for endpoints of several loops that
  // share the bound; null: one of its own. A connection that needs more is closed with 1013.
  std::shared_ptr<base::SharedBound> partial_bytes = {};
};

inline constexpr std::size_t kPartialBytesMax = 256 * 1024 * 1024;
// A quarter of it is kept for connections that hold no more than this.
inline constexpr std::size_t kSmallPartialBytes = 4 * 1024;
std::shared_ptr<base::SharedBound> NewPartialBytes();

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  // A message: text is valid UTF-8. Readable for Sockets::kReceivePadding bytes beyond its end;
  // valid during the call.
  virtual void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) = 0;
  virtual void OnPong(std::uint32_t /*slot*/, std::string_view /*payload*/) {}
  // The connection is no longer open. code and reason are what $disconnect reports: the peer's, or
  // ours when we close it, 1005 for a close frame without code, 1006 when none came.
  virtual void OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) = 0;
  virtual void OnReleased(std::uint32_t slot) = 0;
};

class WebSockets final : public Protocol {
 public:
  // random masks a client's frames; a server needs none.
  WebSockets(Sockets& sockets, WebSocketHandler& handler, WebSocketOptions options,
             base::Random* random = nullptr);
  ~WebSockets() override;

  const WebSocketOptions& options() const { return options_; }

  // The handshake of a socket that speaks this protocol is done, with what it agreed on.
  void Open(std::uint32_t slot, const wire::ExtensionChoice& extensions = {});
  bool IsOpen(std::uint32_t slot) const;

  // A text message as frames of at most frame_bytes_max, built once for many connections (server).
  // For those that take it compressed, the first SendPrepared of a row makes that once.
  base::SharedBytes PrepareText(std::string_view text) const;

  enum class SendResult { kQueued, kClosed, kQueueFull };
  SendResult SendPrepared(std::uint32_t slot, const base::SharedBytes& frames);
  SendResult SendText(std::uint32_t slot, std::string_view text) {
    return SendMessage(slot, wire::Opcode::kText, text);
  }
  SendResult SendMessage(std::uint32_t slot, wire::Opcode type, std::string_view data);
  void SendPing(std::uint32_t slot);
  // One that nobody asked for, which peers ignore (RFC 6455 §5.5.3); at most 125 bytes.
  void SendPong(std::uint32_t slot, std::string_view payload);

  // Starts the close handshake: a close frame with code and reason (at most 123 bytes), OnClose.
  void Close(std::uint32_t slot, std::uint16_t code, std::string_view reason);

  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  base::SharedBound* input_bound() override { return options_.partial_bytes.get(); }
  void OnInputRefused(std::uint32_t slot) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnAge(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

 private:
  struct Partial;
  struct Compression;
  // Bits of a slot's mark beside the state.
  static constexpr std::uint8_t kReceivesDeflated = 4;
  static constexpr std::uint8_t kSendsDeflated = 8;
  std::uint8_t StateOf(std::uint32_t slot) const;
  void SetState(std::uint32_t slot, std::uint8_t state);
  void OnFrame(std::uint32_t slot, const wire::Frame& frame);
  void OnWhole(std::uint32_t slot, wire::Opcode type, bool deflated, std::string_view data);
  void OnFragment(std::uint32_t slot, const wire::Frame& frame);
  bool MakeRoom(Partial& partial, std::size_t bytes, std::size_t bytes_max);
  void Deliver(std::uint32_t slot, wire::Opcode type, std::string_view data);
  void OnControl(std::uint32_t slot, const wire::Frame& frame);
  void OnPeerClose(std::uint32_t slot, std::string_view payload);
  void Touch(std::uint32_t slot);
  void SendFrame(std::uint32_t slot, wire::Opcode opcode, std::string_view payload,
                 bool fin = true);
  void SendCloseFrame(std::uint32_t slot, std::uint16_t code, std::string_view reason);
  void DropPartial(std::uint32_t slot);
  base::SharedBytes Frames(wire::Opcode type, std::string_view payload, bool deflated) const;
  bool SendsDeflated(std::uint32_t slot) const {
    return options_.deflate_bytes_min > 0 && (sockets_.mark(slot) & kSendsDeflated) != 0;
  }

  // In websocket_deflate.cc.
  Compression& compression();
  void Inflate(std::uint32_t slot, wire::Opcode type, std::string_view compressed);
  base::SharedBytes Deflated(wire::Opcode type, std::string_view data);
  const base::SharedBytes& DeflatedOf(const base::SharedBytes& frames);

  Sockets& sockets_;
  WebSocketHandler& handler_;
  const WebSocketOptions options_;
  base::Random* random_;
  std::unique_ptr<Compression> compression_;  // from the first compressed message on
};

}  // namespace gatehouse::net
