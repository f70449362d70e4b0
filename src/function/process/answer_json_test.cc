#include "function/process/answer_json.h"

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

TEST(AnswerJsonTest, HasWhatTheAnswerHas) {
  EXPECT_EQ(AnswerJson({}), R"({"statusCode":200})");
  EXPECT_EQ(AnswerJson({404, "", {}}), R"({"statusCode":404,"body":""})");
  EXPECT_EQ(AnswerJson({200, "a\"b\n", {{"A", "{"}, {"B", "c\"d"}}}),
            R"({"statusCode":200,"headers":{"A":"{","B":"c\"d"},"body":"a\"b\n"})");
}

}  // namespace
}  // namespace gatehouse::function
