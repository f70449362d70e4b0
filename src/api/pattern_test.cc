#include "api/pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

TEST(PatternTest, WholeAndPartOfAText) {
  Pattern pattern = *Pattern::Compile("2\\d\\d");
  EXPECT_TRUE(pattern.MatchesWhole("204"));
  EXPECT_FALSE(pattern.MatchesWhole("2040"));
  EXPECT_FALSE(pattern.MatchesWhole("x204"));
  EXPECT_TRUE(pattern.Finds("x2040"));
  EXPECT_FALSE(pattern.Finds("404"));
}

TEST(PatternTest, CharactersAreUnicodes) {
  EXPECT_TRUE(Pattern::Compile("^.$")->Finds("ü"));
  EXPECT_TRUE(Pattern::Compile("^\\u00fc$")->Finds("ü"));
  EXPECT_FALSE(Pattern::Compile("^a$")->Finds("a\n"));
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
  EXPECT_FALSE(Pattern::Compile("^(a+)+$")->Finds(std::string(100, 'a') + "!"));
  EXPECT_FALSE(Pattern::Compile("^(a|b)*c$")->Finds(std::string(128 * 1024, 'a')));
  EXPECT_TRUE(Pattern::Compile("^.*$")->Finds(std::string(128 * 1024, 'a')));
}

}  // namespace
}  // namespace gatehouse::api
