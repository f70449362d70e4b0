#include "net/socket/sockets.h"

#include <utility>

#include "net/socket/sockets_buffers.h"

namespace gatehouse::net {
namespace {

SocketOptions WithStalledBytes(SocketOptions options) {
  if (!options.stalled_bytes) options.stalled_bytes = NewStalledBytes();
  return options;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewStalledBytes() {
  return std::make_shared<base::SharedBound>(kStalledBytesMax, kSmallStalledBytes);
}

Sockets::Sockets(Loop& loop, SocketOptions options)
    : loop_(loop),
      options_(WithStalledBytes(std::move(options))),
      receive_buffer_(std::make_unique<char[]>(kReceiveBytes + kReceivePadding)) {
  source_ = loop_.AddSource(*this);
  loop_.AddTurnEnd(*this);
}

Sockets::~Sockets() {
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
    if (At(slot).phase == Phase::kFree) continue;
    At(slot).phase = Phase::kDead;
    Release(slot);
  }
}

void Sockets::Clear(Slot& s, std::uint16_t flags) {
  s.flags = static_cast<std::uint16_t>(s.flags & ~flags);
}

std::optional<SocketRef> Sockets::Adopt(int socket, const Address& peer, Protocol& protocol) {
  if (open_count_ >= options_.sockets_max + options_.crowd_max + options_.own_max) {
    loop_.network().Close(socket, true);
    return std::nullopt;
  }
  std::uint32_t slot = NewSlot(socket, peer, protocol, Phase::kOpen);
  UpdateWatch(slot);
  return Ref(slot);
}

Result<SocketRef> Sockets::Connect(const Address& peer, Protocol& protocol) {
  Result<int> socket = loop_.network().Connect(peer);
  if (!socket) return socket.error();
  std::uint32_t slot = NewSlot(*socket, peer, protocol, Phase::kConnecting);
  UpdateWatch(slot);
  return Ref(slot);
}

std::uint32_t Sockets::NewSlot(int socket, const Address& peer, Protocol& protocol, Phase phase) {
  std::uint32_t slot = 0;
  if (!free_slots_.empty()) {
    slot = free_slots_.back();
    free_slots_.pop_back();
  } else {
    slot = slots_used_++;
    if (slot / kPageSlots == pages_.size()) {
      pages_.push_back(std::make_unique<Slot[]>(kPageSlots));
      peers_.push_back(std::make_unique<Address[]>(kPageSlots));
    }
    if (slot / 64 >= dirty_.size()) dirty_.resize(slot / 64 + 1);
  }
  Slot& s = At(slot);
  std::uint32_t generation = s.generation + 1;
  s = Slot{};
  s.generation = generation;
  s.protocol = &protocol;
  s.socket = socket;
  s.phase = phase;
  peers_[slot / kPageSlots][slot % kPageSlots] = peer;
  ++open_count_;
  return slot;
}

void Sockets::Release(std::uint32_t slot) {
  Slot& s = At(slot);
  s.protocol->OnClosed(slot, s.cause);
  Free(slot);
}

void Sockets::Free(std::uint32_t slot) {
  Slot& s = At(slot);
  loop_.network().Close(s.socket, (s.flags & kAbort) != 0);
  DropInput(s);
  DropOutput(s);
  delete std::exchange(s.filter, nullptr);
  s.socket = -1;
  s.phase = Phase::kFree;
  s.protocol = nullptr;
  s.state = nullptr;
  s.deadline = s.age = kNever;
  peers_[slot / kPageSlots][slot % kPageSlots] = Address{};
  free_slots_.push_back(slot);
  --open_count_;
}

const Address& Sockets::peer(std::uint32_t slot) const {
  return peers_[slot / kPageSlots][slot % kPageSlots];
}

void Sockets::SetProtocol(std::uint32_t slot, Protocol& protocol) {
  Slot& s = At(slot);
  s.protocol = &protocol;
  s.state = nullptr;
  s.mark = 0;
  s.deadline = kNever;
  Clear(s, kDrain);
  if (s.input) {
    s.input->share.Release();  // the next one's, once it has seen it
    s.flags |= kResumed;
  }
  resumed_.push_back(Ref(slot));
  MarkDirty(slot);
}

// ---- Ends ----

void Sockets::EndOutput(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen) return;
  s.flags |= kEndsOutput;
  MarkDirty(slot);
}

void Sockets::Close(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase == Phase::kConnecting) return Abort(slot);
  if (s.phase != Phase::kOpen) return;
  s.phase = Phase::kFlushing;
  s.cause = CloseCause::kRequested;
  s.deadline = s.age = kNever;
  if (!(s.flags & kReceiving)) DropInput(s);
  Clear(s, kPaused | kResumed);
  UpdateWatch(slot);
  MarkDirty(slot);
}

void Sockets::CloseIdle(std::uint32_t slot) {
  if (At(slot).phase != Phase::kOpen || At(slot).output) return Close(slot);
  Die(slot, CloseCause::kRequested);
}

void Sockets::Abort(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;
  s.flags |= kAbort;
  Die(slot, CloseCause::kRequested);
}

void Sockets::Die(std::uint32_t slot, CloseCause cause) {
  Slot& s = At(slot);
  if (s.phase == Phase::kDead) return;
  s.phase = Phase::kDead;
  if (s.cause == CloseCause::kNone) s.cause = cause;
  MarkDirty(slot);
}

}  // namespace gatehouse::net
