// What leaves a socket: queues, and the one write at the turn's end.
#include <array>
#include <bit>
#include <cerrno>

#include "base/check.h"
#include "net/socket/sockets.h"
#include "net/socket/sockets_buffers.h"

namespace gatehouse::net {
namespace {

// 16,384 measured 10 % slower at 10,000 sockets: more memory is walked than caches hold.
constexpr std::size_t kSpareOutputsMax = 1024;

}  // namespace

Sockets::Output& Sockets::OutputOf(Slot& s) {
  if (!s.output) {
    if (spare_outputs_.empty()) {
      s.output = new Output;
    } else {
      s.output = spare_outputs_.back().release();
      spare_outputs_.pop_back();
    }
  }
  return *s.output;
}

void Sockets::DropOutput(Slot& s) {
  if (!s.output) return;
  std::unique_ptr<Output> output(std::exchange(s.output, nullptr));
  if (s.filter && sealed_.empty() && sealed_.capacity() < output->sealed.capacity()) {
    output->sealed.clear();
    sealed_.swap(output->sealed);
  }
  bool large = output->blocks.capacity() > kWritePartsMax;
  if (large || spare_outputs_.size() >= kSpareOutputsMax) return;
  output->Reset();
  spare_outputs_.push_back(std::move(output));
}

void Sockets::Send(std::uint32_t slot, std::string_view head, std::string_view body) {
  Slot& s = At(slot);
  std::size_t size = head.size() + body.size();
  if (s.phase != Phase::kOpen || size == 0 || (s.flags & kEndsOutput)) return;
  Output& output = OutputOf(s);
  base::SharedBytes& block = output.BlockFor(size);
  CHECK(block.TryAppend(head) && block.TryAppend(body));
  output.bytes += size;
  output.is_shared = false;
  MarkDirty(slot);
}

void Sockets::SendShared(std::uint32_t slot, const base::SharedBytes& bytes) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen || bytes.size() == 0 || (s.flags & kEndsOutput)) return;
  Output& output = OutputOf(s);
  // A long queue of small frames would cost more in references than in bytes.
  bool is_long = output.blocks.size() - output.first >= kWritePartsMax;
  if (is_long && bytes.size() < kSmallBlockBytes) return Send(slot, bytes.view());
  output.blocks.push_back(bytes);
  output.bytes += bytes.size();
  output.is_shared = true;
  MarkDirty(slot);
}

std::size_t Sockets::queued_bytes(std::uint32_t slot) const {
  const Slot& s = At(slot);
  return s.output ? s.output->bytes + s.output->sealed.size() - s.output->sealed_sent : 0;
}

void Sockets::NotifyDrained(std::uint32_t slot) {
  At(slot).flags |= kDrain;
  MarkDirty(slot);
}

std::size_t Sockets::memory_bytes(std::uint32_t slot) const {
  const Slot& s = At(slot);
  std::size_t input = s.input ? sizeof(Input) + s.input->bytes.capacity() : 0;
  std::size_t sealed = s.output ? s.output->sealed.capacity() : 0;
  return input + (s.output ? sizeof(Output) + s.output->bytes + sealed : 0);
}

void Sockets::MarkDirty(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.flags & kDirty) return;
  s.flags |= kDirty;
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

bool Sockets::OnTurnEnd() {
  std::vector<SocketRef> resumed;
  resumed.swap(resumed_);
  for (SocketRef ref : resumed) {
    if (IsOpen(ref) && !(At(ref.slot).flags & kPaused)) OfferKept(ref.slot);
  }
  FlushDirty();
  return dirty_from_ != dirty_to_ || !resumed_.empty();
}

// Slots that become dirty while we walk (their protocols answer a close with a send elsewhere) are
// met if they lie ahead and wait for the next turn if they lie behind.
void Sockets::FlushDirty() {
  std::size_t to = dirty_to_;
  for (std::size_t word = dirty_from_; word < to; ++word) {
    while (dirty_[word] != 0) {
      auto bit = static_cast<std::uint32_t>(std::countr_zero(dirty_[word]));
      dirty_[word] &= dirty_[word] - 1;
      std::uint32_t slot = static_cast<std::uint32_t>(word) * 64 + bit;
      Clear(At(slot), kDirty);
      Finish(slot);
    }
  }
  batch_.reset();
  auto first = std::find_if(dirty_.begin(), dirty_.end(), [](std::uint64_t w) { return w != 0; });
  dirty_from_ = dirty_to_ = 0;
  if (first != dirty_.end()) {
    dirty_from_ = static_cast<std::size_t>(first - dirty_.begin());
    dirty_to_ = dirty_.size();
  }
}

void Sockets::Finish(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase == Phase::kDead) return Release(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kConnecting) return;
  bool done = Flush(slot);
  if (s.phase == Phase::kDead) return Release(slot);
  if (done && s.phase == Phase::kOpen && (s.flags & (kEndsOutput | kOutputEnded)) == kEndsOutput) {
    s.flags |= kOutputEnded;
    loop_.network().ShutdownWrite(s.socket);
  }
  if (done && s.phase == Phase::kOpen && (s.flags & kDrain)) {
    Clear(s, kDrain);
    s.protocol->OnDrained(slot);
  }
  if (!done || s.phase != Phase::kFlushing) return;
  if (s.flags & kEnded) {
    s.phase = Phase::kDead;
    return Release(slot);
  }
  loop_.network().ShutdownWrite(s.socket);
  s.phase = Phase::kLingering;
  s.deadline = TicksFromNow(options_.linger_seconds);
  SweepBy(s.deadline);
  UpdateWatch(slot);
}

// What is queued as one piece, if it is what others have queued too.
std::optional<std::string_view> Sockets::BatchOf(const Output& output) {
  bool fits = output.is_shared && output.offset == 0 && output.bytes <= Batch::kBytesMax &&
              output.blocks.size() - output.first > 1;
  if (!fits) return std::nullopt;
  std::span<const base::SharedBytes> blocks = std::span(output.blocks).subspan(output.first);
  if (!batch_) batch_ = std::make_unique<Batch>();
  if (!batch_->IsOf(blocks)) batch_->Become(blocks);
  return batch_->bytes;
}

ssize_t Sockets::SendPlain(Slot& s, Output& output) {
  std::array<iovec, kWritePartsMax> parts;
  std::size_t count = 0;
  if (std::optional<std::string_view> batch = BatchOf(output)) {
    parts[0] = {const_cast<char*>(batch->data()), batch->size()};
    ssize_t sent = loop_.network().Send(s.socket, std::span(parts).first(1));
    if (sent > 0) output.Sent(static_cast<std::size_t>(sent));
    return sent;
  }
  for (std::size_t i = output.first; i < output.blocks.size() && count < kWritePartsMax; ++i) {
    const base::SharedBytes& block = output.blocks[i];
    std::size_t skip = count == 0 ? output.offset : 0;
    parts[count++] = {const_cast<char*>(block.data() + skip), block.size() - skip};
  }
  ssize_t n = loop_.network().Send(s.socket, std::span(parts).first(count));
  if (n > 0) output.Sent(static_cast<std::size_t>(n));
  return n;
}

// Only peers that do not read are counted, and each of their blocks once: others pay nothing.
void Sockets::CountStalled(std::uint32_t slot) {
  Slot& s = At(slot);
  Output& output = *s.output;
  while (output.counted < output.blocks.size()) {
    output.own_bytes += output.blocks[output.counted++].own_bytes();
  }
  std::size_t now = output.own_bytes + (output.sealed.empty() ? 0 : output.sealed.capacity());
  if (output.share.Hold(*options_.stalled_bytes, now)) return;
  s.flags |= kAbort;
  Die(slot, CloseCause::kWriteStalled);
}

bool Sockets::Flush(std::uint32_t slot) {
  Slot& s = At(slot);
  // More was queued, but the kernel has no room yet: a try would cost a call for each stalled peer.
  if ((s.flags & (kWantsWrite | kMayWrite)) == kWantsWrite) {
    if (s.output) CountStalled(slot);
    return false;
  }
  Clear(s, kMayWrite);
  bool waits_for_handshake = false;
  if (s.filter && IsLast(s) && !(s.flags & kEndSealed)) OutputOf(s);
  while (s.output) {
    Output& output = *s.output;
    if (s.filter && !SealQueued(slot)) {
      waits_for_handshake = !output.empty();
      if (!waits_for_handshake) DropOutput(s);
      break;
    }
    ssize_t n = s.filter ? SendSealed(s, output) : SendPlain(s, output);
    if (n < 0 && n != -EAGAIN) {
      Die(slot, CloseCause::kPeer);
      return false;
    }
    if (output.empty()) {
      DropOutput(s);
      break;
    }
    if (n > 0 || output.stalled_at == kNever) {
      output.stalled_at = TicksFromNow(options_.write_stall_seconds);
      SweepBy(output.stalled_at);
    }
    if (n == -EAGAIN) {
      if (!(s.flags & kWantsWrite)) {
        s.flags |= kWantsWrite;
        UpdateWatch(slot);
      }
      output.counted = output.first;
      output.own_bytes = 0;
      CountStalled(slot);
      return false;
    }
  }
  if (s.flags & kWantsWrite) {
    Clear(s, kWantsWrite);
    UpdateWatch(slot);
  }
  return !waits_for_handshake;
}

}  // namespace gatehouse::net
