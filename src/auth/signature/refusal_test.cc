#include "auth/signature/refusal.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

std::string Told(const Refusal& refusal, ServiceFamily family) {
  const RefusalAnswer answer = AnswerFor(refusal, family);
  return std::to_string(answer.status) + " " + std::string(answer.name) + ": " + answer.message;
}

TEST(AnswerFor, EachFamilyHasItsNamesAndStatuses) {
  const Refusal wrong{RefusalKind::kInvalidSignature, "text", {}, {}};
  EXPECT_EQ(Told(wrong, ServiceFamily::kRestJson), "403 InvalidSignatureException: text");
  EXPECT_EQ(Told(wrong, ServiceFamily::kJson), "400 InvalidSignatureException: text");
  EXPECT_EQ(Told(wrong, ServiceFamily::kQuery), "403 SignatureDoesNotMatch: text");
  const Refusal unknown{RefusalKind::kUnknownKey, "text", {}, {}};
  EXPECT_EQ(Told(unknown, ServiceFamily::kJson), "400 UnrecognizedClientException: text");
  EXPECT_EQ(Told(unknown, ServiceFamily::kQuery), "403 InvalidClientTokenId: text");
  const Refusal expired{RefusalKind::kExpiredToken, "text", {}, {}};
  EXPECT_EQ(Told(expired, ServiceFamily::kQuery), "403 ExpiredToken: text");
  const Refusal denied{RefusalKind::kAccessDenied, "text", {}, {}};
  EXPECT_EQ(Told(denied, ServiceFamily::kRestJson), "403 AccessDeniedException: text");
  const Refusal incomplete{RefusalKind::kIncomplete, "text", {}, {}};
  EXPECT_EQ(Told(incomplete, ServiceFamily::kQuery), "400 IncompleteSignature: text");
}

TEST(AnswerFor, AWrongSignatureTellsWhatTheRightOneIsMadeOf) {
  const Refusal wrong{RefusalKind::kInvalidSignature, "No match.", "GET\n/\n", "AWS4\nhash"};
  for (ServiceFamily family :
       {ServiceFamily::kRestJson, ServiceFamily::kJson, ServiceFamily::kQuery}) {
    EXPECT_EQ(AnswerFor(wrong, family).message,
              "No match.\n\nThe Canonical String for this request should have been\n'GET\n/\n'\n\n"
              "The String-to-Sign should have been\n'AWS4\nhash'\n");
  }
}

TEST(AnswerFor, NoSignatureHasTheFamilysText) {
  EXPECT_EQ(Told({}, ServiceFamily::kRestJson),
            "403 MissingAuthenticationTokenException: Missing Authentication Token");
  EXPECT_EQ(Told({}, ServiceFamily::kJson),
            "400 MissingAuthenticationTokenException: Request is missing Authentication Token");
  EXPECT_EQ(Told({}, ServiceFamily::kQuery),
            "403 MissingAuthenticationToken: Request is missing Authentication Token");
}

}  // namespace
}  // namespace gatehouse::auth
