#include "wire/utf8.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

TEST(IsUtf8, TakesEveryLengthOfSequence) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8(std::string_view("\0", 1)));
  EXPECT_TRUE(IsUtf8("\xc2\x80 \xe0\xa0\x80 \xf0\x90\x80\x80"));                    // the smallest
  EXPECT_TRUE(IsUtf8("\x7f \xdf\xbf \xed\x9f\xbf \xef\xbf\xbf \xf4\x8f\xbf\xbf"));  // the largest
}

TEST(IsUtf8, RefusesWhatRfc3629Excludes) {
  for (const char* text : {
           "\x80",              // continuation alone
           "\xbf\xbf",          //
           "\xc3",              // cut short
           "\xe2\x82",          //
           "\xf0\x9f\x98",      //
           "\xc3(",             // wrong continuation
           "\xc0\xaf",          // overlong
           "\xc1\xbf",          //
           "\xe0\x80\xaf",      //
           "\xf0\x80\x80\xaf",  //
           "\xed\xa0\x80",      // surrogates
           "\xed\xbf\xbf",      //
           "\xf4\x90\x80\x80",  // beyond U+10FFFF
           "\xf8\x88\x80\x80\x80",
           "\xfe",
           "\xff",
       }) {
    EXPECT_FALSE(IsUtf8(text));
    EXPECT_FALSE(IsUtf8(std::string(100, 'x') + text + std::string(100, 'x')));
  }
}

TEST(IsUtf8, FindsAFaultAtEveryPlace) {
  for (std::size_t at = 0; at < 130; ++at) {
    std::string text(130, 'x');
    EXPECT_TRUE(IsUtf8(text));
    text[at] = '\xff';
    EXPECT_FALSE(IsUtf8(text)) << at;
  }
}

TEST(ToUtf8, KeepsWhatIsRight) {
  for (const char* text :
       {"", "plain", "\xc2\x80 \xe0\xa0\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(ToUtf8(text), text);
  }
}

TEST(ToUtf8, ReplacesLongestStarts) {
  const std::string r = "\xef\xbf\xbd";
  const std::pair<std::string, std::string> cases[] = {
      {"\xff", r},
      {"a\xe4o", "a" + r + "o"},  // Latin-1
      {"\xe2\x82", r},            // cut short: one start
      {"\xe2\x82z", r + "z"},     //
      {"\xf0\x9f\x98", r},        //
      {"\xf0\x9f\x98\xf0\x9f\x98\x80", r + "\xf0\x9f\x98\x80"},
      {"\xc0\xaf", r + r},                  // no sequence begins with C0
      {"\xe0\x80\xaf", r + r + r},          // overlong
      {"\xed\xa0\x80", r + r + r},          // surrogate
      {"\xf4\x90\x80\x80", r + r + r + r},  // beyond U+10FFFF
      {"\x80\xbf", r + r},
      {"\xc3\xa4\xff\xc3\xa4", "\xc3\xa4" + r + "\xc3\xa4"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(ToUtf8(text), expected);
}

TEST(ToUtf8, AlwaysGivesUtf8) {
  unsigned state = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int length = i % 12; length > 0; --length) {
      state = state * 1664525 + 1013904223;
      text += static_cast<char>(state >> 24);
    }
    EXPECT_TRUE(IsUtf8(ToUtf8(text)));
  }
}

}  // namespace
}  // namespace gatehouse::wire
