// The open sockets of one loop: slots, input, send queues, deadlines. Loop thread only.
//
// A socket lives in a slot; a slot is 64 hot bytes in a page that never moves, so walking all
// sockets in slot order touches memory, and the kernel's socket objects, in order (design §5: that
// order is the gain at 10,000 connections). A slot's generation grows when it is reused: SocketRef
// names one socket for good.
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
// only sealed bytes that the kernel refused are kept, at most kSealBytes and a record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/shared_bound.h"
#include "base/shared_bytes.h"
#include "net/loop/loop.h"
#include "net/socket/filter.h"

namespace gatehouse::net {

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
  static constexpr std::size_t kReceiveBytes = 64 * 1024;
  static constexpr std::size_t kReceivePadding = 64;

  explicit Sockets(Loop& loop, SocketOptions options = {});
  // Closes what is open, with OnClosed for protocols that live longer than this.
  ~Sockets() override;

  Loop& loop() { return loop_; }

  // Takes over an accepted socket. Nothing when sockets_max, the crowd and own_max are open (the
  // socket is closed).
  std::optional<SocketRef> Adopt(int socket, const Address& peer, Protocol& protocol);
  // Begins a connection; OnConnected or OnClosed follows.
  Result<SocketRef> Connect(const Address& peer, Protocol& protocol);

  bool IsOpen(SocketRef ref) const {
    if (ref.slot >= slots_used_) return false;
    const Slot& s = At(ref.slot);
    return s.generation == ref.generation && s.phase == Phase::kOpen;
  }
  SocketRef Ref(std::uint32_t slot) const { return {slot, At(slot).generation}; }
  const Address& peer(std::uint32_t slot) const;
  std::size_t open_count() const { return open_count_; }
  bool IsCrowded() const { return open_count_ > options_.sockets_max; }
  bool IsFull() const { return open_count_ >= options_.sockets_max + options_.crowd_max; }
  const Protocol& protocol(std::uint32_t slot) const { return *At(slot).protocol; }

  void* state(std::uint32_t slot) const { return At(slot).state; }
  void set_state(std::uint32_t slot, void* state) { At(slot).state = state; }  // the protocol's
  // A byte for the protocol, so that an idle connection needs no state object.
  std::uint8_t& mark(std::uint32_t slot) { return At(slot).mark; }

  // From now on `protocol` speaks on the socket; unconsumed input goes to it.
  void SetProtocol(std::uint32_t slot, Protocol& protocol);

  // From now on all bytes go through the filter. Call from OnConnected or OnBytes: what OnBytes did
  // not consume is the filter's first input. One per socket. What was sent before goes out as it
  // is; what is sent before the handshake is done waits for it. OnSecured or OnClosed follows.
  void SetFilter(std::uint32_t slot, std::unique_ptr<Filter> filter);
  bool HasFilter(std::uint32_t slot) const { return At(slot).filter != nullptr; }
  // In OnEnd: the peer's end of stream was its own word, not only TCP's. True without a filter.
  bool EndedCleanly(std::uint32_t slot) const;
  std::string filter_error(std::uint32_t slot) const;  // in OnClosed with CloseCause::kFilter
  // In OnClosed: why the connection did not come about, as errno; 0 unknown.
  int connect_error(std::uint32_t slot) const { return At(slot).error; }

  // Queues bytes; ignored once the socket is closing.
  void Send(std::uint32_t slot, std::string_view bytes) { Send(slot, bytes, {}); }
  void Send(std::uint32_t slot, std::string_view head,
            std::string_view body);  // one after the other
  void SendShared(std::uint32_t slot, const base::SharedBytes& bytes);
  std::size_t queued_bytes(std::uint32_t slot) const;
  void NotifyDrained(std::uint32_t slot);  // OnDrained follows when nothing is queued any more

  // Heap memory that the slot owns now: kept input and the send queue. 0 for an idle socket.
  std::size_t memory_bytes(std::uint32_t slot) const;

  void PauseReading(std::uint32_t slot);
  bool IsPaused(std::uint32_t slot) const { return (At(slot).flags & kPaused) != 0; }
  void ResumeReading(std::uint32_t slot);  // kept input is offered again at the turn's end

  // Sends what is queued, then ends our side; what the peer sends is still received. Send does
  // nothing afterwards.
  void EndOutput(std::uint32_t slot);
  // Sends what is queued, ends our side, waits for the peer's end (linger), then closes.
  void Close(std::uint32_t slot);
  // Close without lingering if nothing is queued: for a peer that awaits nothing.
  void CloseIdle(std::uint32_t slot);
  void Abort(std::uint32_t slot);  // drops what is queued; the peer sees a reset

  // OnDeadline after that many seconds (coarse, ± 0.5 s, never early); 0 unsets. One per socket.
  void SetDeadline(std::uint32_t slot, double seconds);
  // OnAge after that many seconds, once, whatever happens meanwhile.
  void SetAge(std::uint32_t slot, double seconds);

  // Calls f(slot) for every open socket of that protocol, in slot order.
  template <class F>
  void ForEach(const Protocol& protocol, F f) {
    for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
      const Slot& s = At(slot);
      if (s.protocol == &protocol && s.phase == Phase::kOpen) f(slot);
    }
  }

  // For the destructor of a protocol: closes its sockets without calling it; release(slot) frees
  // the state it keeps there.
  template <class F>
  void Abandon(const Protocol& protocol, F release) {
    for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
      if (At(slot).protocol != &protocol) continue;
      release(slot);
      Free(slot);
    }
  }

  void OnReady(std::uint32_t slot, std::uint32_t readiness) override;
  void OnReadyOf(std::uint32_t slot, std::uint32_t generation, std::uint32_t readiness) override {
    bool is_current = (At(slot).generation & Loop::kGenerationMask) == generation;
    if (is_current) OnReady(slot, readiness);
  }
  bool OnTurnEnd() override;

 private:
  enum class Phase : std::uint8_t { kFree, kConnecting, kOpen, kFlushing, kLingering, kDead };
  enum Flag : std::uint16_t {
    kPaused = 1,          // the protocol does not want input
    kEnded = 2,           // the peer's end of stream was seen
    kWantsWrite = 4,      // the kernel took only part; waiting for kWritable
    kDirty = 8,           // in dirty_
    kAbort = 16,          // close by reset
    kReceiving = 32,      // inside OnBytes
    kResumed = 64,        // open: kept input goes to the protocol before what the kernel has
    kDrain = 128,         // the protocol waits for OnDrained
    kEndHeld = 256,       // the filter's end came while paused; told when reading resumes
    kEndSealed = 512,     // the filter's own end is in the send queue
    kEndsOutput = 1024,   // EndOutput was called
    kOutputEnded = 2048,  // and the kernel knows
    kMayWrite = 4096,     // the kernel has room again
  };
  struct Input;
  struct Output;
  struct Batch;
  struct Slot {
    Protocol* protocol = nullptr;
    void* state = nullptr;
    Input* input = nullptr;    // what the protocol did not consume yet
    Output* output = nullptr;  // what waits to be sent
    Filter* filter = nullptr;  // owned
    int socket = -1;
    std::uint32_t generation = 0;
    std::uint32_t deadline = kNever;  // ticks
    std::uint32_t age = kNever;       // ticks
    std::uint16_t flags = 0;
    std::int16_t error = 0;  // errno of a failed Connect
    Phase phase = Phase::kFree;
    std::uint8_t mark = 0;
    CloseCause cause = CloseCause::kNone;
  };
  static_assert(sizeof(Slot) == 64);

  static constexpr std::uint32_t kNever = 0xffffffff;
  static constexpr std::size_t kSealBytes = 64 * 1024;  // per write, about
  static constexpr std::uint32_t kPageSlots = 1024;

  Slot& At(std::uint32_t slot) { return pages_[slot / kPageSlots][slot % kPageSlots]; }
  const Slot& At(std::uint32_t slot) const { return pages_[slot / kPageSlots][slot % kPageSlots]; }
  std::uint32_t NewSlot(int socket, const Address& peer, Protocol& protocol, Phase phase);
  void Release(std::uint32_t slot);  // tells the protocol, then frees
  void Free(std::uint32_t slot);

  static void Clear(Slot& s, std::uint16_t flags);
  void Receive(std::uint32_t slot);
  void Arrived(std::uint32_t slot, std::span<char> bytes);  // plain ones
  void Unseal(std::uint32_t slot, std::string_view bytes);
  bool UnsealPart(std::uint32_t slot, std::string_view bytes);
  void UnsealKept(std::uint32_t slot);
  void QueueSealed(std::uint32_t slot);  // what is in sealed_
  void FilterFailed(std::uint32_t slot);
  void Offer(std::uint32_t slot, std::span<char> bytes);  // to the protocol; keeps what is left
  void OfferKept(std::uint32_t slot);
  void Keep(std::uint32_t slot, std::string_view bytes);
  void CountInput(std::uint32_t slot);
  void DropInput(Slot& s);
  void ReceiveAndForget(std::uint32_t slot);
  void EndOfInput(std::uint32_t slot);
  void UpdateWatch(std::uint32_t slot);

  Output& OutputOf(Slot& s);
  void DropOutput(Slot& s);
  void MarkDirty(std::uint32_t slot);
  void FlushDirty();
  void Finish(std::uint32_t slot);  // a dirty slot at the turn's end
  bool Flush(std::uint32_t slot);   // true: nothing is left to send
  void CountStalled(std::uint32_t slot);
  std::optional<std::string_view> BatchOf(const Output& output);
  ssize_t SendPlain(Slot& s, Output& output);
  ssize_t SendSealed(Slot& s, Output& output);
  bool IsLast(const Slot& s) const {  // nothing is sent after what is queued
    return s.phase == Phase::kFlushing || (s.flags & kEndsOutput) != 0;
  }
  bool SealQueued(std::uint32_t slot);  // true: there are sealed bytes to send
  bool SealRecord(Slot& s, Output& output);
  void Die(std::uint32_t slot, CloseCause cause);

  std::uint32_t Ticks() const;
  std::uint32_t TicksFromNow(double seconds) const;
  void SweepBy(std::uint32_t ticks);
  void Sweep();
  void SweepSlot(std::uint32_t slot, std::uint32_t now, std::uint32_t& next);

  Loop& loop_;
  const SocketOptions options_;
  std::uint8_t source_ = 0;
  std::vector<std::unique_ptr<Slot[]>> pages_;
  std::vector<std::unique_ptr<Address[]>> peers_;  // cold, beside the pages
  std::uint32_t slots_used_ = 0;
  std::vector<std::uint32_t> free_slots_;
  std::size_t open_count_ = 0;

  std::unique_ptr<char[]> receive_buffer_;
  std::unique_ptr<char[]> plain_buffer_;  // of filters; none until the first
  std::string sealed_;                    // lent to one filter after the other
  std::vector<std::unique_ptr<Output>> spare_outputs_;
  std::unique_ptr<Batch> batch_;
  std::vector<std::uint64_t> dirty_;           // a bit per slot
  std::size_t dirty_from_ = 0, dirty_to_ = 0;  // words that may have bits
  std::vector<SocketRef> resumed_;

  std::uint32_t sweep_at_ = kNever;
  Loop::TimerId sweep_timer_{};
};

}  // namespace gatehouse::net
