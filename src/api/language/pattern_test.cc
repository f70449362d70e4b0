#include "api/language/pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

bool Finds(std::string_view pattern, std::string_view text) {
  MatchBudget budget;
  return Pattern::Compile(pattern)->Finds(text, budget);
}

TEST(PatternTest, WholeAndPartOfAText) {
  Pattern pattern = *Pattern::Compile("2\\d\\d");
  EXPECT_TRUE(pattern.MatchesWhole("204"));
  EXPECT_FALSE(pattern.MatchesWhole("2040"));
  EXPECT_FALSE(pattern.MatchesWhole("x204"));
  EXPECT_TRUE(Finds("2\\d\\d", "x2040"));
  EXPECT_FALSE(Finds("2\\d\\d", "404"));
}

TEST(PatternTest, CharactersAreUnicodes) {
  EXPECT_TRUE(Finds("^.$", "ü"));
  EXPECT_TRUE(Finds("^\\u00fc$", "ü"));
  EXPECT_FALSE(Finds("^a$", "a\n"));
}

TEST(PatternTest, WrongPatternsSayWhere) {
  Result<Pattern> wrong = Pattern::Compile("a(b");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(wrong.error().message,
            "regular expression \"a(b\": missing closing parenthesis at character 3");
  EXPECT_FALSE(Pattern::Compile("[z-a]"));
  EXPECT_FALSE(Pattern::Compile("\xff"));
}

// With std::regex the first takes ages and the second ends the process.
TEST(PatternTest, NoTextHoldsItUp) {
  EXPECT_FALSE(Finds("^(a+)+$", std::string(100, 'a') + "!"));
  EXPECT_FALSE(Finds("^(a|b)*c$", std::string(128 * 1024, 'a')));
  EXPECT_TRUE(Finds("^.*$", std::string(128 * 1024, 'a')));
}

TEST(PatternTest, LongMatchesHaveABudget) {
  Pattern pattern = *Pattern::Compile("^(a|b)*$");
  std::string text(10'000, 'a');
  MatchBudget budget;
  int found = 0;
  for (int i = 0; i < 20; ++i) found += pattern.Finds(text, budget) ? 1 : 0;
  EXPECT_EQ(found, 10);
  EXPECT_LT(budget.long_matches, 0);
  EXPECT_TRUE(pattern.Finds("ab", budget)) << "short ones cost nothing";
}

}  // namespace
}  // namespace gatehouse::api
