// What a socket's slot owns on the heap while it must: input that was not consumed, output that was
// not sent. For the parts of Sockets only.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/shared_bound.h"
#include "base/shared_bytes.h"
#include "net/socket/socket_slots.h"

namespace gatehouse::net {

inline constexpr std::size_t kWritePartsMax = 64;  // of one write
inline constexpr std::size_t kSmallBlockBytes = 512;
inline constexpr std::size_t kLargeInputBytes = 4 * 1024;  // not kept for a few bytes
inline constexpr std::size_t kLargeBlockBytes = 8192;

// Bytes with kReceivePadding behind them.
struct InputBuffer {
  std::vector<char> bytes;
  std::size_t size = 0;
  base::Share share;  // of its protocol's bound

  std::span<char> span() { return std::span(bytes).first(size); }
  void Append(std::string_view more) {
    if (bytes.size() < size + more.size() + kReceivePadding) {
      bytes.resize(std::max(size + more.size(), 2 * size) + kReceivePadding);
    }
    std::copy(more.begin(), more.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    size += more.size();
  }
  void Consume(std::size_t n) {
    if (n == 0) return;
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(n),
              bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin());
    size -= n;
    if (bytes.capacity() <= kLargeInputBytes || size > bytes.capacity() / 4) return;
    bytes.resize(size + kReceivePadding);
    bytes.shrink_to_fit();
  }
};

// The same few frames for many sockets, as several broadcasts in a turn leave them: laid end to end
// once, they go to each socket by a plain send, which is cheaper than one of many parts.
//
// Invariant: bytes are those of blocks, whose references keep them from changing.
struct OutputBatch {
  static constexpr std::size_t kBytesMax = 16 * 1024;

  std::vector<base::SharedBytes> blocks;
  std::string bytes;

  bool IsOf(std::span<const base::SharedBytes> others) const {
    return std::equal(blocks.begin(), blocks.end(), others.begin(), others.end(),
                      [](const base::SharedBytes& a, const base::SharedBytes& b) {
                        return a.data() == b.data() && a.size() == b.size();
                      });
  }
  void Become(std::span<const base::SharedBytes> others) {
    blocks.assign(others.begin(), others.end());
    bytes.clear();
    for (const base::SharedBytes& block : blocks) bytes += block.view();
  }
};

// Blocks to send, the first from `offset` on. Shared blocks are referenced, never copied; small
// private writes of one turn share a block.
struct OutputQueue {
  std::vector<base::SharedBytes> blocks;
  std::size_t first = 0;                          // blocks before it have been sent
  std::size_t offset = 0;                         // bytes of blocks[first] that have been sent
  std::size_t bytes = 0;                          // waiting
  bool is_shared = false;                         // the blocks may well be other sockets' too
  std::uint32_t stalled_at = SocketSlot::kNever;  // tick at which no progress becomes an abort
  std::string sealed;                             // behind a filter: on its way before the blocks
  std::size_t sealed_sent = 0;
  // While it is stalled: what blocks before `counted` hold alone, and what that takes of the bound.
  std::size_t counted = 0;
  std::size_t own_bytes = 0;
  base::Share share;

  bool empty() const { return bytes == 0 && sealed.empty(); }
  // A block of this queue alone, its last, with room for `size` bytes more. A queue that grows gets
  // larger blocks, for each is a part of the write.
  base::SharedBytes& BlockFor(std::size_t size) {
    std::size_t capacity = kSmallBlockBytes;
    if (!blocks.empty()) {
      base::SharedBytes& last = blocks.back();
      bool started = first + 1 == blocks.size() && offset > 0;
      if (!started && last.HasRoomFor(size)) return last;
      capacity = std::clamp(2 * last.capacity(), kSmallBlockBytes, kLargeBlockBytes);
    }
    blocks.push_back(base::SharedBytes::WithCapacity(std::max(size, capacity)));
    return blocks.back();
  }
  void Sent(std::size_t n) {
    bytes -= n;
    offset += n;
    while (first < blocks.size() && offset >= blocks[first].size()) {
      offset -= blocks[first].size();
      blocks[first++] = {};
    }
    if (first >= kWritePartsMax) {  // a long queue that shrinks: do not keep what was sent
      blocks.erase(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(first));
      first = 0;
    }
  }
  // What was queued before there was a filter goes out as it is.
  void PassUnsealed() {
    for (std::size_t i = first; i < blocks.size(); ++i) {
      sealed += blocks[i].view().substr(i == first ? offset : 0);
    }
    DropPlain();
  }
  void DropPlain() {
    blocks.clear();
    first = offset = bytes = 0;
  }
  void Reset() {
    DropPlain();
    if (sealed_sent != 0 || sealed.capacity() > std::string().capacity()) {
      std::string().swap(sealed);
      sealed_sent = 0;
    }
    if (stalled_at == SocketSlot::kNever) return;
    stalled_at = SocketSlot::kNever;
    counted = own_bytes = 0;
    share.Release();
  }
};

}  // namespace gatehouse::net
