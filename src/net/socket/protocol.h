// What speaks on sockets (sockets.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/shared_bound.h"

namespace gatehouse::net {

inline constexpr std::size_t kReceiveBytes = 64 * 1024;  // of one receive
inline constexpr std::size_t kReceivePadding = 64;       // readable bytes behind what was received

struct SocketRef {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool operator==(const SocketRef&) const = default;
};

// Why a socket ended.
enum class CloseCause : std::uint8_t {
  kNone,
  kRequested,     // Close or Abort
  kPeer,          // the peer's end of stream, or its reset
  kWriteStalled,  // no write progress for too long, or too much waits for peers like this one
  kFilter,        // the filter failed (filter_error says why)
};

// What speaks on a socket. One object serves many sockets; per-socket state hangs on the slot
// (Sockets::set_state). Calls name the slot; it is open until OnClosed.
class Protocol {
 public:
  virtual ~Protocol() = default;
  // Bytes that arrived and were not consumed before, followed by kReceivePadding readable bytes.
  // They may be changed in place. Returns how many were consumed; the rest comes again with more.
  virtual std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) = 0;
  // What the heap memory of kept input counts in; null: in nothing. It outlives the protocol's
  // sockets.
  virtual base::SharedBound* input_bound() { return nullptr; }
  // More is kept for this socket than the bound has room for: end it, with Close or Abort.
  virtual void OnInputRefused(std::uint32_t /*slot*/) {}
  // The peer sends no more. Usually: Close.
  virtual void OnEnd(std::uint32_t slot) = 0;
  // The deadline set has passed (it is then unset).
  virtual void OnDeadline(std::uint32_t slot) = 0;
  virtual void OnAge(std::uint32_t /*slot*/) {}
  // A connection begun by Connect is there.
  virtual void OnConnected(std::uint32_t /*slot*/) {}
  // The handshake of the filter given to SetFilter is done; before any of its bytes.
  virtual void OnSecured(std::uint32_t /*slot*/) {}
  // All that was queued has been taken by the kernel; only after NotifyDrained, once.
  virtual void OnDrained(std::uint32_t /*slot*/) {}
  // The last call for this slot; release its state.
  virtual void OnClosed(std::uint32_t slot, CloseCause cause) = 0;
};

}  // namespace gatehouse::net
