#include "apps/chat/client/edit_line.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

class EditLineTest : public testing::Test {
 protected:
  void Type(std::u32string_view text) {
    for (char32_t c : text) line_.Apply({Key::kText, c});
  }
  bool Press(Key key) { return line_.Apply({key}); }
  // The line with a | where the cursor is.
  std::string Line() const {
    std::u32string_view text = line_.text();
    return ToUtf8(text.substr(0, line_.cursor())) + "|" + ToUtf8(text.substr(line_.cursor()));
  }
  EditLine line_;
};

TEST_F(EditLineTest, InsertsAndErasesAtTheCursor) {
  Type(U"helo");
  Press(Key::kLeft);
  Type(U"l");
  EXPECT_EQ("hell|o", Line());
  Press(Key::kBackspace);
  Press(Key::kDelete);
  EXPECT_EQ("hel|", Line());
  EXPECT_FALSE(Press(Key::kDelete));
  EXPECT_FALSE(Press(Key::kRight));
  Press(Key::kHome);
  EXPECT_EQ("|hel", Line());
  EXPECT_FALSE(Press(Key::kBackspace));
  EXPECT_TRUE(Press(Key::kEndOfInput));
  EXPECT_EQ("|el", Line());
}

TEST_F(EditLineTest, WordsAndCuts) {
  Type(U"one two  three");
  Press(Key::kWordLeft);
  EXPECT_EQ("one two  |three", Line());
  Press(Key::kKillWordLeft);
  EXPECT_EQ("one |three", Line());
  Press(Key::kEnd);
  Press(Key::kYank);
  EXPECT_EQ("one threetwo  |", Line());
  Press(Key::kHome);
  Press(Key::kWordRight);
  EXPECT_EQ("one| threetwo  ", Line());
  Press(Key::kKillToEnd);
  Press(Key::kKillToStart);
  EXPECT_EQ("|", Line());
  Press(Key::kYank);
  EXPECT_EQ("one|", Line());
}

TEST_F(EditLineTest, ACharacterIsWhatOneSees) {
  Type(U"e\u0301x");
  Press(Key::kLeft);
  Press(Key::kLeft);
  EXPECT_EQ("|e\u0301x", Line());
  Press(Key::kDelete);
  EXPECT_EQ("|x", Line());
  Type(U"\U0001f468\u200d\U0001f469");
  Press(Key::kBackspace);
  EXPECT_EQ("|x", Line());
}

TEST_F(EditLineTest, History) {
  EXPECT_FALSE(Press(Key::kUp));
  Type(U"first");
  EXPECT_EQ("first", line_.Finish());
  Type(U"second");
  line_.Finish();
  Type(U"draft");
  Press(Key::kUp);
  EXPECT_EQ("second|", Line());
  Press(Key::kUp);
  EXPECT_EQ("first|", Line());
  EXPECT_FALSE(Press(Key::kUp));
  Press(Key::kDown);
  Press(Key::kDown);
  EXPECT_EQ("draft|", Line());
  EXPECT_FALSE(Press(Key::kDown));
  Press(Key::kUp);
  EXPECT_EQ("second", line_.Finish());  // not remembered twice
  Press(Key::kUp);
  Press(Key::kUp);
  EXPECT_EQ("first|", Line());
}

TEST_F(EditLineTest, TakesBackWhatNobodyWanted) {
  Type(U"text");
  line_.Finish();
  line_.TakeBack();
  EXPECT_EQ("text|", Line());
}

TEST_F(EditLineTest, IsBounded) {
  for (std::size_t i = 0; i < EditLine::kCharactersMax; ++i) Type(U"a");
  EXPECT_FALSE(line_.Apply({Key::kText, U'b'}));
  Press(Key::kKillToStart);
  EXPECT_TRUE(Press(Key::kYank));
  EXPECT_FALSE(Press(Key::kYank));
  for (std::size_t i = 0; i < 2 * EditLine::kHistoryMax; ++i) {
    Type(i % 2 ? U"x" : U"y");
    line_.Finish();
  }
  std::size_t lines = 0;
  while (Press(Key::kUp)) ++lines;
  EXPECT_EQ(EditLine::kHistoryMax, lines);
}

TEST(DisplayWidth, KnowsWideAndZero) {
  EXPECT_EQ(1, DisplayWidth('a'));
  EXPECT_EQ(1, DisplayWidth(0xe9));
  EXPECT_EQ(2, DisplayWidth(0x4e2d));
  EXPECT_EQ(2, DisplayWidth(0x1f600));
  EXPECT_EQ(0, DisplayWidth(0x301));
  EXPECT_EQ(0, DisplayWidth(0x200d));
}

}  // namespace
}  // namespace gatehouse::chat
