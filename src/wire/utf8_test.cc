#include "wire/utf8.h"

#include <string>

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

}  // namespace
}  // namespace gatehouse::wire
