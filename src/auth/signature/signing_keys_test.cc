#include "auth/signature/signing_keys.h"

#include <gtest/gtest.h>

#include "auth/signature/test_request.h"

namespace gatehouse::auth {
namespace {

// Both keys stand in AWS's General Reference, "Examples of how to derive a signing key".
TEST(SigningKeys, DerivesAwssExamples) {
  EXPECT_EQ(HexOf(DeriveSigningKey(kExampleSecret, "20120215", "us-east-1", "iam")),
            "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
  EXPECT_EQ(HexOf(DeriveSigningKey(kExampleSecret, "20150830", "us-east-1", "iam")),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST(SigningKeys, KeepsAsManyAsItMayAndAnswersRight) {
  SigningKeys keys(3);
  for (int round = 0; round < 3; ++round) {
    for (int day = 10; day < 20; ++day) {
      const std::string date = "201502" + std::to_string(day);
      EXPECT_EQ(keys.Get(kExampleSecret, date, "us-east-1", "iam"),
                DeriveSigningKey(kExampleSecret, date, "us-east-1", "iam"));
      EXPECT_LE(keys.size(), 3u);
    }
  }
}

TEST(SigningKeys, NoPartIsTakenForAnother) {
  SigningKeys keys;
  const Digest key = keys.Get("secret", "20150830", "us-east-1", "iam");
  EXPECT_EQ(keys.Get("secret", "20150830", "us-east-1", "iam"), key);
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_NE(keys.Get("secreT", "20150830", "us-east-1", "iam"), key);
  EXPECT_NE(keys.Get("secret", "20150831", "us-east-1", "iam"), key);
  EXPECT_NE(keys.Get("secret", "20150830", "us-east-2", "iam"), key);
  EXPECT_NE(keys.Get("secret", "20150830", "us-east-1", "sts"), key);
  EXPECT_EQ(keys.size(), 5u);
}

TEST(Digest, HmacOfRfc4231) {
  EXPECT_EQ(HexOf(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexOf(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, SameSecretComparesWholeTexts) {
  EXPECT_TRUE(SameSecret("", ""));
  EXPECT_TRUE(SameSecret("abc", "abc"));
  EXPECT_FALSE(SameSecret("abc", "ab"));
  EXPECT_FALSE(SameSecret("abc", "abd"));
}

}  // namespace
}  // namespace gatehouse::auth
