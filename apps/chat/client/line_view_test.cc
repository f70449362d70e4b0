#include "apps/chat/client/line_view.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

constexpr ScreenSize kSmall{10, 4};

TEST(LineView, DrawsAndErasesOneRow) {
  LineView view;
  EXPECT_EQ("> abc\r\x1b[4C", view.Draw("> ", U"abc", 2, kSmall));
  EXPECT_EQ("\r\x1b[J> \r\x1b[2C", view.Draw("> ", U"", 0, kSmall));
  EXPECT_EQ("\r\x1b[J", view.Erase());
  EXPECT_EQ("", view.Erase());
}

TEST(LineView, BreaksRowsItself) {
  LineView view;
  EXPECT_EQ("> 01234567\r\n89\r\x1b[2C", view.Draw("> ", U"0123456789", 10, kSmall));
  EXPECT_EQ("\x1b[1A\r\x1b[J", view.Erase());
  view.Draw("> ", U"0123456789", 0, kSmall);
  EXPECT_EQ("\x1b[1B\r\n", view.Leave());
  EXPECT_EQ("> 01234567\r\n89\x1b[1A\r\x1b[3C", view.Draw("> ", U"0123456789", 1, kSmall));
}

TEST(LineView, ACursorBehindAFullRowStandsInTheNext) {
  LineView view;
  EXPECT_EQ("> 01234567\r\n\r", view.Draw("> ", U"01234567", 8, kSmall));
  view.Erase();
  EXPECT_EQ("> 01234567\r\n8\r", view.Draw("> ", U"012345678", 8, kSmall));
}

TEST(LineView, WideCharactersStayWhole) {
  LineView view;
  EXPECT_EQ("> 0123456\r\n😀\r\x1b[2C", view.Draw("> ", U"0123456😀", 8, kSmall));
  view.Erase();
  EXPECT_EQ("> 0123456\r\n😀\r", view.Draw("> ", U"0123456😀", 7, kSmall));
  view.Erase();
  EXPECT_EQ("> e\u0301x\r\x1b[3C", view.Draw("> ", U"e\u0301x", 2, kSmall));
}

TEST(LineView, ShowsControlsEscaped) {
  LineView view;
  EXPECT_EQ("> a\\nb\\x1b\r\n\\u202e\r\x1b[6C", view.Draw("> ", U"a\nb\x1b\u202e", 5, kSmall));
}

TEST(LineView, ShowsTheRowsAroundTheCursor) {
  LineView view;
  std::u32string text;
  for (int row = 0; row < 8; ++row) text += std::u32string(10, static_cast<char32_t>('0' + row));
  constexpr ScreenSize kTwoRows{10, 2};
  EXPECT_EQ(
      "66"
      "77777777\r\n77\r\x1b[2C",
      view.Draw("> ", text, 80, kTwoRows).substr(0, 19));
  EXPECT_EQ("\x1b[1A\r\x1b[J", view.Erase());
  EXPECT_EQ("2233333333\r\n3344444444\r", view.Draw("> ", text, 42 - 4, kTwoRows).substr(0, 23));
  view.Erase();
  EXPECT_EQ("> 00000000\r\n0011111111\x1b[1A\r\x1b[2C", view.Draw("> ", text, 0, kTwoRows));
  EXPECT_EQ("\x1b[1B\r\n", view.Leave());
}

TEST(LineView, TinyScreens) {
  LineView view;
  EXPECT_EQ("😀\r\n\r", view.Draw("", U"😀", 1, {0, 5}));
  view.Erase();
  EXPECT_EQ("c\r\x1b[1C", view.Draw("", U"abc", 3, {2, 0}));
}

}  // namespace
}  // namespace gatehouse::chat
