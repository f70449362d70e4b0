#include "net/socket/socket_filters.h"

#include <utility>

#include "base/check.h"
#include "net/socket/socket_buffers.h"
#include "net/socket/socket_input.h"
#include "net/socket/socket_output.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // TLS: the most one record holds
constexpr std::size_t kSealBytes = 64 * 1024;    // per write, about

}  // namespace

void SocketFilters::Recycle(std::string& sealed) {
  if (!sealed_.empty() || sealed_.capacity() >= sealed.capacity()) return;
  sealed.clear();
  sealed_.swap(sealed);
}

void SocketFilters::Set(std::uint32_t slot, std::unique_ptr<Filter> filter) {
  SocketSlot& s = slots_.At(slot);
  CHECK(!s.filter && filter);
  if (!plain_buffer_) {
    plain_buffer_ =
        std::make_unique<char[]>(kReceiveBytes + Filter::kHeldBytesMax + kReceivePadding);
  }
  if (s.output) s.output->PassUnsealed();
  s.filter = filter.release();
  s.filter->Start(sealed_);
  QueueSealed(slot);
  if (s.filter->state() == Filter::State::kFailed) Fail(slot);
}

// ---- What arrives ----

void SocketFilters::Unseal(std::uint32_t slot, std::string_view bytes) {
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, kReceiveBytes);
    bytes.remove_prefix(part.size());
    if (!UnsealPart(slot, part)) return;
  }
}

// False: what follows is of no interest.
bool SocketFilters::UnsealPart(std::uint32_t slot, std::string_view bytes) {
  using State = Filter::State;
  SocketSlot& s = slots_.At(slot);
  if (!s.IsOpen() || (s.flags & (SocketSlot::kEnded | SocketSlot::kEndHeld))) return false;
  bool was_secured = s.filter->is_secured();
  std::span<char> plain(plain_buffer_.get(), kReceiveBytes + Filter::kHeldBytesMax);
  std::size_t size = s.filter->Unseal(bytes, plain, sealed_);
  State state = s.filter->state();
  QueueSealed(slot);
  if (!was_secured && s.filter->is_secured()) {
    if (s.output) slots_.MarkDirty(slot);  // what was sent before can be sealed now
    s.protocol->OnSecured(slot);
  }
  if (size > 0 && s.IsOpen()) input_.Arrived(slot, plain.first(size));
  if (!s.IsOpen()) return false;
  if (state == State::kFailed) Fail(slot);
  if (state == State::kEnded) {
    if (s.flags & SocketSlot::kPaused) {
      s.flags |= SocketSlot::kEndHeld;
    } else {
      input_.EndOfInput(slot);
    }
  }
  return state == State::kOpen || state == State::kHandshake;
}

// Kept input that arrived before the filter was set.
void SocketFilters::UnsealKept(std::uint32_t slot) {
  std::unique_ptr<InputBuffer> kept(std::exchange(slots_.At(slot).input, nullptr));
  if (kept) Unseal(slot, {kept->bytes.data(), kept->size});
}

// The peer gets the alert that the filter left, the protocol hears of it when the socket ends.
void SocketFilters::Fail(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  if (!s.IsOpen()) return;
  SocketInput::Drop(s);
  slots_.BeginFlushing(slot, CloseCause::kFilter);
}

// ---- What leaves ----

void SocketFilters::QueueSealed(std::uint32_t slot) {
  if (sealed_.empty()) return;
  OutputQueue& output = output_.QueueOf(slots_.At(slot));
  if (output.sealed.empty()) {
    output.sealed.swap(sealed_);
  } else {
    output.sealed += sealed_;
    sealed_.clear();
  }
  slots_.MarkDirty(slot);
}

bool SocketFilters::SealQueued(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  OutputQueue& output = *s.output;
  Filter::State state = s.filter->state();
  if (state == Filter::State::kHandshake || state == Filter::State::kFailed) {
    if (!s.IsOpen()) output.DropPlain();  // it can never leave
    return !output.sealed.empty();
  }
  if (output.sealed_sent > 0) return true;
  if (output.sealed.empty()) output.sealed.swap(sealed_);
  while (output.bytes > 0 && output.sealed.size() < kSealBytes) {
    if (!SealRecord(s, output)) {
      output.DropPlain();
      Fail(slot);
      return !output.sealed.empty();
    }
  }
  if (output.bytes == 0 && s.IsLast() && !(s.flags & SocketSlot::kEndSealed)) {
    s.flags |= SocketSlot::kEndSealed;
    s.filter->End(output.sealed);
  }
  return !output.sealed.empty();
}

// Small blocks share a record; large ones are sealed where they lie.
bool SocketFilters::SealRecord(SocketSlot& s, OutputQueue& output) {
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

ssize_t SocketFilters::SendSealed(SocketSlot& s, OutputQueue& output) {
  iovec part{output.sealed.data() + output.sealed_sent, output.sealed.size() - output.sealed_sent};
  ssize_t n = slots_.loop().network().Send(s.socket, {&part, 1});
  if (n <= 0) return n;
  output.sealed_sent += static_cast<std::size_t>(n);
  if (output.sealed_sent == output.sealed.size()) {
    output.sealed.clear();
    output.sealed_sent = 0;
  }
  return n;
}

}  // namespace gatehouse::net
