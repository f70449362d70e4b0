#include "api/serve/close_notice.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

// "4000 bye", or the error's sentence.
std::string Read(std::string_view query) {
  Result<CloseNotice> notice = ReadCloseNotice(query);
  if (!notice) return notice.error().message;
  return std::to_string(notice->code) + " " + notice->reason;
}

TEST(CloseNoticeTest, WithoutParametersItIsAsOnAws) {
  EXPECT_EQ(Read(""), "1000 Connection Closed Normally");
  EXPECT_EQ(Read("other=1"), "1000 Connection Closed Normally");
}

TEST(CloseNoticeTest, CodeAndReasonAreTakenAsGiven) {
  EXPECT_EQ(Read("code=4001&reason=please+come%20back"), "4001 please come back");
  EXPECT_EQ(Read("reason=caf%C3%A9"), "1000 caf\xc3\xa9");
  EXPECT_EQ(Read("code=1000"), "1000 Connection Closed Normally");
  EXPECT_EQ(Read("code=4999"), "4999 ");
  EXPECT_EQ(Read("code=1000&reason="), "1000 ");
}

TEST(CloseNoticeTest, OnlyCodesThatAServerMaySend) {
  for (const char* code : {"1001", "1003", "1007", "1011", "1014", "3000"}) {
    EXPECT_EQ(Read(std::string("code=") + code), std::string(code) + " ");
  }
  for (const char* code : {"0", "999", "1004", "1005", "1006", "1015", "1016", "2999", "5000",
                           "65536", "4294968296", "-1000", "1000x", "x", "", "%2B1000"}) {
    EXPECT_EQ(Read(std::string("code=") + code),
              "code must be 1000 to 1003, 1007 to 1014 or 3000 to 4999")
        << code;
  }
}

TEST(CloseNoticeTest, AReasonFitsIntoACloseFrame) {
  std::string longest(123, 'x');
  EXPECT_EQ(Read("reason=" + longest), "1000 " + longest);
  EXPECT_EQ(Read("reason=x" + longest), "reason has 124 bytes; a close frame has room for 123");
  EXPECT_EQ(Read("reason=%FF"), "reason is not UTF-8 text");
}

TEST(CloseNoticeTest, NothingIsGivenTwice) {
  EXPECT_EQ(Read("code=4000&code=4000"), "code is given twice");
  EXPECT_EQ(Read("reason=a&reason="), "reason is given twice");
}

}  // namespace
}  // namespace gatehouse::api
