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

void SharedBytes::Free() {
  block_->~Block();
  ::operator delete(block_);
}

}  // namespace gatehouse::base
