#include "lambda/plain_utf8.h"

#include <string>

#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/utf8.h"

namespace gatehouse::lambda {
namespace {

TEST(PlainUtf8Test, SaysOfTwoBytesAndThreeWhatSimdjsonSays) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string two{static_cast<char>(first), static_cast<char>(second)};
      ASSERT_EQ(IsPlainUtf8(two), wire::IsUtf8(two)) << first << " " << second;
      for (int third : {0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xff}) {
        std::string three = two + static_cast<char>(third);
        ASSERT_EQ(IsPlainUtf8(three), wire::IsUtf8(three)) << first << " " << second;
        for (int fourth : {0x00, 0x7f, 0x80, 0xbf, 0xc0}) {
          std::string four = three + static_cast<char>(fourth);
          ASSERT_EQ(IsPlainUtf8(four), wire::IsUtf8(four)) << first << " " << second;
        }
      }
    }
  }
}

TEST(PlainUtf8Test, SaysOfLongTextsWhatSimdjsonSays) {
  base::SeededRandom random(3);
  const std::string parts[] = {"plain ", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "x"};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (std::uint64_t n = random.Next() % 40; n > 0; --n) text += parts[random.Next() % 5];
    ASSERT_TRUE(IsPlainUtf8(text));
    if (text.empty()) continue;
    text[random.Next() % text.size()] = static_cast<char>(random.Next());
    text.resize(random.Next() % (text.size() + 1));
    ASSERT_EQ(IsPlainUtf8(text), wire::IsUtf8(text));
  }
}

}  // namespace
}  // namespace gatehouse::lambda
