// SharedBytes: a reference-counted block of bytes, so that one frame serves thousands of sockets.
//
// Invariants: a block with one reference may be appended to while it has room (its owner is alone);
// with more it never changes. Counting is atomic, so references may travel between loops.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace gatehouse::base {

class SharedBytes {
 public:
  SharedBytes() = default;
  // An empty block with room for `capacity` bytes.
  static SharedBytes WithCapacity(std::size_t capacity);
  static SharedBytes Copy(std::string_view bytes);

  SharedBytes(const SharedBytes& other) noexcept : block_(other.block_) {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBytes(SharedBytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBytes& operator=(SharedBytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBytes() {
    if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) Free();
  }

  std::size_t size() const { return block_ ? block_->size : 0; }
  const char* data() const { return block_ ? Bytes() : nullptr; }
  std::string_view view() const { return {data(), size()}; }
  explicit operator bool() const { return block_ != nullptr; }
  // Memory that goes with this reference: 0 while there are others.
  std::size_t own_bytes() const {
    if (!block_ || block_->references.load(std::memory_order_relaxed) != 1) return 0;
    return sizeof(Block) + block_->capacity;
  }

  std::size_t capacity() const { return block_ ? block_->capacity : 0; }
  // Whether this is the only reference and the block has room for so many bytes more.
  bool HasRoomFor(std::size_t bytes) const {
    return block_ && block_->references.load(std::memory_order_acquire) == 1 &&
           block_->capacity - block_->size >= bytes;
  }
  // Appends if it has room for all of it.
  bool TryAppend(std::string_view bytes) {
    if (!HasRoomFor(bytes.size())) return false;
    if (!bytes.empty()) std::memcpy(Bytes() + block_->size, bytes.data(), bytes.size());
    block_->size += bytes.size();
    return true;
  }

 private:
  struct Block {
    std::atomic<std::size_t> references;
    std::size_t size;
    std::size_t capacity;
  };
  char* Bytes() const { return reinterpret_cast<char*>(block_ + 1); }
  void Free();

  Block* block_ = nullptr;
};

}  // namespace gatehouse::base
