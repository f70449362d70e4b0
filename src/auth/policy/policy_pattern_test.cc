#include "auth/policy/policy_pattern.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

RequestContext Ada() {
  RequestContext context;
  context.Set("aws:username", "Ada");
  context.Set("test:star", "*");
  context.Set("test:many", std::vector<std::string>{"a", "b"});
  context.SetUnknowable("aws:PrincipalTag/*");
  return context;
}

Match Fits(std::string_view pattern, std::string_view text, PolicyPattern::Syntax syntax = {}) {
  MatchTrace trace;
  return PolicyPattern::Compile(pattern, syntax)->Matches(text, Ada(), trace);
}

Match FitsArn(std::string_view pattern, std::string_view arn) {
  MatchTrace trace;
  return PolicyPattern::Compile(pattern, {})->MatchesArn(arn, Ada(), trace);
}

TEST(PolicyPattern, HasWildcards) {
  EXPECT_EQ(Fits("*", ""), Match::kYes);
  EXPECT_EQ(Fits("a*c", "abbc"), Match::kYes);
  EXPECT_EQ(Fits("a*c", "abbcd"), Match::kNo);
  EXPECT_EQ(Fits("a*b*c", "a-b-b-c"), Match::kYes);
  EXPECT_EQ(Fits("*ab", "aab"), Match::kYes);
  EXPECT_EQ(Fits("a?c", "abc"), Match::kYes);
  EXPECT_EQ(Fits("a?c", "ac"), Match::kNo);
  EXPECT_EQ(Fits("a?", "a\xc3\xbc"), Match::kYes);
  EXPECT_EQ(Fits("a**", "a"), Match::kYes);
  EXPECT_EQ(Fits("arn:*:table/x", "arn:aws:dynamodb:us-east-1:1:table/x"), Match::kYes);
  EXPECT_EQ(Fits("A", "a"), Match::kNo);
  EXPECT_EQ(Fits("A*", "ab", {.ignores_case = true}), Match::kYes);
  EXPECT_EQ(Fits("a*", "ab", {.wildcards = false}), Match::kNo);
}

TEST(PolicyPattern, TakesNoLongerThanBothSizesAllow) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_EQ(Fits(pattern + "*b", std::string(20'000, 'a')), Match::kNo);
}

TEST(PolicyPattern, HasVariables) {
  EXPECT_EQ(Fits("home/${aws:UserName}/*", "home/Ada/x"), Match::kYes);
  EXPECT_EQ(Fits("home/${ aws:username }", "home/Ada"), Match::kYes);
  EXPECT_EQ(Fits("${aws:username}", "ada"), Match::kNo);
  EXPECT_EQ(Fits("${aws:username}", "ada", {.ignores_case = true}), Match::kYes);
  EXPECT_EQ(Fits("${aws:username}", "${aws:username}", {.variables = false}), Match::kYes);
  EXPECT_EQ(Fits("${test:star}", "x"), Match::kNo);
  EXPECT_EQ(Fits("${test:star}", "*"), Match::kYes);
  EXPECT_EQ(Fits("${*}${?}${$}", "*?$"), Match::kYes);
  EXPECT_EQ(Fits("${*}", "x"), Match::kNo);
}

TEST(PolicyPattern, AVariableWithoutAValueFitsNothing) {
  EXPECT_EQ(Fits("x${test:absent}", "x"), Match::kNo);
  EXPECT_EQ(Fits("${test:many}", "a"), Match::kNo);
  EXPECT_EQ(Fits("${test:absent, 'it}s'}", "it}s"), Match::kYes);
  EXPECT_EQ(Fits("${test:absent,''}", ""), Match::kYes);
  EXPECT_EQ(Fits("${aws:username, 'x'}", "Ada"), Match::kYes);
}

TEST(PolicyPattern, AnUnknowableVariableIsSaid) {
  MatchTrace trace;
  const auto pattern = PolicyPattern::Compile("${aws:PrincipalTag/Team}", {});
  EXPECT_EQ(pattern->Matches("x", Ada(), trace), Match::kUnknown);
  EXPECT_EQ(trace.unknowable_keys, std::vector<std::string>{"aws:principaltag/team"});
}

TEST(PolicyPattern, RefusesWhatIsNoVariable) {
  for (const char* text : {"${aws:username", "${}", "${a, b}", "${, 'x'}", "${a, 'x}"}) {
    EXPECT_FALSE(PolicyPattern::Compile(text, {})) << text;
  }
}

TEST(PolicyPattern, ComparesArnsPartByPart) {
  constexpr std::string_view kArn = "arn:aws:execute-api:us-east-1:1:abc/production/$connect";
  EXPECT_EQ(FitsArn("arn:aws:execute-api:*:*:abc/*", kArn), Match::kYes);
  EXPECT_EQ(FitsArn("arn:aws:execute-api:*:abc/*", kArn), Match::kNo);
  EXPECT_EQ(FitsArn("arn:*:abc/*", kArn), Match::kNo);
  EXPECT_EQ(FitsArn("*", kArn), Match::kNo);
  EXPECT_EQ(FitsArn("arn:aws:lambda:*:*:function:*", "arn:aws:lambda:r:1:function:f:live"),
            Match::kYes);
  EXPECT_EQ(FitsArn("arn:aws:s3:::b", "no arn"), Match::kNo);
}

}  // namespace
}  // namespace gatehouse::auth
