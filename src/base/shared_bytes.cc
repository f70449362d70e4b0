#include "base/shared_bytes.h"

#include "base/check.h"

namespace gatehouse::base {

SharedBytes SharedBytes::WithCapacity(std::size_t capacity) {
  SharedBytes bytes;
  void* memory = ::operator new(sizeof(Block) + capacity);
  bytes.block_ = new (memory) Block{{1}, 0, capacity};
  return bytes;
}

SharedBytes SharedBytes::Copy(std::string_view bytes) {
  SharedBytes copy = WithCapacity(bytes.size());
  CHECK(copy.TryAppend(bytes));
  return copy;
}

bool SharedBytes::TryAppend(std::string_view bytes) {
  if (!block_ || block_->references.load(std::memory_order_acquire) != 1) return false;
  if (block_->capacity - block_->size < bytes.size()) return false;
  if (!bytes.empty()) std::memcpy(Bytes() + block_->size, bytes.data(), bytes.size());
  block_->size += bytes.size();
  return true;
}

void SharedBytes::Free() {
  block_->~Block();
  ::operator delete(block_);
}

}  // namespace gatehouse::base
