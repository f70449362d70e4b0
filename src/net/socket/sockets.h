// The open sockets of one loop: slots, input, send queues, deadlines. Loop thread only.
//
// A socket lives in a slot; a slot is 64 hot bytes in a page that never moves, so walking all
// sockets in slot order touches memory, and the kernel's socket objects, in order (design §5: that
// order is the gain at 10,000 connections). A slot's generation grows when it is reused: SocketRef
// names one socket for good.
//
// Its parts have a job and a state each, over the slots that they share: input, output, filters,
// deadlines (socket_*.h); this begins and ends sockets, and is what everybody else sees.
//
// Invariants:
// - Nothing dies inside its own callback: Close and Abort are requests, carried out at the turn's
// end.
// - All that a turn queues for a socket leaves in one write at the turn's end, in slot order.
// - An idle socket owns no heap memory: input is kept only while a protocol could not consume it,
//   a send queue only while the kernel would not take it.
// - Input is bounded by the protocol (it must consume, fail, or pause) and by kReceiveBytes beyond
//   that; of all sockets together by the protocol's input_bound. Output is bounded by whoever
//   sends, through queued_bytes(), of all sockets together by stalled_bytes. A socket that makes no
//   write progress for write_stall_seconds is aborted.
//
// A Filter (TLS) may stand between the kernel and the protocol, which then sees plain bytes; its
// buffers are the loop's. What is queued is sealed at the turn's end, as much as one write takes;
// only sealed bytes that the kernel refused are kept, at most 64 KB and a record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/shared_bound.h"
#include "base/shared_bytes.h"
#include "net/loop/loop.h"
#include "net/socket/filter.h"
#include "net/socket/protocol.h"
#include "net/socket/socket_deadlines.h"
#include "net/socket/socket_filters.h"
#include "net/socket/socket_input.h"
#include "net/socket/socket_output.h"
#include "net/socket/socket_slots.h"

namespace gatehouse::net {

struct SocketOptions {
  std::uint32_t sockets_max = 1'000'000;
  std::uint32_t crowd_max = 64;  // accepted beyond sockets_max, only to be told that we are full
  std::uint32_t own_max = 64;    // beyond these still: sockets of our own child processes
  std::uint32_t write_stall_seconds = 60;
  std::uint32_t linger_seconds = 2;  // after our last byte: how long we wait for the peer to close
  // Memory of what waits for peers that do not read, but for what is shared, for loops that share
  // the bound; null: of one loop alone. The socket that needs more is aborted.
  std::shared_ptr<base::SharedBound> stalled_bytes = {};
};

inline constexpr std::size_t kStalledBytesMax = 256 * 1024 * 1024;
// A quarter of it is kept for sockets with no more than this.
inline constexpr std::size_t kSmallStalledBytes = 64 * 1024;
std::shared_ptr<base::SharedBound> NewStalledBytes();

class Sockets final : public Loop::Source, public Loop::TurnEnd {
 public:
  static constexpr std::size_t kReceiveBytes = net::kReceiveBytes;
  static constexpr std::size_t kReceivePadding = net::kReceivePadding;

  explicit Sockets(Loop& loop, SocketOptions options = {});
  // Closes what is open, with OnClosed for protocols that live longer than this.
  ~Sockets() override;

  Loop& loop() { return slots_.loop(); }

  // Takes over an accepted socket. Nothing when sockets_max, the crowd and own_max are open (the
  // socket is closed).
  std::optional<SocketRef> Adopt(int socket, const Address& peer, Protocol& protocol);
  // Begins a connection; OnConnected or OnClosed follows.
  Result<SocketRef> Connect(const Address& peer, Protocol& protocol);

  bool IsOpen(SocketRef ref) const { return slots_.IsOpen(ref); }
  SocketRef Ref(std::uint32_t slot) const { return slots_.Ref(slot); }
  const Address& peer(std::uint32_t slot) const { return slots_.peer(slot); }
  std::size_t open_count() const { return slots_.open_count(); }
  bool IsCrowded() const { return open_count() > options_.sockets_max; }
  bool IsFull() const { return open_count() >= options_.sockets_max + options_.crowd_max; }
  const Protocol& protocol(std::uint32_t slot) const { return *slots_.At(slot).protocol; }

  // The protocol's.
  void* state(std::uint32_t slot) const { return slots_.At(slot).state; }
  void set_state(std::uint32_t slot, void* state) { slots_.At(slot).state = state; }
  // A byte for the protocol, so that an idle connection needs no state object.
  std::uint8_t& mark(std::uint32_t slot) { return slots_.At(slot).mark; }

  // From now on `protocol` speaks on the socket; unconsumed input goes to it.
  void SetProtocol(std::uint32_t slot, Protocol& protocol);

  // From now on all bytes go through the filter. Call from OnConnected or OnBytes: what OnBytes did
  // not consume is the filter's first input. One per socket. What was sent before goes out as it
  // is; what is sent before the handshake is done waits for it. OnSecured or OnClosed follows.
  void SetFilter(std::uint32_t slot, std::unique_ptr<Filter> filter) {
    filters_.Set(slot, std::move(filter));
  }
  bool HasFilter(std::uint32_t slot) const { return slots_.At(slot).filter != nullptr; }
  // In OnEnd: the peer's end of stream was its own word, not only TCP's. True without a filter.
  bool EndedCleanly(std::uint32_t slot) const;
  std::string filter_error(std::uint32_t slot) const;  // in OnClosed with CloseCause::kFilter
  // In OnClosed: why the connection did not come about, as errno; 0 unknown.
  int connect_error(std::uint32_t slot) const { return slots_.At(slot).error; }

  // Queues bytes, head before body; ignored once the socket is closing.
  void Send(std::uint32_t slot, std::string_view bytes) { Send(slot, bytes, {}); }
  void Send(std::uint32_t slot, std::string_view head, std::string_view body) {
    output_.Send(slot, head, body);
  }
  void SendShared(std::uint32_t slot, const base::SharedBytes& bytes) {
    output_.SendShared(slot, bytes);
  }
  std::size_t queued_bytes(std::uint32_t slot) const { return output_.queued_bytes(slot); }
  // OnDrained follows when nothing is queued any more.
  void NotifyDrained(std::uint32_t slot) { output_.NotifyDrained(slot); }

  // Heap memory that the slot owns now: kept input and the send queue. 0 for an idle socket.
  std::size_t memory_bytes(std::uint32_t slot) const;

  void PauseReading(std::uint32_t slot) { input_.Pause(slot); }
  bool IsPaused(std::uint32_t slot) const {
    return (slots_.At(slot).flags & SocketSlot::kPaused) != 0;
  }
  // Kept input is offered again at the turn's end.
  void ResumeReading(std::uint32_t slot) { input_.Resume(slot); }

  // Sends what is queued, then ends our side; what the peer sends is still received. Send does
  // nothing afterwards.
  void EndOutput(std::uint32_t slot);
  // Sends what is queued, ends our side, waits for the peer's end (linger), then closes.
  void Close(std::uint32_t slot);
  // Close without lingering if nothing is queued: for a peer that awaits nothing.
  void CloseIdle(std::uint32_t slot);
  void Abort(std::uint32_t slot);  // drops what is queued; the peer sees a reset

  // OnDeadline after that many seconds (coarse, ± 0.5 s, never early); 0 unsets. One per socket.
  void SetDeadline(std::uint32_t slot, double seconds) { deadlines_.SetDeadline(slot, seconds); }
  // OnAge after that many seconds, once, whatever happens meanwhile.
  void SetAge(std::uint32_t slot, double seconds) { deadlines_.SetAge(slot, seconds); }

  // Calls f(slot) for every open socket of that protocol, in slot order.
  template <class F>
  void ForEach(const Protocol& protocol, F f) {
    for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) {
      const SocketSlot& s = slots_.At(slot);
      if (s.protocol == &protocol && s.IsOpen()) f(slot);
    }
  }

  // For the destructor of a protocol: closes its sockets without calling it; release(slot) frees
  // the state it keeps there.
  template <class F>
  void Abandon(const Protocol& protocol, F release) {
    for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) {
      if (slots_.At(slot).protocol != &protocol) continue;
      release(slot);
      Free(slot);
    }
  }

  void OnReady(std::uint32_t slot, std::uint32_t readiness) override;
  void OnReadyOf(std::uint32_t slot, std::uint32_t generation, std::uint32_t readiness) override {
    bool is_current = (slots_.At(slot).generation & Loop::kGenerationMask) == generation;
    if (is_current) OnReady(slot, readiness);
  }
  bool OnTurnEnd() override;

 private:
  void Release(std::uint32_t slot);  // tells the protocol, then frees
  void Free(std::uint32_t slot);
  void Finish(std::uint32_t slot);  // a dirty slot at the turn's end

  const SocketOptions options_;
  SocketSlots slots_;
  SocketInput input_{slots_, filters_};
  SocketDeadlines deadlines_{slots_};
  SocketOutput output_;
  SocketFilters filters_{slots_, input_, output_};
};

}  // namespace gatehouse::net
