#include "net/socket/sockets.h"

#include <utility>

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
    : options_(WithStalledBytes(std::move(options))),
      slots_(loop, *this),
      output_(slots_, deadlines_, filters_, options_.write_stall_seconds, options_.stalled_bytes) {
  loop.AddTurnEnd(*this);
}

Sockets::~Sockets() {
  for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) {
    SocketSlot& s = slots_.At(slot);
    if (s.phase == SocketPhase::kFree) continue;
    s.phase = SocketPhase::kDead;
    Release(slot);
  }
}

std::optional<SocketRef> Sockets::Adopt(int socket, const Address& peer, Protocol& protocol) {
  if (open_count() >= options_.sockets_max + options_.crowd_max + options_.own_max) {
    loop().network().Close(socket, true);
    return std::nullopt;
  }
  std::uint32_t slot = slots_.New(socket, peer, protocol, SocketPhase::kOpen);
  slots_.UpdateWatch(slot);
  return slots_.Ref(slot);
}

Result<SocketRef> Sockets::Connect(const Address& peer, Protocol& protocol) {
  Result<int> socket = loop().network().Connect(peer);
  if (!socket) return socket.error();
  std::uint32_t slot = slots_.New(*socket, peer, protocol, SocketPhase::kConnecting);
  slots_.UpdateWatch(slot);
  return slots_.Ref(slot);
}

void Sockets::Release(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  s.protocol->OnClosed(slot, s.cause);
  Free(slot);
}

void Sockets::Free(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  loop().network().Close(s.socket, (s.flags & SocketSlot::kAbort) != 0);
  SocketInput::Drop(s);
  output_.Drop(s);
  delete std::exchange(s.filter, nullptr);
  slots_.Free(slot);
}

void Sockets::SetProtocol(std::uint32_t slot, Protocol& protocol) {
  SocketSlot& s = slots_.At(slot);
  s.protocol = &protocol;
  s.state = nullptr;
  s.mark = 0;
  s.deadline = SocketSlot::kNever;
  s.Clear(SocketSlot::kDrain);
  input_.OnNewProtocol(slot);
}

std::size_t Sockets::memory_bytes(std::uint32_t slot) const {
  const SocketSlot& s = slots_.At(slot);
  return SocketInput::MemoryOf(s) + SocketOutput::MemoryOf(s);
}

bool Sockets::EndedCleanly(std::uint32_t slot) const {
  const SocketSlot& s = slots_.At(slot);
  return !s.filter || s.filter->state() == Filter::State::kEnded;
}

std::string Sockets::filter_error(std::uint32_t slot) const {
  const SocketSlot& s = slots_.At(slot);
  return s.filter ? s.filter->error() : std::string();
}

void Sockets::OnReady(std::uint32_t slot, std::uint32_t readiness) {
  SocketSlot& s = slots_.At(slot);
  if (s.IsGone()) return;  // closed earlier in this turn
  if (s.phase == SocketPhase::kConnecting) {
    int error = loop().network().TakeError(s.socket);
    if ((readiness & kBroken) != 0 || error != 0) {
      s.error = static_cast<std::int16_t>(error);
      return slots_.Die(slot, CloseCause::kPeer);
    }
    s.phase = SocketPhase::kOpen;
    slots_.UpdateWatch(slot);
    return s.protocol->OnConnected(slot);
  }
  if (readiness & kWritable) {
    s.flags |= SocketSlot::kMayWrite;
    slots_.MarkDirty(slot);
  }
  if (readiness & kReadable) {
    if (s.flags & SocketSlot::kResumed) return;  // readable it stays
    if (s.IsOpen() && !(s.flags & (SocketSlot::kPaused | SocketSlot::kEnded))) {
      input_.Receive(slot);
    } else {
      input_.ReceiveAndForget(slot);
    }
  } else if (readiness & kBroken) {
    slots_.Die(slot, CloseCause::kPeer);
  }
}

bool Sockets::OnTurnEnd() {
  input_.OfferResumed();
  slots_.FinishDirty([this](std::uint32_t slot) { Finish(slot); });
  output_.EndTurn();
  return slots_.HasDirty() || input_.HasResumed();
}

void Sockets::Finish(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.phase == SocketPhase::kDead) return Release(slot);
  if (s.phase == SocketPhase::kFree || s.phase == SocketPhase::kConnecting) return;
  bool done = output_.Flush(slot);
  if (s.phase == SocketPhase::kDead) return Release(slot);
  if (done && s.IsOpen() &&
      (s.flags & (SocketSlot::kEndsOutput | SocketSlot::kOutputEnded)) == SocketSlot::kEndsOutput) {
    s.flags |= SocketSlot::kOutputEnded;
    loop().network().ShutdownWrite(s.socket);
  }
  if (done && s.IsOpen() && (s.flags & SocketSlot::kDrain)) {
    s.Clear(SocketSlot::kDrain);
    s.protocol->OnDrained(slot);
  }
  if (!done || s.phase != SocketPhase::kFlushing) return;
  if (s.flags & SocketSlot::kEnded) {
    s.phase = SocketPhase::kDead;
    return Release(slot);
  }
  loop().network().ShutdownWrite(s.socket);
  s.phase = SocketPhase::kLingering;
  deadlines_.SetLinger(slot, options_.linger_seconds);
  slots_.UpdateWatch(slot);
}

// ---- Ends ----

void Sockets::EndOutput(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (!s.IsOpen()) return;
  s.flags |= SocketSlot::kEndsOutput;
  slots_.MarkDirty(slot);
}

void Sockets::Close(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.phase == SocketPhase::kConnecting) return Abort(slot);
  if (!s.IsOpen()) return;
  if (!(s.flags & SocketSlot::kReceiving)) SocketInput::Drop(s);
  slots_.BeginFlushing(slot, CloseCause::kRequested);
}

void Sockets::CloseIdle(std::uint32_t slot) {
  if (slots_.At(slot).phase != SocketPhase::kOpen || slots_.At(slot).output) return Close(slot);
  slots_.Die(slot, CloseCause::kRequested);
}

void Sockets::Abort(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.IsGone()) return;
  s.flags |= SocketSlot::kAbort;
  slots_.Die(slot, CloseCause::kRequested);
}

}  // namespace gatehouse::net
