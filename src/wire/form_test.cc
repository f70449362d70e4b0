#include "wire/form.h"

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

FormFields Parsed(std::string_view body) {
  Result<FormFields> fields = ParseForm(body);
  EXPECT_TRUE(fields);
  return fields ? *fields : FormFields{};
}

TEST(Form, DecodesNamesAndValues) {
  FormFields expected{{"Action", "CreateStack"}, {"A b", "1+1=2 & more"}, {"Tags", ""}};
  EXPECT_EQ(Parsed("Action=CreateStack&A%20b=1%2B1=2+%26+more&Tags="), expected);
}

TEST(Form, TakesOddPairs) {
  FormFields expected{{"a", ""}, {"", "b"}, {"c", "%zz"}};
  EXPECT_EQ(Parsed("&a&&=b&c=%zz&"), expected);
  EXPECT_TRUE(Parsed("").empty());
}

TEST(Form, IsBounded) {
  FormLimits limits{8, 2};
  EXPECT_TRUE(ParseForm("a=1&b=2", limits));
  EXPECT_EQ(ParseForm("a=1&b=234", limits).error().code, ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(ParseForm("a&b&c", limits).error().code, ErrorCode::kPayloadTooLarge);
}

TEST(Form, AQueryFollowsTheFirstQuestionMark) {
  EXPECT_EQ(QueryOf("/a?b=c?d"), "b=c?d");
  EXPECT_EQ(QueryOf("/a?"), "");
  EXPECT_EQ(QueryOf("/a"), "");
  EXPECT_EQ(QueryOf(""), "");
}

}  // namespace
}  // namespace gatehouse::wire
