#include "wire/reason.h"

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

TEST(Reason, IsAHeadersValueWhateverItQuotes) {
  EXPECT_EQ(ReasonValue("no stage at /x (there are: /production)"),
            "no stage at /x (there are: /production)");
  EXPECT_EQ(ReasonValue("a\r\nSet-Cookie: b\t\x7f\0"), "a\\x0d\\x0aSet-Cookie: b\\x09\\x7f");
  EXPECT_EQ(ReasonValue("Grüße"), "Gr\\xc3\\xbc\\xc3\\x9fe");
  EXPECT_LE(ReasonValue(std::string(5000, '\n')).size(), kReasonBytesMax + 3);
}

}  // namespace
}  // namespace gatehouse::wire
