// What a slot of Sockets owns on the heap while it must: input that was not consumed, output that
// was not sent. For the files of Sockets only.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "net/sockets.h"

namespace gatehouse::net {

inline constexpr std::size_t kWritePartsMax = 64;  // of one write
inline constexpr std::size_t kSmallBlockBytes = 512;

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
  std::string sealed;                 // behind a filter: on its way before the blocks
  std::size_t sealed_sent = 0;

  bool empty() const { return bytes == 0 && sealed.empty(); }
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
    std::string().swap(sealed);
    sealed_sent = 0;
    stalled_at = kNever;
  }
};

}  // namespace gatehouse::net
