#include "net/sockets.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>

#include "base/check.h"

namespace gatehouse::net {
namespace {

constexpr double kTicksPerSecond = 10;
constexpr std::uint32_t kSweepTicks = 5;  // sweeps are at least half a second apart
constexpr std::size_t kSpareOutputsMax = 1024;
constexpr std::size_t kPartsMax = 64;  // of one write
constexpr std::size_t kSmallBlockBytes = 512;

}  // namespace

// Bytes with kReceivePadding behind them.
struct Sockets::Input {
  std::vector<char> bytes;
  std::size_t size = 0;

  std::span<char> span() { return std::span(bytes).first(size); }
  void Append(std::string_view more) {
    if (bytes.size() < size + more.size() + kReceivePadding) {
      bytes.resize(std::max(size + more.size(), 2 * size) + kReceivePadding);
    }
    std::copy(more.begin(), more.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    size += more.size();
  }
  void Consume(std::size_t n) {
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(n),
              bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin());
    size -= n;
  }
};

// Blocks to send, the first from `offset` on. Shared blocks are referenced, never copied; small
// private writes of one turn share a block.
struct Sockets::Output {
  std::vector<base::SharedBytes> blocks;
  std::size_t first = 0;              // blocks before it have been sent
  std::size_t offset = 0;             // bytes of blocks[first] that have been sent
  std::size_t bytes = 0;              // waiting
  std::uint32_t stalled_at = kNever;  // tick at which no progress becomes an abort

  void Sent(std::size_t n) {
    bytes -= n;
    offset += n;
    while (first < blocks.size() && offset >= blocks[first].size()) {
      offset -= blocks[first].size();
      blocks[first++] = {};
    }
    if (first >= kPartsMax) {  // a long queue that shrinks: do not keep what was sent
      blocks.erase(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(first));
      first = 0;
    }
  }
  void Reset() {
    blocks.clear();
    first = offset = bytes = 0;
    stalled_at = kNever;
  }
};

Sockets::Sockets(Loop& loop, SocketOptions options)
    : loop_(loop),
      options_(options),
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

std::optional<SocketRef> Sockets::Adopt(int socket, const Address& peer, Protocol& protocol) {
  if (open_count_ >= options_.sockets_max) {
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
  s.socket = -1;
  s.phase = Phase::kFree;
  s.protocol = nullptr;
  s.state = nullptr;
  s.deadline = s.age = kNever;
  peers_[slot / kPageSlots][slot % kPageSlots] = Address{};
  free_slots_.push_back(slot);
  --open_count_;
}

bool Sockets::IsOpen(SocketRef ref) const {
  if (ref.slot >= slots_used_) return false;
  const Slot& s = At(ref.slot);
  return s.generation == ref.generation && s.phase == Phase::kOpen;
}

SocketRef Sockets::Ref(std::uint32_t slot) const { return {slot, At(slot).generation}; }

const Address& Sockets::peer(std::uint32_t slot) const {
  return peers_[slot / kPageSlots][slot % kPageSlots];
}

void* Sockets::state(std::uint32_t slot) const { return At(slot).state; }
void Sockets::set_state(std::uint32_t slot, void* state) { At(slot).state = state; }
std::uint8_t& Sockets::mark(std::uint32_t slot) { return At(slot).mark; }

void Sockets::SetProtocol(std::uint32_t slot, Protocol& protocol) {
  Slot& s = At(slot);
  s.protocol = &protocol;
  s.state = nullptr;
  s.mark = 0;
  s.deadline = kNever;
  s.flags = static_cast<std::uint8_t>(s.flags & ~kDrain);
  if (s.input) s.flags |= kResumed;
  resumed_.push_back(Ref(slot));
  MarkDirty(slot);
}

// ---- Input ----

void Sockets::OnReady(std::uint32_t slot, std::uint32_t readiness) {
  Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;  // closed earlier in this turn
  if (s.phase == Phase::kConnecting) {
    if ((readiness & kBroken) != 0 || loop_.network().TakeError(s.socket) != 0) {
      return Die(slot, CloseCause::kPeer);
    }
    s.phase = Phase::kOpen;
    UpdateWatch(slot);
    return s.protocol->OnConnected(slot);
  }
  if (readiness & kWritable) MarkDirty(slot);
  if (readiness & kReadable) {
    if (s.flags & kResumed) return;  // readable it stays
    if (s.phase == Phase::kOpen && !(s.flags & (kPaused | kEnded))) {
      Receive(slot);
    } else {
      ReceiveAndForget(slot);
    }
  } else if (readiness & kBroken) {
    Die(slot, CloseCause::kPeer);
  }
}

void Sockets::Receive(std::uint32_t slot) {
  Slot& s = At(slot);
  std::span<char> buffer(receive_buffer_.get(), kReceiveBytes);
  ssize_t n = loop_.network().Receive(s.socket, buffer);
  if (n == -EAGAIN) return;
  if (n < 0) return Die(slot, CloseCause::kPeer);
  if (n == 0) return EndOfInput(slot);
  std::span<char> bytes = buffer.first(static_cast<std::size_t>(n));
  if (s.input) {
    s.input->Append({bytes.data(), bytes.size()});
    OfferKept(slot);
  } else {
    Offer(slot, bytes);
  }
}

void Sockets::EndOfInput(std::uint32_t slot) {
  Slot& s = At(slot);
  s.flags |= kEnded;
  UpdateWatch(slot);
  s.protocol->OnEnd(slot);
}

void Sockets::Offer(std::uint32_t slot, std::span<char> bytes) {
  while (!bytes.empty()) {
    Slot& s = At(slot);
    if (s.phase != Phase::kOpen) return;  // closing: the rest is of no interest
    Protocol* protocol = s.protocol;
    s.flags |= kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, bytes);
    s.flags = static_cast<std::uint8_t>(s.flags & ~kReceiving);
    bytes = bytes.subspan(consumed);
    if (s.protocol == protocol) break;  // else the next one takes the rest
  }
  if (!bytes.empty()) Keep(slot, {bytes.data(), bytes.size()});
}

void Sockets::OfferKept(std::uint32_t slot) {
  Slot& s = At(slot);
  s.flags = static_cast<std::uint8_t>(s.flags & ~kResumed);
  while (s.phase == Phase::kOpen && s.input) {
    Protocol* protocol = s.protocol;
    s.flags |= kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, s.input->span());
    s.flags = static_cast<std::uint8_t>(s.flags & ~kReceiving);
    s.input->Consume(consumed);
    if (s.input->size == 0) DropInput(s);
    if (s.protocol == protocol) break;
  }
}

void Sockets::Keep(std::uint32_t slot, std::string_view bytes) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen) return;
  if (!s.input) s.input = new Input;
  s.input->Append(bytes);
}

void Sockets::DropInput(Slot& s) {
  delete s.input;
  s.input = nullptr;
}

// While a socket closes, or its protocol waits for the peer to go, input only tells the end.
void Sockets::ReceiveAndForget(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.flags & kEnded) return;
  if (s.phase == Phase::kOpen) return;  // paused in this very turn
  ssize_t n = loop_.network().Receive(s.socket, {receive_buffer_.get(), kReceiveBytes});
  if (n > 0 || n == -EAGAIN) return;
  if (n < 0 || s.phase == Phase::kLingering) return Die(slot, CloseCause::kPeer);
  s.flags |= kEnded;
  UpdateWatch(slot);
}

void Sockets::PauseReading(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.flags & kPaused) return;
  s.flags = static_cast<std::uint8_t>((s.flags | kPaused) & ~kResumed);
  UpdateWatch(slot);
}

void Sockets::ResumeReading(std::uint32_t slot) {
  Slot& s = At(slot);
  if (!(s.flags & kPaused)) return;
  s.flags = static_cast<std::uint8_t>(s.flags & ~kPaused);
  if (s.input) s.flags |= kResumed;
  UpdateWatch(slot);
  resumed_.push_back(Ref(slot));
  MarkDirty(slot);
}

void Sockets::UpdateWatch(std::uint32_t slot) {
  const Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;
  std::uint32_t readiness = 0;
  bool reads = s.phase == Phase::kOpen ? !(s.flags & kPaused) : s.phase != Phase::kConnecting;
  if (reads && !(s.flags & kEnded)) readiness |= kReadable;
  if (s.phase == Phase::kConnecting || (s.flags & kWantsWrite)) readiness |= kWritable;
  loop_.Watch(source_, slot, s.socket, readiness);
}

// ---- Output ----

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
  bool large = output->blocks.capacity() > kPartsMax;
  if (large || spare_outputs_.size() >= kSpareOutputsMax) return;
  output->Reset();
  spare_outputs_.push_back(std::move(output));
}

void Sockets::Send(std::uint32_t slot, std::string_view bytes) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen || bytes.empty()) return;
  Output& output = OutputOf(s);
  bool started = output.first + 1 == output.blocks.size() && output.offset > 0;
  if (output.blocks.empty() || started || !output.blocks.back().TryAppend(bytes)) {
    auto block = base::SharedBytes::WithCapacity(std::max(bytes.size(), kSmallBlockBytes));
    CHECK(block.TryAppend(bytes));
    output.blocks.push_back(std::move(block));
  }
  output.bytes += bytes.size();
  MarkDirty(slot);
}

void Sockets::SendShared(std::uint32_t slot, const base::SharedBytes& bytes) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen || bytes.size() == 0) return;
  Output& output = OutputOf(s);
  // A long queue of small frames would cost more in references than in bytes.
  bool is_long = output.blocks.size() - output.first >= kPartsMax;
  if (is_long && bytes.size() < kSmallBlockBytes) return Send(slot, bytes.view());
  output.blocks.push_back(bytes);
  output.bytes += bytes.size();
  MarkDirty(slot);
}

std::size_t Sockets::queued_bytes(std::uint32_t slot) const {
  const Slot& s = At(slot);
  return s.output ? s.output->bytes : 0;
}

void Sockets::NotifyDrained(std::uint32_t slot) {
  At(slot).flags |= kDrain;
  MarkDirty(slot);
}

std::size_t Sockets::memory_bytes(std::uint32_t slot) const {
  const Slot& s = At(slot);
  std::size_t input = s.input ? sizeof(Input) + s.input->bytes.capacity() : 0;
  return input + (s.output ? sizeof(Output) + s.output->bytes : 0);
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
      At(slot).flags = static_cast<std::uint8_t>(At(slot).flags & ~kDirty);
      Finish(slot);
    }
  }
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
  if (done && s.phase == Phase::kOpen && (s.flags & kDrain)) {
    s.flags = static_cast<std::uint8_t>(s.flags & ~kDrain);
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

bool Sockets::Flush(std::uint32_t slot) {
  Slot& s = At(slot);
  while (s.output) {
    Output& output = *s.output;
    std::array<iovec, kPartsMax> parts;
    std::size_t count = 0;
    for (std::size_t i = output.first; i < output.blocks.size() && count < kPartsMax; ++i) {
      const base::SharedBytes& block = output.blocks[i];
      std::size_t skip = count == 0 ? output.offset : 0;
      parts[count++] = {const_cast<char*>(block.data() + skip), block.size() - skip};
    }
    ssize_t n = loop_.network().Send(s.socket, std::span(parts).first(count));
    if (n < 0 && n != -EAGAIN) {
      Die(slot, CloseCause::kPeer);
      return false;
    }
    std::size_t sent = n > 0 ? static_cast<std::size_t>(n) : 0;
    output.Sent(sent);
    if (output.bytes == 0) {
      DropOutput(s);
      break;
    }
    if (sent > 0 || output.stalled_at == kNever) {
      output.stalled_at = TicksFromNow(options_.write_stall_seconds);
      SweepBy(output.stalled_at);
    }
    if (n == -EAGAIN) {
      if (!(s.flags & kWantsWrite)) {
        s.flags |= kWantsWrite;
        UpdateWatch(slot);
      }
      return false;
    }
  }
  if (s.flags & kWantsWrite) {
    s.flags = static_cast<std::uint8_t>(s.flags & ~kWantsWrite);
    UpdateWatch(slot);
  }
  return true;
}

// ---- Ends ----

void Sockets::Close(std::uint32_t slot) {
  Slot& s = At(slot);
  if (s.phase == Phase::kConnecting) return Abort(slot);
  if (s.phase != Phase::kOpen) return;
  s.phase = Phase::kFlushing;
  s.cause = CloseCause::kRequested;
  s.deadline = s.age = kNever;
  if (!(s.flags & kReceiving)) DropInput(s);
  s.flags = static_cast<std::uint8_t>(s.flags & ~kPaused);
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

// ---- Deadlines ----

std::uint32_t Sockets::Ticks() const {
  double seconds = std::chrono::duration<double>(loop_.Now()).count();
  return static_cast<std::uint32_t>(seconds * kTicksPerSecond);
}

std::uint32_t Sockets::TicksFromNow(double seconds) const {
  return Ticks() + 1 + static_cast<std::uint32_t>(std::ceil(seconds * kTicksPerSecond));
}

void Sockets::SetDeadline(std::uint32_t slot, double seconds) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen && s.phase != Phase::kConnecting) return;
  s.deadline = seconds > 0 ? TicksFromNow(seconds) : kNever;
  SweepBy(s.deadline);
}

void Sockets::SetAge(std::uint32_t slot, double seconds) {
  Slot& s = At(slot);
  s.age = TicksFromNow(seconds);
  SweepBy(s.age);
}

// Arms the sweep for that tick unless one is due before. Deadlines move later far more often than
// they fire, so a sweep may find nothing and arm the next one for what it saw.
void Sockets::SweepBy(std::uint32_t ticks) {
  if (ticks >= sweep_at_) return;
  if (sweep_at_ != kNever) loop_.Cancel(sweep_timer_);
  sweep_at_ = ticks;
  std::uint32_t now = Ticks();
  double seconds = ticks > now ? (ticks - now) / kTicksPerSecond : 0;
  auto delay =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  sweep_timer_ = loop_.After(delay, [this] { Sweep(); });
}

void Sockets::Sweep() {
  sweep_at_ = kNever;
  std::uint32_t now = Ticks();
  std::uint32_t next = kNever;
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) SweepSlot(slot, now, next);
  if (next != kNever) SweepBy(std::max(next, now + kSweepTicks));
}

void Sockets::SweepSlot(std::uint32_t slot, std::uint32_t now, std::uint32_t& next) {
  Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;
  if (s.output && s.output->stalled_at <= now) {
    s.flags |= kAbort;
    return Die(slot, CloseCause::kWriteStalled);
  }
  if (s.deadline <= now) {
    s.deadline = kNever;
    if (s.phase == Phase::kOpen) {
      s.protocol->OnDeadline(slot);
    } else {  // lingered long enough, or the connection did not come about
      return Die(slot, CloseCause::kPeer);
    }
  }
  if (s.age <= now) {
    s.age = kNever;
    s.protocol->OnAge(slot);
  }
  next = std::min({next, s.deadline, s.age, s.output ? s.output->stalled_at : kNever});
}

}  // namespace gatehouse::net
