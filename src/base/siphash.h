// SipHash-2-4: a keyed 64-bit hash of short input that cannot be predicted without the key.
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace gatehouse::base {

using SipKey = std::array<std::uint64_t, 2>;

std::uint64_t SipHash24(const SipKey& key, std::span<const std::byte> input);

}  // namespace gatehouse::base
