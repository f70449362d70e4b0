#include "net/socket/socket_input.h"

#include "net/socket/socket_buffers.h"
#include "net/socket/socket_filters.h"

namespace gatehouse::net {

std::size_t SocketInput::MemoryOf(const SocketSlot& s) {
  return s.input ? sizeof(InputBuffer) + s.input->bytes.capacity() : 0;
}

void SocketInput::OfferResumed() {
  std::vector<SocketRef> resumed;
  resumed.swap(resumed_);
  for (SocketRef ref : resumed) {
    bool reads = slots_.IsOpen(ref) && !(slots_.At(ref.slot).flags & SocketSlot::kPaused);
    if (reads) OfferKept(ref.slot);
  }
}

void SocketInput::OnNewProtocol(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.input) {
    s.input->share.Release();  // the next one's, once it has seen it
    s.flags |= SocketSlot::kResumed;
  }
  resumed_.push_back(slots_.Ref(slot));
  slots_.MarkDirty(slot);
}

void SocketInput::Receive(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  std::span<char> buffer(receive_buffer_.get(), kReceiveBytes);
  ssize_t n = slots_.loop().network().Receive(s.socket, buffer);
  if (n == -EAGAIN) return;
  if (n < 0) return slots_.Die(slot, CloseCause::kPeer);
  if (n == 0) return EndOfInput(slot);
  std::span<char> bytes = buffer.first(static_cast<std::size_t>(n));
  if (s.filter) {
    filters_.Unseal(slot, {bytes.data(), bytes.size()});
  } else {
    Arrived(slot, bytes);
  }
}

void SocketInput::Arrived(std::uint32_t slot, std::span<char> bytes) {
  SocketSlot& s = slots_.At(slot);
  if (s.flags & SocketSlot::kPaused) return Keep(slot, {bytes.data(), bytes.size()});
  if (!s.input) return Offer(slot, bytes);
  s.input->Append({bytes.data(), bytes.size()});
  OfferKept(slot);
}

void SocketInput::EndOfInput(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  s.flags |= SocketSlot::kEnded;
  slots_.UpdateWatch(slot);
  s.protocol->OnEnd(slot);
}

void SocketInput::Offer(std::uint32_t slot, std::span<char> bytes) {
  while (!bytes.empty()) {
    SocketSlot& s = slots_.At(slot);
    if (!s.IsOpen()) return;  // closing: the rest is of no interest
    Protocol* protocol = s.protocol;
    const Filter* filter = s.filter;
    s.flags |= SocketSlot::kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, bytes);
    s.Clear(SocketSlot::kReceiving);
    bytes = bytes.subspan(consumed);
    if (s.filter != filter) return filters_.Unseal(slot, {bytes.data(), bytes.size()});
    if (s.protocol == protocol) break;  // else the next one takes the rest
  }
  if (!bytes.empty()) Keep(slot, {bytes.data(), bytes.size()});
}

void SocketInput::OfferKept(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  s.Clear(SocketSlot::kResumed);
  while (s.IsOpen() && s.input) {
    Protocol* protocol = s.protocol;
    const Filter* filter = s.filter;
    s.flags |= SocketSlot::kReceiving;
    std::size_t consumed = protocol->OnBytes(slot, s.input->span());
    s.Clear(SocketSlot::kReceiving);
    s.input->Consume(consumed);
    if (s.input->size == 0) Drop(s);
    if (s.filter != filter) return filters_.UnsealKept(slot);
    if (s.protocol == protocol) break;
  }
  Count(slot);
  bool end_is_due = (s.flags & SocketSlot::kEndHeld) != 0 && (s.flags & SocketSlot::kPaused) == 0;
  if (!end_is_due || !s.IsOpen()) return;
  s.Clear(SocketSlot::kEndHeld);
  EndOfInput(slot);
}

void SocketInput::Keep(std::uint32_t slot, std::string_view bytes) {
  SocketSlot& s = slots_.At(slot);
  if (!s.IsOpen()) return;
  if (!s.input) s.input = new InputBuffer;
  s.input->Append(bytes);
  Count(slot);
}

// What a closing socket did not consume is of no interest.
void SocketInput::Count(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (!s.input) return;
  if (!s.IsOpen()) return Drop(s);
  base::SharedBound* bound = s.protocol->input_bound();
  if (!bound || s.input->share.Hold(*bound, s.input->bytes.capacity())) return;
  s.protocol->OnInputRefused(slot);
}

void SocketInput::Drop(SocketSlot& s) {
  delete s.input;
  s.input = nullptr;
}

// While a socket closes, or its protocol waits for the peer to go, input only tells the end.
void SocketInput::ReceiveAndForget(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.flags & SocketSlot::kEnded) return;
  if (s.IsOpen()) return;  // paused in this very turn
  ssize_t n = slots_.loop().network().Receive(s.socket, {receive_buffer_.get(), kReceiveBytes});
  if (n > 0 || n == -EAGAIN) return;
  if (n < 0 || s.phase == SocketPhase::kLingering) return slots_.Die(slot, CloseCause::kPeer);
  s.flags |= SocketSlot::kEnded;
  slots_.UpdateWatch(slot);
}

void SocketInput::Pause(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (s.flags & SocketSlot::kPaused) return;
  s.flags |= SocketSlot::kPaused;
  s.Clear(SocketSlot::kResumed);
  slots_.UpdateWatch(slot);
}

void SocketInput::Resume(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (!(s.flags & SocketSlot::kPaused)) return;
  s.Clear(SocketSlot::kPaused);
  if (s.input) s.flags |= SocketSlot::kResumed;
  slots_.UpdateWatch(slot);
  resumed_.push_back(slots_.Ref(slot));
  slots_.MarkDirty(slot);
}

}  // namespace gatehouse::net
