#include "net/socket/socket_output.h"

#include <array>
#include <cerrno>

#include "base/check.h"
#include "net/socket/socket_buffers.h"
#include "net/socket/socket_deadlines.h"
#include "net/socket/socket_filters.h"

namespace gatehouse::net {
namespace {

// 16,384 measured 10 % slower at 10,000 sockets: more memory is walked than caches hold.
constexpr std::size_t kSpareOutputsMax = 1024;

}  // namespace

SocketOutput::SocketOutput(SocketSlots& slots, SocketDeadlines& deadlines, SocketFilters& filters,
                           std::uint32_t write_stall_seconds,
                           std::shared_ptr<base::SharedBound> stalled_bytes)
    : slots_(slots),
      deadlines_(deadlines),
      filters_(filters),
      write_stall_seconds_(write_stall_seconds),
      stalled_bytes_(std::move(stalled_bytes)) {}

SocketOutput::~SocketOutput() = default;

void SocketOutput::EndTurn() { batch_.reset(); }

OutputQueue& SocketOutput::QueueOf(SocketSlot& s) {
  if (!s.output) {
    if (spare_outputs_.empty()) {
      s.output = new OutputQueue;
    } else {
      s.output = spare_outputs_.back().release();
      spare_outputs_.pop_back();
    }
  }
  return *s.output;
}

// Flattened, as each delivery of a broadcast passes here: calls were 2 % of it.
[[gnu::flatten]] void SocketOutput::Drop(SocketSlot& s) {
  if (!s.output) return;
  std::unique_ptr<OutputQueue> output(std::exchange(s.output, nullptr));
  if (s.filter) filters_.Recycle(output->sealed);
  bool large = output->blocks.capacity() > kWritePartsMax;
  if (large || spare_outputs_.size() >= kSpareOutputsMax) return;
  output->Reset();
  spare_outputs_.push_back(std::move(output));
}

[[gnu::flatten]] void SocketOutput::Send(std::uint32_t slot, std::string_view head,
                                         std::string_view body) {
  SocketSlot& s = slots_.At(slot);
  std::size_t size = head.size() + body.size();
  if (!s.IsOpen() || size == 0 || (s.flags & SocketSlot::kEndsOutput)) return;
  OutputQueue& output = QueueOf(s);
  base::SharedBytes& block = output.BlockFor(size);
  CHECK(block.TryAppend(head) && block.TryAppend(body));
  output.bytes += size;
  output.is_shared = false;
  slots_.MarkDirty(slot);
}

[[gnu::flatten]] void SocketOutput::SendShared(std::uint32_t slot, const base::SharedBytes& bytes) {
  SocketSlot& s = slots_.At(slot);
  if (!s.IsOpen() || bytes.size() == 0 || (s.flags & SocketSlot::kEndsOutput)) return;
  OutputQueue& output = QueueOf(s);
  // A long queue of small frames would cost more in references than in bytes.
  bool is_long = output.blocks.size() - output.first >= kWritePartsMax;
  if (is_long && bytes.size() < kSmallBlockBytes) return Send(slot, bytes.view(), {});
  output.blocks.push_back(bytes);
  output.bytes += bytes.size();
  output.is_shared = true;
  slots_.MarkDirty(slot);
}

std::size_t SocketOutput::queued_bytes(std::uint32_t slot) const {
  const SocketSlot& s = slots_.At(slot);
  return s.output ? s.output->bytes + s.output->sealed.size() - s.output->sealed_sent : 0;
}

void SocketOutput::NotifyDrained(std::uint32_t slot) {
  slots_.At(slot).flags |= SocketSlot::kDrain;
  slots_.MarkDirty(slot);
}

std::size_t SocketOutput::MemoryOf(const SocketSlot& s) {
  if (!s.output) return 0;
  return sizeof(OutputQueue) + s.output->bytes + s.output->sealed.capacity();
}

// What is queued as one piece, if it is what others have queued too.
std::optional<std::string_view> SocketOutput::BatchOf(const OutputQueue& output) {
  bool fits = output.is_shared && output.offset == 0 && output.bytes <= OutputBatch::kBytesMax &&
              output.blocks.size() - output.first > 1;
  if (!fits) return std::nullopt;
  std::span<const base::SharedBytes> blocks = std::span(output.blocks).subspan(output.first);
  if (!batch_) batch_ = std::make_unique<OutputBatch>();
  if (!batch_->IsOf(blocks)) batch_->Become(blocks);
  return batch_->bytes;
}

ssize_t SocketOutput::SendPlain(SocketSlot& s, OutputQueue& output) {
  std::array<iovec, kWritePartsMax> parts;
  std::size_t count = 0;
  if (std::optional<std::string_view> batch = BatchOf(output)) {
    parts[0] = {const_cast<char*>(batch->data()), batch->size()};
    ssize_t sent = slots_.loop().network().Send(s.socket, std::span(parts).first(1));
    if (sent > 0) output.Sent(static_cast<std::size_t>(sent));
    return sent;
  }
  for (std::size_t i = output.first; i < output.blocks.size() && count < kWritePartsMax; ++i) {
    const base::SharedBytes& block = output.blocks[i];
    std::size_t skip = count == 0 ? output.offset : 0;
    parts[count++] = {const_cast<char*>(block.data() + skip), block.size() - skip};
  }
  ssize_t n = slots_.loop().network().Send(s.socket, std::span(parts).first(count));
  if (n > 0) output.Sent(static_cast<std::size_t>(n));
  return n;
}

// Only peers that do not read are counted, and each of their blocks once: others pay nothing.
void SocketOutput::CountStalled(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  OutputQueue& output = *s.output;
  while (output.counted < output.blocks.size()) {
    output.own_bytes += output.blocks[output.counted++].own_bytes();
  }
  std::size_t now = output.own_bytes + (output.sealed.empty() ? 0 : output.sealed.capacity());
  if (output.share.Hold(*stalled_bytes_, now)) return;
  s.flags |= SocketSlot::kAbort;
  slots_.Die(slot, CloseCause::kWriteStalled);
}

bool SocketOutput::Flush(std::uint32_t slot) {
  SocketSlot& s = slots_.At(slot);
  // More was queued, but the kernel has no room yet: a try would cost a call for each stalled peer.
  if ((s.flags & (SocketSlot::kWantsWrite | SocketSlot::kMayWrite)) == SocketSlot::kWantsWrite) {
    if (s.output) CountStalled(slot);
    return false;
  }
  s.Clear(SocketSlot::kMayWrite);
  bool waits_for_handshake = false;
  if (s.filter && s.IsLast() && !(s.flags & SocketSlot::kEndSealed)) QueueOf(s);
  while (s.output) {
    OutputQueue& output = *s.output;
    if (s.filter && !filters_.SealQueued(slot)) {
      waits_for_handshake = !output.empty();
      if (!waits_for_handshake) Drop(s);
      break;
    }
    ssize_t n = s.filter ? filters_.SendSealed(s, output) : SendPlain(s, output);
    if (n < 0 && n != -EAGAIN) {
      slots_.Die(slot, CloseCause::kPeer);
      return false;
    }
    if (output.empty()) {
      Drop(s);
      break;
    }
    if (n > 0 || output.stalled_at == SocketSlot::kNever) {
      output.stalled_at = deadlines_.In(write_stall_seconds_);
    }
    if (n == -EAGAIN) {
      if (!(s.flags & SocketSlot::kWantsWrite)) {
        s.flags |= SocketSlot::kWantsWrite;
        slots_.UpdateWatch(slot);
      }
      output.counted = output.first;
      output.own_bytes = 0;
      CountStalled(slot);
      return false;
    }
  }
  if (s.flags & SocketSlot::kWantsWrite) {
    s.Clear(SocketSlot::kWantsWrite);
    slots_.UpdateWatch(slot);
  }
  return !waits_for_handshake;
}

}  // namespace gatehouse::net
