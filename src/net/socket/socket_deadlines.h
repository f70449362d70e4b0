// The time limits of one loop's sockets: coarse, in ticks of a tenth of a second, found by sweeping
// the slots. A part of Sockets. Loop thread only.
#pragma once

#include <cstdint>

#include "net/socket/socket_slots.h"

namespace gatehouse::net {

class SocketDeadlines {
 public:
  explicit SocketDeadlines(SocketSlots& slots) : slots_(slots) {}

  void SetDeadline(std::uint32_t slot, double seconds);
  void SetAge(std::uint32_t slot, double seconds);
  // Of a socket that closes: how long the peer may take.
  void SetLinger(std::uint32_t slot, double seconds) { slots_.At(slot).deadline = In(seconds); }
  // The tick that is so many seconds away, at which there will be a sweep.
  std::uint32_t In(double seconds);

 private:
  std::uint32_t Ticks() const;
  std::uint32_t TicksFromNow(double seconds) const;
  void SweepBy(std::uint32_t ticks);
  void Sweep();
  void SweepSlot(std::uint32_t slot, std::uint32_t now, std::uint32_t& next);

  SocketSlots& slots_;
  std::uint32_t sweep_at_ = SocketSlot::kNever;
  Loop::TimerId sweep_timer_{};
};

}  // namespace gatehouse::net
