#include "auth/signature/authenticate.h"

#include <gtest/gtest.h>

#include "auth/signature/test_request.h"

namespace gatehouse::auth {
namespace {

constexpr char kNow[] = "20260131T101010Z";
constexpr Scope kScope{"us-east-1", "lambda"};

class AuthenticateTest : public testing::Test {
 protected:
  AuthenticateTest() {
    credentials_.Put({owner_, {Principal::kOwner, "", ""}, {}});
    credentials_.Put({role_, {Principal::kRole, "SendRole", "send"}, {}});
  }

  TestRequest Signed(const KeyPair& key, const Scope& scope = kScope) {
    TestRequest request{"POST", "/invoke", {{"Host", "localhost:4566"}}, "{}", {}};
    request.Add(Sign(request.View(), key, scope, At(kNow), keys_));
    return request;
  }
  Authentication Decide(TestRequest request, AuthMode mode, std::string_view now = kNow) {
    return Authenticate(request.View(), kScope, mode, credentials_, At(now), keys_);
  }
  // "anonymous", the principal's ARN with "?" if unverified, or the refusal's name.
  std::string Told(const TestRequest& request, AuthMode mode, std::string_view now = kNow) {
    const Authentication decision = Decide(request, mode, now);
    if (decision.outcome == Authentication::kAnonymous) return "anonymous";
    if (decision.outcome == Authentication::kRefused) {
      return std::string(AnswerFor(decision.refusal, ServiceFamily::kRestJson).name);
    }
    return ArnOf(decision.principal, "000000000000") + (decision.verified ? "" : "?");
  }
  std::string Both(const TestRequest& request, std::string_view now = kNow) {
    const std::string local = Told(request, AuthMode::kLocal, now);
    const std::string strict = Told(request, AuthMode::kStrict, now);
    return local == strict ? local : local + " | " + strict;
  }

  KeyPair owner_{"AKIAGATEHOUSEEXAMPLE", std::string(kExampleSecret), ""};
  KeyPair role_{"ASIAGATEHOUSEEXAMPLE", "role secret", "token"};
  Credentials credentials_;
  SigningKeys keys_;
};

TEST_F(AuthenticateTest, KnownKeysAreTheirPrincipals) {
  EXPECT_EQ(Both(Signed(owner_)), "arn:aws:iam::000000000000:root");
  EXPECT_EQ(Both(Signed(role_)), "arn:aws:sts::000000000000:assumed-role/SendRole/send");
  EXPECT_EQ(Decide(Signed(role_), AuthMode::kLocal).signature->region, "us-east-1");
}

TEST_F(AuthenticateTest, UnsignedIsAnonymousOnlyLocally) {
  TestRequest request{"POST", "/", {{"Host", "localhost:4566"}}, "", {}};
  EXPECT_EQ(Both(request), "anonymous | MissingAuthenticationTokenException");
  request.Field("Authorization") = "Bearer abc";
  EXPECT_EQ(Both(request), "anonymous | MissingAuthenticationTokenException");
}

TEST_F(AuthenticateTest, UnknownKeysAreTheOwnersOnlyLocally) {
  const KeyPair unknown{"test", "test", ""};
  EXPECT_EQ(Both(Signed(unknown)), "arn:aws:iam::000000000000:root? | UnrecognizedClientException");
  EXPECT_EQ(Told(Signed(unknown), AuthMode::kLocal, "20300101T000000Z"),
            "arn:aws:iam::000000000000:root?");
  EXPECT_EQ(Told(Signed(unknown, {"eu-west-1", "lambda"}), AuthMode::kLocal),
            "InvalidSignatureException");
}

TEST_F(AuthenticateTest, WrongSignaturesOfKnownKeysAreRefused) {
  KeyPair guessed = owner_;
  guessed.secret = role_.secret;
  EXPECT_EQ(Both(Signed(guessed)), "InvalidSignatureException");
  TestRequest changed = Signed(owner_);
  changed.body = "{ }";
  EXPECT_EQ(Both(changed), "InvalidSignatureException");
  EXPECT_EQ(Both(Signed(owner_), "20260131T102010Z"), "InvalidSignatureException");
}

TEST_F(AuthenticateTest, TheTokenMustBeTheOneIssued) {
  for (const char* token : {"", "Token", "token2"}) {
    KeyPair key = role_;
    key.security_token = token;
    EXPECT_EQ(Both(Signed(key)), "UnrecognizedClientException") << token;
  }
  KeyPair with_token = owner_;
  with_token.security_token = "left over in the shell";
  EXPECT_EQ(Both(Signed(with_token)), "UnrecognizedClientException");
}

TEST_F(AuthenticateTest, CredentialsMayExpire) {
  credentials_.Put({role_, {Principal::kRole, "SendRole", "send"}, At(kNow)});
  EXPECT_EQ(Both(Signed(role_)), "ExpiredTokenException");
  EXPECT_EQ(Told(Signed(role_), AuthMode::kStrict, "20260131T101009Z"),
            "arn:aws:sts::000000000000:assumed-role/SendRole/send");
}

TEST_F(AuthenticateTest, RemovedKeysAreUnknown) {
  credentials_.Remove(role_.access_key_id);
  credentials_.Remove("never there");
  EXPECT_EQ(credentials_.size(), 1u);
  EXPECT_EQ(Told(Signed(role_), AuthMode::kStrict), "UnrecognizedClientException");
}

TEST_F(AuthenticateTest, WhatWasFoundStaysAsItWas) {
  std::shared_ptr<const Credential> found = credentials_.Find(role_.access_key_id);
  ASSERT_TRUE(found);
  credentials_.Put({role_, {Principal::kRole, "Other", "other"}, {}});
  EXPECT_EQ(found->principal.role, "SendRole");
  EXPECT_EQ(credentials_.Find(role_.access_key_id)->principal.role, "Other");
  credentials_.Remove(role_.access_key_id);
  EXPECT_EQ(found->key.secret, role_.secret);
  EXPECT_FALSE(credentials_.Find(role_.access_key_id));
}

TEST_F(AuthenticateTest, WhatCannotBeReadIsRefused) {
  TestRequest request = Signed(owner_);
  request.Field("Authorization") = "AWS4-HMAC-SHA256 Credential=test";
  EXPECT_EQ(Both(request), "IncompleteSignatureException");
  TestRequest both = Signed(owner_);
  both.target += "?X-Amz-Signature=0";
  EXPECT_EQ(Both(both), "IncompleteSignatureException");
}

}  // namespace
}  // namespace gatehouse::auth
