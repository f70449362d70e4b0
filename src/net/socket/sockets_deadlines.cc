// The time limits of sockets: coarse deadlines, found by sweeping the slots.
#include <cerrno>

#include "net/socket/sockets.h"
#include "net/socket/sockets_buffers.h"

namespace gatehouse::net {
namespace {

constexpr std::chrono::nanoseconds kTick{100'000'000};
constexpr double kTicksPerSecond = 10;
constexpr std::uint32_t kSweepTicks = 5;  // sweeps are at least half a second apart

}  // namespace

std::uint32_t Sockets::Ticks() const { return static_cast<std::uint32_t>(loop_.Now() / kTick); }

std::uint32_t Sockets::TicksFromNow(double seconds) const {
  double ticks = seconds * kTicksPerSecond;
  auto whole = static_cast<std::uint32_t>(ticks);  // std::ceil is a call: this runs per message
  if (whole < ticks) ++whole;
  return Ticks() + 1 + whole;
}

void Sockets::SetDeadline(std::uint32_t slot, double seconds) {
  Slot& s = At(slot);
  if (s.phase != Phase::kOpen && s.phase != Phase::kConnecting) return;
  s.deadline = seconds > 0 ? TicksFromNow(seconds) : kNever;
  SweepBy(s.deadline);
}

void Sockets::SetAge(std::uint32_t slot, double seconds) {
  Slot& s = At(slot);
  s.age = TicksFromNow(seconds);
  SweepBy(s.age);
}

// Arms the sweep for that tick unless one is due before. Deadlines move later far more often than
// they fire, so a sweep may find nothing and arm the next one for what it saw.
void Sockets::SweepBy(std::uint32_t ticks) {
  if (ticks >= sweep_at_) return;
  if (sweep_at_ != kNever) loop_.Cancel(sweep_timer_);
  sweep_at_ = ticks;
  std::uint32_t now = Ticks();
  double seconds = ticks > now ? (ticks - now) / kTicksPerSecond : 0;
  auto delay =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  sweep_timer_ = loop_.After(delay, [this] { Sweep(); });
}

void Sockets::Sweep() {
  sweep_at_ = kNever;
  std::uint32_t now = Ticks();
  std::uint32_t next = kNever;
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) SweepSlot(slot, now, next);
  if (next != kNever) SweepBy(std::max(next, now + kSweepTicks));
}

void Sockets::SweepSlot(std::uint32_t slot, std::uint32_t now, std::uint32_t& next) {
  Slot& s = At(slot);
  if (s.phase == Phase::kFree || s.phase == Phase::kDead) return;
  if (s.output && s.output->stalled_at <= now) {
    s.flags |= kAbort;
    return Die(slot, CloseCause::kWriteStalled);
  }
  if (s.deadline <= now) {
    s.deadline = kNever;
    if (s.phase == Phase::kOpen) {
      s.protocol->OnDeadline(slot);
    } else {  // lingered long enough, or the connection did not come about
      if (s.phase == Phase::kConnecting) s.error = ETIMEDOUT;
      return Die(slot, CloseCause::kPeer);
    }
  }
  if (s.age <= now) {
    s.age = kNever;
    s.protocol->OnAge(slot);
  }
  next = std::min({next, s.deadline, s.age, s.output ? s.output->stalled_at : kNever});
}

}  // namespace gatehouse::net
