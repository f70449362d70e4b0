// One loop's sockets behind a filter: bytes are unsealed in the loop's buffers before the protocol
// sees them and sealed at the turn's end, just before they are sent. A part of Sockets. Loop thread
// only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/socket/socket_slots.h"

namespace gatehouse::net {

class SocketInput;
class SocketOutput;

class SocketFilters {
 public:
  SocketFilters(SocketSlots& slots, SocketInput& input, SocketOutput& output)
      : slots_(slots), input_(input), output_(output) {}

  void Set(std::uint32_t slot, std::unique_ptr<Filter> filter);

  // What arrived; of a slot that has a filter, as the next ones.
  void Unseal(std::uint32_t slot, std::string_view bytes);
  void UnsealKept(std::uint32_t slot);
  // True: there are sealed bytes to send.
  bool SealQueued(std::uint32_t slot);
  ssize_t SendSealed(SocketSlot& s, OutputQueue& output);
  // Takes a buffer that is no longer needed, if it is the larger one.
  void Recycle(std::string& sealed);

 private:
  bool UnsealPart(std::uint32_t slot, std::string_view bytes);
  void QueueSealed(std::uint32_t slot);  // what is in sealed_
  bool SealRecord(SocketSlot& s, OutputQueue& output);
  void Fail(std::uint32_t slot);

  SocketSlots& slots_;
  SocketInput& input_;
  SocketOutput& output_;
  std::unique_ptr<char[]> plain_buffer_;  // none until the first filter
  std::string sealed_;                    // lent to one filter after the other
};

}  // namespace gatehouse::net
