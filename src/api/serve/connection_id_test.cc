#include "api/serve/connection_id.h"

#include <array>
#include <bit>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

TEST(ConnectionIdTest, EveryPlaceComesBack) {
  base::SeededRandom random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    ConnectionIdCodec codec({random.Next(), random.Next()});
    std::uint64_t bits = random.Next();
    ConnectionPlace place{ConnectionIdCodec::LegalIncarnation(static_cast<std::uint32_t>(bits)),
                          static_cast<std::uint32_t>(bits >> 32) & 63,
                          static_cast<std::uint32_t>(random.Next()) >> 8,
                          static_cast<std::uint32_t>(random.Next())};
    std::string id = codec.Encode(place);
    ASSERT_TRUE(ConnectionIdCodec::IsWellFormed(id)) << id;
    ASSERT_NE(id[0], '-');
    ASSERT_EQ(codec.Decode(id), place);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 20'000u);
}

TEST(ConnectionIdTest, TheCornersComeBack) {
  ConnectionIdCodec codec({3, 4});
  for (std::uint32_t incarnation : {0u, (1u << 26) - 1}) {
    for (std::uint32_t loop : {0u, 63u}) {
      for (std::uint32_t slot : {0u, 4095u, 4096u, (1u << 24) - 1}) {
        for (std::uint32_t generation : {0u, 1u, 0xffffffffu}) {
          ConnectionPlace place{incarnation, loop, slot, generation};
          EXPECT_EQ(codec.Decode(codec.Encode(place)), place);
        }
      }
    }
  }
}

TEST(ConnectionIdTest, AnyWellFormedIdIsSomePlace) {
  ConnectionIdCodec codec({3, 4});
  base::SeededRandom random(2);
  for (int i = 0; i < 5000; ++i) {
    std::string id = FormatId(random.Next(), random.Next());
    auto place = codec.Decode(id);
    ASSERT_TRUE(place);
    if (id[0] == '-') {
      EXPECT_EQ(place->generation, 0u) << "never issued: " << id;
    } else {
      EXPECT_EQ(codec.Encode(*place), id);
    }
  }
}

// Of 20,000 neighbours about 312 would begin with "-"; each must have been permuted on, and back.
TEST(ConnectionIdTest, NoIdBeginsWithAHyphen) {
  ConnectionIdCodec codec({3, 4});
  std::array<int, 128> firsts{};
  std::set<std::string> seen;
  for (std::uint32_t slot = 0; slot < 20'000; ++slot) {
    ConnectionPlace place{7, 0, slot, 1};
    std::string id = codec.Encode(place);
    ++firsts[static_cast<std::size_t>(id[0])];
    seen.insert(id);
    ASSERT_EQ(codec.Decode(id), place) << id;
  }
  EXPECT_EQ(seen.size(), 20'000u);
  EXPECT_EQ(firsts['-'], 0);
  for (char c : kAlphabet) {
    if (c == '-') continue;
    EXPECT_NEAR(firsts[static_cast<std::size_t>(c)], 20'000 / 63, 100) << c;
  }
}

TEST(ConnectionIdTest, LegalIncarnationsDoNotLookLikeAHyphen) {
  base::SeededRandom random(3);
  int changed = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto any = static_cast<std::uint32_t>(random.Next());
    std::uint32_t legal = ConnectionIdCodec::LegalIncarnation(any);
    EXPECT_EQ(legal >> 26, 0u);
    EXPECT_NE(legal >> 20, 62u);
    EXPECT_EQ(ConnectionIdCodec::LegalIncarnation(legal), legal);
    changed += legal != (any & 0x3ffffff) ? 1 : 0;
  }
  EXPECT_NEAR(changed, 10'000 / 64, 60);
}

TEST(ConnectionIdTest, IdsWithSpareBitsAreNobodys) {
  ConnectionIdCodec codec({3, 4});
  std::string id = codec.Encode({1, 2, 3, 4});
  std::size_t last = kAlphabet.find(id[14]);
  EXPECT_EQ(last & 3, 0u);
  for (std::size_t spare = 1; spare < 4; ++spare) {
    std::string alike = id;
    alike[14] = kAlphabet[last | spare];
    auto place = codec.Decode(alike);
    ASSERT_TRUE(place);
    EXPECT_EQ(place->generation, 0u) << "generations begin with 1";
  }
}

TEST(ConnectionIdTest, TheFormIsAwss) {
  EXPECT_TRUE(ConnectionIdCodec::IsWellFormed("JC1dgf9yoAMCK-g="));
  EXPECT_TRUE(ConnectionIdCodec::IsWellFormed("e_d2EewNLPECIGw="));
  for (std::string_view id :
       {"", "=", "JC1dgf9yoAMCK-g", "JC1dgf9yoAMCK-g==", "JC1dgf9yoAMCK-gA",
        "JC1dgf9yoAMCK+g=", "JC1dgf9yoAMCK/g=", "JC1dgf9yoAMCK g=", "JC1dgf9yoAMC=-g=",
        "JC1dgf9yoAMCK\xff"
        "g="}) {
    EXPECT_FALSE(ConnectionIdCodec::IsWellFormed(id)) << id;
    EXPECT_FALSE(ConnectionIdCodec({3, 4}).Decode(id));
  }
}

std::vector<int> Bits(std::string_view id) {
  std::vector<int> bits;
  for (char c : id.substr(0, 15)) {
    for (int bit = 5; bit >= 0; --bit) bits.push_back(kAlphabet.find(c) >> bit & 1);
  }
  return bits;
}

TEST(ConnectionIdTest, NeighboursDifferInAboutHalfOfTheirBits) {
  ConnectionIdCodec codec({5, 6});
  double sum = 0;
  int pairs = 0;
  for (std::uint32_t i = 0; i < 500; ++i) {
    ConnectionPlace place{77, 0, i, 1};
    ConnectionPlace neighbours[] = {{77, 0, i + 1, 1}, {77, 0, i, 2}, {77, 1, i, 1}, {78, 0, i, 1}};
    std::vector<int> bits = Bits(codec.Encode(place));
    for (const ConnectionPlace& neighbour : neighbours) {
      std::vector<int> others = Bits(codec.Encode(neighbour));
      int different = 0;
      for (std::size_t b = 0; b < 88; ++b) different += bits[b] != others[b] ? 1 : 0;
      EXPECT_GT(different, 20);
      EXPECT_LT(different, 68);
      sum += different;
      ++pairs;
    }
  }
  EXPECT_NEAR(sum / pairs, 44, 1);
}

TEST(ConnectionIdTest, AnotherKeyGivesOtherIds) {
  ConnectionPlace place{1, 2, 3, 4};
  std::string id = ConnectionIdCodec({1, 1}).Encode(place);
  EXPECT_NE(id, ConnectionIdCodec({1, 2}).Encode(place));
  EXPECT_NE(ConnectionIdCodec({1, 2}).Decode(id), place);
}

}  // namespace
}  // namespace gatehouse::api
