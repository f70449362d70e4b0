// Sockets behind a filter: bytes are unsealed in the loop's buffers before the protocol sees them
// and sealed at the turn's end, just before they are sent.
#include "base/check.h"
#include "net/socket/sockets.h"
#include "net/socket/sockets_buffers.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // TLS: the most one record holds

}  // namespace

void Sockets::SetFilter(std::uint32_t slot, std::unique_ptr<Filter> filter) {
  Slot& s = At(slot);
  CHECK(!s.filter && filter);
  if (!plain_buffer_) {
    plain_buffer_ =
        std::make_unique<char[]>(kReceiveBytes + Filter::kHeldBytesMax + kReceivePadding);
  }
  if (s.output) s.output->PassUnsealed();
  s.filter = filter.release();
  s.filter->Start(sealed_);
  QueueSealed(slot);
  if (s.filter->state() == Filter::State::kFailed) FilterFailed(slot);
}

bool Sockets::EndedCleanly(std::uint32_t slot) const {
  const Slot& s = At(slot);
  return !s.filter || s.filter->state() == Filter::State::kEnded;
}

std::string Sockets::filter_error(std::uint32_t slot) const {
  const Slot& s = At(slot);
  return s.filter ? s.filter->error() : std::string();
}

// ---- Input ----

void Sockets::Unseal(std::uint32_t slot, std::string_view bytes) {
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, kReceiveBytes);
    bytes.remove_prefix(part.size());
    if (!UnsealPart(slot, part)) return;
  }
}

// False: what follows is of no interest.
bool Sockets::UnsealPart(std::uint32_t slot, std::string_view bytes) {
  using State = Filter::State;
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen || (s.flags & (kEnded | kEndHeld))) return false;
  bool was_secured = s.filter->is_secured();
  std::span<char> plain(plain_buffer_.get(), kReceiveBytes + Filter::kHeldBytesMax);
  std::size_t size = s.filter->Unseal(bytes, plain, sealed_);
  State state = s.filter->state();
  QueueSealed(slot);
  if (!was_secured && s.filter->is_secured()) {
    if (s.output) MarkDirty(slot);  // what was sent before can be sealed now
    s.protocol->OnSecured(slot);
  }
  if (size > 0 && s.phase == Phase::kOpen) Arrived(slot, plain.first(size));
  if (s.phase != Phase::kOpen) return false;
  if (state == State::kFailed) FilterFailed(slot);
  if (state == State::kEnded) {
    if (s.flags & kPaused) {
      s.flags |= kEndHeld;
    } else {
      EndOfInput(slot);
    }
  }
  return state == State::kOpen || state == State::kHandshake;
}

// Kept input that arrived before the filter was set.
void Sockets::UnsealKept(std::uint32_t slot) {
  std::unique_ptr<Input> kept(std::exchange(At(slot).input, nullptr));
  if (kept) Unseal(slot, {kept->bytes.data(), kept->size});
}

// The peer gets the alert that the filter left, the protocol hears of it when the socket ends.
void Sockets::FilterFailed(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen) return;
  s.phase = Phase::kFlushing;
  s.cause = CloseCause::kFilter;
  s.deadline = s.age = kNever;
  DropInput(s);
  Clear(s, kPaused | kResumed);
  UpdateWatch(slot);
  MarkDirty(slot);
}

// ---- Output ----

void Sockets::QueueSealed(std::uint32_t slot) {
  if (sealed_.empty()) return;
  Output& output = OutputOf(At(slot));
  if (output.sealed.empty()) {
    output.sealed.swap(sealed_);
  } else {
    output.sealed += sealed_;
    sealed_.clear();
  }
  MarkDirty(slot);
}

bool Sockets::SealQueued(std::uint32_t slot) {
  Slot& s = At(slot);
  Output& output = *s.output;
  Filter::State state = s.filter->state();
  if (state == Filter::State::kHandshake || state == Filter::State::kFailed) {
    if (s.phase != Phase::kOpen) output.DropPlain();  // it can never leave
    return !output.sealed.empty();
  }
  if (output.sealed_sent > 0) return true;
  if (output.sealed.empty()) output.sealed.swap(sealed_);
  while (output.bytes > 0 && output.sealed.size() < kSealBytes) {
    if (!SealRecord(s, output)) {
      output.DropPlain();
      FilterFailed(slot);
      return !output.sealed.empty();
    }
  }
  if (output.bytes == 0 && IsLast(s) && !(s.flags & kEndSealed)) {
    s.flags |= kEndSealed;
    s.filter->End(output.sealed);
  }
  return !output.sealed.empty();
}

// Small blocks share a record; large ones are sealed where they lie.
bool Sockets::SealRecord(Slot& s, Output& output) {
  std::string_view front = output.blocks[output.first].view().substr(output.offset);
  if (front.size() >= kRecordBytes || front.size() == output.bytes) {
    front = front.substr(0, kSealBytes);
  } else {
    char* to = plain_buffer_.get();
    std::size_t size = 0;
    for (std::size_t i = output.first; i < output.blocks.size() && size < kRecordBytes; ++i) {
      std::string_view block = output.blocks[i].view();
      if (i == output.first) block.remove_prefix(output.offset);
      size += block.copy(to + size, kRecordBytes - size);
    }
    front = {to, size};
  }
  if (!s.filter->Seal(front, output.sealed)) return false;
  output.Sent(front.size());
  return true;
}

ssize_t Sockets::SendSealed(Slot& s, Output& output) {
  iovec part{output.sealed.data() + output.sealed_sent, output.sealed.size() - output.sealed_sent};
  ssize_t n = loop_.network().Send(s.socket, {&part, 1});
  if (n <= 0) return n;
  output.sealed_sent += static_cast<std::size_t>(n);
  if (output.sealed_sent == output.sealed.size()) {
    output.sealed.clear();
    output.sealed_sent = 0;
  }
  return n;
}

}  // namespace gatehouse::net
