#include "lambda/functions_client.h"

#include <gtest/gtest.h>

#include "lambda/test_service.h"

namespace gatehouse::lambda {
namespace {

struct FunctionsClientTest : testing::Test, ServiceWorld {
  FunctionsClient functions{*client, Service()};
};

TEST_F(FunctionsClientTest, InvokesAndWaits) {
  always = {200, R"({"errorType":"X"})", {{"X-Amz-Function-Error", "Unhandled"}}};
  auto invoked =
      Finish(functions.Invoke("arn:aws:f", R"({"a":1})", InvocationType::kRequestResponse));
  ASSERT_TRUE(invoked && *invoked);
  EXPECT_EQ((*invoked)->status_code, 200);
  EXPECT_EQ((*invoked)->payload, R"({"errorType":"X"})");
  EXPECT_EQ((*invoked)->function_error, "Unhandled");
  EXPECT_EQ(asked[0].line, "POST /2015-03-31/functions/arn%3Aaws%3Af/invocations");
  EXPECT_EQ(asked[0].fields["X-Amz-Invocation-Type"], "RequestResponse");
  EXPECT_EQ(asked[0].body, R"({"a":1})");
}

TEST_F(FunctionsClientTest, SendsEvents) {
  always = {202, ""};
  auto invoked = Finish(functions.Invoke("f", "{}", InvocationType::kEvent));
  ASSERT_TRUE(invoked && *invoked);
  EXPECT_EQ((*invoked)->status_code, 202);
  EXPECT_EQ((*invoked)->function_error, "");
  EXPECT_EQ(asked[0].fields["X-Amz-Invocation-Type"], "Event");
}

TEST_F(FunctionsClientTest, SaysWhatLambdaSays) {
  always = {404,
            R"({"Message":"Function not found: f","Type":"User"})",
            {{"x-amzn-ErrorType", "ResourceNotFoundException"}}};
  auto invoked = Finish(functions.Invoke("f", "{}", InvocationType::kEvent));
  ASSERT_TRUE(invoked && !*invoked);
  EXPECT_EQ(invoked->error().code, ErrorCode::kNotFound);
  EXPECT_EQ(invoked->error().message, "Function not found: f");
}

}  // namespace
}  // namespace gatehouse::lambda
