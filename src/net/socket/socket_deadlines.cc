#include "net/socket/socket_deadlines.h"

#include <algorithm>
#include <cerrno>

#include "net/socket/socket_buffers.h"

namespace gatehouse::net {
namespace {

constexpr std::chrono::nanoseconds kTick{100'000'000};
constexpr double kTicksPerSecond = 10;
constexpr std::uint32_t kSweepTicks = 5;  // sweeps are at least half a second apart

}  // namespace

std::uint32_t SocketDeadlines::Ticks() const {
  return static_cast<std::uint32_t>(slots_.loop().Now() / kTick);
}

std::uint32_t SocketDeadlines::TicksFromNow(double seconds) const {
  double ticks = seconds * kTicksPerSecond;
  auto whole = static_cast<std::uint32_t>(ticks);  // std::ceil is a call: this runs per message
  if (whole < ticks) ++whole;
  return Ticks() + 1 + whole;
}

std::uint32_t SocketDeadlines::In(double seconds) {
  std::uint32_t ticks = TicksFromNow(seconds);
  SweepBy(ticks);
  return ticks;
}

void SocketDeadlines::SetDeadline(std::uint32_t slot, double seconds) {
  SocketSlot& s = slots_.At(slot);
  if (s.phase != SocketPhase::kOpen && s.phase != SocketPhase::kConnecting) return;
  s.deadline = seconds > 0 ? TicksFromNow(seconds) : SocketSlot::kNever;
  SweepBy(s.deadline);
}

void SocketDeadlines::SetAge(std::uint32_t slot, double seconds) {
  slots_.At(slot).age = In(seconds);
}

// Arms the sweep for that tick unless one is due before. Deadlines move later far more often than
// they fire, so a sweep may find nothing and arm the next one for what it saw.
void SocketDeadlines::SweepBy(std::uint32_t ticks) {
  if (ticks >= sweep_at_) return;
  if (sweep_at_ != SocketSlot::kNever) slots_.loop().Cancel(sweep_timer_);
  sweep_at_ = ticks;
  std::uint32_t now = Ticks();
  double seconds = ticks > now ? (ticks - now) / kTicksPerSecond : 0;
  auto delay =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  sweep_timer_ = slots_.loop().After(delay, [this] { Sweep(); });
}

void SocketDeadlines::Sweep() {
  sweep_at_ = SocketSlot::kNever;
  std::uint32_t now = Ticks();
  std::uint32_t next = SocketSlot::kNever;
  for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) SweepSlot(slot, now, next);
  if (next != SocketSlot::kNever) SweepBy(std::max(next, now + kSweepTicks));
}

void SocketDeadlines::SweepSlot(std::uint32_t slot, std::uint32_t now, std::uint32_t& next) {
  SocketSlot& s = slots_.At(slot);
  if (s.IsGone()) return;
  if (s.output && s.output->stalled_at <= now) {
    s.flags |= SocketSlot::kAbort;
    return slots_.Die(slot, CloseCause::kWriteStalled);
  }
  if (s.deadline <= now) {
    s.deadline = SocketSlot::kNever;
    if (s.phase == SocketPhase::kOpen) {
      s.protocol->OnDeadline(slot);
    } else {  // lingered long enough, or the connection did not come about
      if (s.phase == SocketPhase::kConnecting) s.error = ETIMEDOUT;
      return slots_.Die(slot, CloseCause::kPeer);
    }
  }
  if (s.age <= now) {
    s.age = SocketSlot::kNever;
    s.protocol->OnAge(slot);
  }
  next = std::min({next, s.deadline, s.age, s.output ? s.output->stalled_at : SocketSlot::kNever});
}

}  // namespace gatehouse::net
