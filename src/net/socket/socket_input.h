// What arrives at one loop's sockets: received into one buffer, offered to the protocol, kept while
// it could not be consumed. A part of Sockets. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "net/socket/socket_slots.h"

namespace gatehouse::net {

class SocketFilters;

class SocketInput {
 public:
  SocketInput(SocketSlots& slots, SocketFilters& filters)
      : slots_(slots),
        filters_(filters),
        receive_buffer_(std::make_unique<char[]>(kReceiveBytes + kReceivePadding)) {}

  // Of a socket that is readable and wants it.
  void Receive(std::uint32_t slot);
  // While a socket closes, or its protocol waits for the peer to go, input only tells the end.
  void ReceiveAndForget(std::uint32_t slot);
  // What a filter gave: plain bytes, and the peer's own end.
  void Arrived(std::uint32_t slot, std::span<char> bytes);
  void EndOfInput(std::uint32_t slot);

  void Pause(std::uint32_t slot);
  void Resume(std::uint32_t slot);         // kept input is offered again at the turn's end
  void OnNewProtocol(std::uint32_t slot);  // likewise
  // At the turn's end.
  void OfferResumed();
  bool HasResumed() const { return !resumed_.empty(); }

  static void Drop(SocketSlot& s);
  static std::size_t MemoryOf(const SocketSlot& s);

 private:
  void Offer(std::uint32_t slot, std::span<char> bytes);  // to the protocol; keeps what is left
  void OfferKept(std::uint32_t slot);
  void Keep(std::uint32_t slot, std::string_view bytes);
  void Count(std::uint32_t slot);

  SocketSlots& slots_;
  SocketFilters& filters_;
  const std::unique_ptr<char[]> receive_buffer_;
  std::vector<SocketRef> resumed_;
};

}  // namespace gatehouse::net
