#include "base/siphash.h"

#include <array>

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

// Test vectors of the reference implementation: key 00…0f, input 00, 0001, ….
TEST(SipHash, ReferenceVectors) {
  SipKey key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  std::array<std::byte, 15> input{};
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i);
  EXPECT_EQ(SipHash24(key, std::span(input).first(0)), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(SipHash24(key, std::span(input).first(1)), 0x74f839c593dc67fdu);
  EXPECT_EQ(SipHash24(key, std::span(input).first(8)), 0x93f5f5799a932462u);
  EXPECT_EQ(SipHash24(key, input), 0xa129ca6149be45e5u);
}

}  // namespace
}  // namespace gatehouse::base
