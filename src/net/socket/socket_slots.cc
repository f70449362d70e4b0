#include "net/socket/socket_slots.h"

namespace gatehouse::net {

std::uint32_t SocketSlots::New(int socket, const Address& peer, Protocol& protocol,
                               SocketPhase phase) {
  std::uint32_t slot = 0;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    slot = used_++;
    if (slot / kPageSlots == pages_.size()) {
      pages_.push_back(std::make_unique<SocketSlot[]>(kPageSlots));
      peers_.push_back(std::make_unique<Address[]>(kPageSlots));
    }
    if (slot / 64 >= dirty_.size()) dirty_.resize(slot / 64 + 1);
  }
  SocketSlot& s = At(slot);
  std::uint32_t generation = s.generation + 1;
  s = SocketSlot{};
  s.generation = generation;
  s.protocol = &protocol;
  s.socket = socket;
  s.phase = phase;
  peers_[slot / kPageSlots][slot % kPageSlots] = peer;
  ++open_count_;
  return slot;
}

void SocketSlots::Free(std::uint32_t slot) {
  SocketSlot& s = At(slot);
  s.socket = -1;
  s.phase = SocketPhase::kFree;
  s.protocol = nullptr;
  s.state = nullptr;
  s.deadline = s.age = SocketSlot::kNever;
  peers_[slot / kPageSlots][slot % kPageSlots] = Address{};
  free_.push_back(slot);
  --open_count_;
}

void SocketSlots::UpdateWatch(std::uint32_t slot) {
  const SocketSlot& s = At(slot);
  if (s.IsGone()) return;
  std::uint32_t readiness = 0;
  bool reads = s.IsOpen() ? !(s.flags & SocketSlot::kPaused) : s.phase != SocketPhase::kConnecting;
  if (reads && !(s.flags & SocketSlot::kEnded)) readiness |= kReadable;
  bool writes = s.phase == SocketPhase::kConnecting || (s.flags & SocketSlot::kWantsWrite) != 0;
  if (writes) readiness |= kWritable;
  loop_.Watch(source_, slot, s.socket, readiness, s.generation);
}

void SocketSlots::Die(std::uint32_t slot, CloseCause cause) {
  SocketSlot& s = At(slot);
  if (s.phase == SocketPhase::kDead) return;
  s.phase = SocketPhase::kDead;
  if (s.cause == CloseCause::kNone) s.cause = cause;
  MarkDirty(slot);
}

void SocketSlots::BeginFlushing(std::uint32_t slot, CloseCause cause) {
  SocketSlot& s = At(slot);
  s.phase = SocketPhase::kFlushing;
  s.cause = cause;
  s.deadline = s.age = SocketSlot::kNever;
  s.Clear(SocketSlot::kPaused | SocketSlot::kResumed);
  UpdateWatch(slot);
  MarkDirty(slot);
}

void SocketSlots::AddDirty(std::uint32_t slot) {
  At(slot).flags |= SocketSlot::kDirty;
  std::size_t word = slot / 64;
  dirty_[word] |= std::uint64_t{1} << (slot % 64);
  if (dirty_from_ == dirty_to_) {
    loop_.WantTurn();
    dirty_from_ = word;
    dirty_to_ = word + 1;
  } else {
    dirty_from_ = std::min(dirty_from_, word);
    dirty_to_ = std::max(dirty_to_, word + 1);
  }
}

// What became dirty behind the walk.
void SocketSlots::FindDirty() {
  auto first = std::find_if(dirty_.begin(), dirty_.end(), [](std::uint64_t w) { return w != 0; });
  dirty_from_ = dirty_to_ = 0;
  if (first != dirty_.end()) {
    dirty_from_ = static_cast<std::size_t>(first - dirty_.begin());
    dirty_to_ = dirty_.size();
  }
}

}  // namespace gatehouse::net
