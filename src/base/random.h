// Randomness, behind an interface so that a simulation can repeat it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::base {

class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::byte> out) = 0;
  std::uint64_t Next();
};

// The kernel's random numbers, fit for keys. Any thread.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::byte> out) override;
};

// Repeatable numbers from a seed (splitmix64); for tests and jitter, never for keys. One thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::byte> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace gatehouse::base
