// The slots of one loop's sockets: who is there, in what phase, and who has something to do at the
// turn's end. For the parts of Sockets (sockets.h) only, which share it. Loop thread only.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/loop/loop.h"
#include "net/socket/filter.h"
#include "net/socket/protocol.h"

namespace gatehouse::net {

struct InputBuffer;
struct OutputQueue;

enum class SocketPhase : std::uint8_t { kFree, kConnecting, kOpen, kFlushing, kLingering, kDead };

// What a loop knows of a socket, hot.
struct SocketSlot {
  enum Flag : std::uint16_t {
    kPaused = 1,          // the protocol does not want input
    kEnded = 2,           // the peer's end of stream was seen
    kWantsWrite = 4,      // the kernel took only part; waiting for kWritable
    kDirty = 8,           // has something to do at the turn's end
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
  static constexpr std::uint32_t kNever = 0xffffffff;

  Protocol* protocol = nullptr;
  void* state = nullptr;
  InputBuffer* input = nullptr;   // what the protocol did not consume yet; SocketInput's
  OutputQueue* output = nullptr;  // what waits to be sent; SocketOutput's
  Filter* filter = nullptr;       // SocketFilters'
  int socket = -1;
  std::uint32_t generation = 0;
  std::uint32_t deadline = kNever;  // ticks; SocketDeadlines'
  std::uint32_t age = kNever;       // likewise
  std::uint16_t flags = 0;
  std::int16_t error = 0;  // errno of a failed Connect
  SocketPhase phase = SocketPhase::kFree;
  std::uint8_t mark = 0;
  CloseCause cause = CloseCause::kNone;

  bool IsOpen() const { return phase == SocketPhase::kOpen; }
  bool IsGone() const { return phase == SocketPhase::kFree || phase == SocketPhase::kDead; }
  // Nothing is sent after what is queued.
  bool IsLast() const { return phase == SocketPhase::kFlushing || (flags & kEndsOutput) != 0; }
  void Clear(std::uint16_t which) { flags = static_cast<std::uint16_t>(flags & ~which); }
};
static_assert(sizeof(SocketSlot) == 64);

class SocketSlots {
 public:
  // The source is told of the slots' readiness.
  SocketSlots(Loop& loop, Loop::Source& source) : loop_(loop), source_(loop.AddSource(source)) {}

  Loop& loop() const { return loop_; }
  SocketSlot& At(std::uint32_t slot) { return pages_[slot / kPageSlots][slot % kPageSlots]; }
  const SocketSlot& At(std::uint32_t slot) const {
    return pages_[slot / kPageSlots][slot % kPageSlots];
  }
  const Address& peer(std::uint32_t slot) const {
    return peers_[slot / kPageSlots][slot % kPageSlots];
  }
  std::uint32_t used() const { return used_; }
  std::size_t open_count() const { return open_count_; }
  SocketRef Ref(std::uint32_t slot) const { return {slot, At(slot).generation}; }
  bool IsOpen(SocketRef ref) const {
    if (ref.slot >= used_) return false;
    const SocketSlot& s = At(ref.slot);
    return s.generation == ref.generation && s.IsOpen();
  }

  std::uint32_t New(int socket, const Address& peer, Protocol& protocol, SocketPhase phase);
  // Its socket is closed, its buffers are gone.
  void Free(std::uint32_t slot);

  // Tells the network what readiness the slot waits for now.
  void UpdateWatch(std::uint32_t slot);
  // Closed at the turn's end.
  void Die(std::uint32_t slot, CloseCause cause);
  // No more is received; what is queued goes out.
  void BeginFlushing(std::uint32_t slot, CloseCause cause);

  void MarkDirty(std::uint32_t slot) {
    if (!(At(slot).flags & SocketSlot::kDirty)) AddDirty(slot);
  }
  bool HasDirty() const { return dirty_from_ != dirty_to_; }
  // Calls finish(slot) for each dirty one, in slot order. Slots that become dirty while we walk
  // (their protocols answer a close with a send elsewhere) are met if they lie ahead and wait for
  // the next turn if they lie behind.
  template <class F>
  void FinishDirty(F finish) {
    std::size_t to = dirty_to_;
    for (std::size_t word = dirty_from_; word < to; ++word) {
      while (dirty_[word] != 0) {
        auto bit = static_cast<std::uint32_t>(std::countr_zero(dirty_[word]));
        dirty_[word] &= dirty_[word] - 1;
        std::uint32_t slot = static_cast<std::uint32_t>(word) * 64 + bit;
        At(slot).Clear(SocketSlot::kDirty);
        finish(slot);
      }
    }
    FindDirty();
  }

 private:
  static constexpr std::uint32_t kPageSlots = 1024;
  void AddDirty(std::uint32_t slot);
  void FindDirty();

  Loop& loop_;
  const std::uint8_t source_;
  std::vector<std::unique_ptr<SocketSlot[]>> pages_;
  std::vector<std::unique_ptr<Address[]>> peers_;  // cold, beside the pages
  std::uint32_t used_ = 0;
  std::vector<std::uint32_t> free_;
  std::size_t open_count_ = 0;
  std::vector<std::uint64_t> dirty_;           // a bit per slot
  std::size_t dirty_from_ = 0, dirty_to_ = 0;  // words that may have bits
};

}  // namespace gatehouse::net
