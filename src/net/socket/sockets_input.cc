// What arrives at a socket: receiving, offering to the protocol, keeping the rest.
#include "net/socket/sockets.h"
#include "net/socket/sockets_buffers.h"

namespace gatehouse::net {

void Sockets::OnReady(std::uint32_t slot, std::uint32_t readiness) {
  Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;  // closed earlier in this turn
  if (s.phase == Phase::kConnecting) {
    int error = loop_.network().TakeError(s.socket);
    if ((readiness & kBroken) != 0 || error != 0) {
      s.error = static_cast<std::int16_t>(error);
      return Die(slot, CloseCause::kPeer);
    }
    s.phase = Phase::kOpen;
    UpdateWatch(slot);
    return s.protocol->OnConnected(slot);
  }
  if (readiness & kWritable) {
    s.flags |= kMayWrite;
    MarkDirty(slot);
  }
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
  if (s.filter) {
    Unseal(slot, {bytes.data(), bytes.size()});
  } else {
    Arrived(slot, bytes);
  }
}

void Sockets::Arrived(std::uint32_t slot, std::span<char> bytes) {
  Slot& s = At(slot);
  if (s.flags & kPaused) return Keep(slot, {bytes.data(), bytes.size()});
  if (!s.input) return Offer(slot, bytes);
  s.input->Append({bytes.data(), bytes.size()});
  OfferKept(slot);
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
    const Filter* filter = s.filter;
    s.flags |= kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, bytes);
    Clear(s, kReceiving);
    bytes = bytes.subspan(consumed);
    if (s.filter != filter) return Unseal(slot, {bytes.data(), bytes.size()});
    if (s.protocol == protocol) break;  // else the next one takes the rest
  }
  if (!bytes.empty()) Keep(slot, {bytes.data(), bytes.size()});
}

void Sockets::OfferKept(std::uint32_t slot) {
  Slot& s = At(slot);
  Clear(s, kResumed);
  while (s.phase == Phase::kOpen && s.input) {
    Protocol* protocol = s.protocol;
    const Filter* filter = s.filter;
    s.flags |= kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, s.input->span());
    Clear(s, kReceiving);
    s.input->Consume(consumed);
    if (s.input->size == 0) DropInput(s);
    if (s.filter != filter) return UnsealKept(slot);
    if (s.protocol == protocol) break;
  }
  CountInput(slot);
  bool end_is_due = (s.flags & kEndHeld) != 0 && (s.flags & kPaused) == 0;
  if (!end_is_due || s.phase != Phase::kOpen) return;
  Clear(s, kEndHeld);
  EndOfInput(slot);
}

void Sockets::Keep(std::uint32_t slot, std::string_view bytes) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen) return;
  if (!s.input) s.input = new Input;
  s.input->Append(bytes);
  CountInput(slot);
}

// What a closing socket did not consume is of no interest.
void Sockets::CountInput(std::uint32_t slot) {
  Slot& s = At(slot);
  if (!s.input) return;
  if (s.phase != Phase::kOpen) return DropInput(s);
  base::SharedBound* bound = s.protocol->input_bound();
  if (!bound || s.input->share.Hold(*bound, s.input->bytes.capacity())) return;
  s.protocol->OnInputRefused(slot);
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
  s.flags |= kPaused;
  Clear(s, kResumed);
  UpdateWatch(slot);
}

void Sockets::ResumeReading(std::uint32_t slot) {
  Slot& s = At(slot);
  if (!(s.flags & kPaused)) return;
  Clear(s, kPaused);
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
  loop_.Watch(source_, slot, s.socket, readiness, s.generation);
}

}  // namespace gatehouse::net
