#include "api/serve/error_frame.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

TEST(ErrorFrameTest, HasAwssSpacing) {
  EXPECT_EQ(ErrorFrame(kInternalServerError, "VNRUSeldSwMCIRQ=", "VNRXVFJOywMF3-Q="),
            R"({"message": "Internal server error", "connectionId":"VNRUSeldSwMCIRQ=", )"
            R"("requestId":"VNRXVFJOywMF3-Q="})");
  EXPECT_EQ(ErrorFrame(kForbidden, "a", "b"),
            R"({"message": "Forbidden", "connectionId":"a", "requestId":"b"})");
  EXPECT_EQ(ErrorFrame(kEndpointTimedOut, "a", "b"),
            R"({"message": "Endpoint request timed out", "connectionId":"a", "requestId":"b"})");
}

TEST(ErrorFrameTest, QuotesItsMessage) {
  EXPECT_EQ(ErrorFrame("a\"b", "", ""),
            R"({"message": "a\"b", "connectionId":"", "requestId":""})");
}

}  // namespace
}  // namespace gatehouse::api
