#include "auth/signature/sigv4.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "auth/signature/test_request.h"

namespace gatehouse::auth {
namespace {

constexpr char kNow[] = "20260131T101010Z";
constexpr Scope kScope{"us-east-1", "execute-api"};

KeyPair ExampleKey(std::string token = "") {
  return {"AKIAGATEHOUSEEXAMPLE", std::string(kExampleSecret), std::move(token)};
}

TestRequest Unsigned(std::string target = "/production/@connections/Ab-c_1%3D") {
  TestRequest request{"POST", std::move(target), {}, "hello", {}};
  request.fields = {{"Host", "localhost:4566"}, {"X-Extra", "a  b"}, {"User-Agent", "test"}};
  return request;
}

TestRequest Signed(TestRequest request = Unsigned(), const Scope& scope = kScope,
                   const KeyPair& key = ExampleKey()) {
  SigningKeys keys;
  request.Add(Sign(request.View(), key, scope, At(kNow), keys));
  return request;
}

TestRequest Presigned(std::string target, const Scope& scope = kScope) {
  SigningKeys keys;
  TestRequest request = Unsigned(std::move(target));
  request.method = "GET";
  request.body.clear();
  request.target = Presign(request.View(), ExampleKey("to+ken"), scope, At(kNow),
                           std::chrono::seconds(60), keys);
  return request;
}

TEST(Sign, WhatItSignsVerifies) {
  for (const char* target :
       {"/", "", "/a%3Db/@c", "/a//b/../c", "/%zz", "/\xc3\xa9", "/?b=2&a=1&a=0", "/?empty=&flag",
        "/?a=b%20c%2Bd", "/?a=b+c", "/a?x=%7e&y=%2f/@:", "http://localhost:4566/a?b=c"}) {
    for (const char* service : {"execute-api", "s3", "lambda"}) {
      const Scope scope{"eu-central-1", service};
      EXPECT_EQ(Verdict(Signed(Unsigned(target), scope), kNow, scope), "") << target << service;
      const std::string_view sign_target = *target ? target : "/";
      EXPECT_EQ(Verdict(Presigned(std::string(sign_target), scope), kNow, scope), "") << target;
    }
  }
  EXPECT_EQ(Verdict(Signed(Unsigned(), kScope, ExampleKey("token")), kNow), "");
}

TEST(Sign, LeavesOutWhatProxiesChange) {
  TestRequest request = Signed();
  EXPECT_NE(request.Field("Authorization").find("SignedHeaders=host;x-amz-date;x-extra,"),
            std::string::npos);
  request.Field("User-Agent") = "other";
  EXPECT_EQ(Verdict(request, kNow), "");
}

TEST(Verify, AnyOtherSignatureIsWrong) {
  const TestRequest right = Signed();
  const std::size_t start = TestRequest(right).Field("Authorization").size() - 64;
  for (std::size_t i = 0; i < 64; ++i) {
    for (const char by : {'0', 'f', 'A', 'z', ' '}) {
      TestRequest request = right;
      char& digit = request.Field("Authorization")[start + i];
      if (digit == by) continue;
      digit = by;
      EXPECT_NE(Verdict(request, kNow), "") << i << by;
    }
  }
  TestRequest shorter = right;
  shorter.Field("Authorization").pop_back();
  EXPECT_NE(Verdict(shorter, kNow), "");
  TestRequest longer = right;
  longer.Field("Authorization") += "0";
  EXPECT_NE(Verdict(longer, kNow), "");
  EXPECT_NE(Verdict(right, kNow, kScope, "other secret"), "");
}

TEST(Verify, AnyChangeOfTheRequestIsSeen) {
  const auto changed = [](auto change) {
    TestRequest request = Signed(Unsigned("/a%3D?b=1&c="));
    change(request);
    return Verdict(request, kNow);
  };
  EXPECT_EQ(changed([](TestRequest&) {}), "");
  EXPECT_NE(changed([](TestRequest& r) { r.method = "DELETE"; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target = "/a=?b=1&c="; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target = "/a%3d?b=1&c="; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target = "//a%3D?b=1&c="; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target = "/a%3D?b=1"; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target = "/a%3D?b=2&c="; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.target += "&d"; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.body += " "; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.Field("Host") = "localhost"; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.Field("X-Extra") = "ab"; }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.fields.emplace_back("x-extra", "more"); }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.fields.erase(r.fields.begin() + 1); }), "");
  EXPECT_NE(changed([](TestRequest& r) { r.Field("X-Amz-Date") = "20260131T101011Z"; }), "");
}

TEST(Verify, WhatMeansTheSameIsTheSame) {
  const auto changed = [](auto change) {
    TestRequest request = Signed(Unsigned("/a?b=1&c=&d=x%20y"));
    change(request);
    return Verdict(request, kNow);
  };
  EXPECT_EQ(changed([](TestRequest& r) { std::reverse(r.fields.begin(), r.fields.end()); }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.target = "/a?d=x%20y&c&b=%31"; }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.target = "/a?b=1&c=&d=x+y"; }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.target = "http://proxy/a?b=1&c=&d=x%20y"; }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.Field("X-Extra") = " a b  "; }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.fields[1].first = "x-eXtra"; }), "");
  EXPECT_EQ(changed([](TestRequest& r) { r.fields.emplace_back("X-Other", "unsigned"); }), "");
}

TEST(Verify, APlusMayHaveBeenSignedEitherWay) {
  TestRequest request = Signed(Unsigned("/?a=b%2Bc"));
  request.target = "/?a=b+c";
  EXPECT_EQ(Verdict(request, kNow), "");
  request.target = "/?a=b%20c";
  EXPECT_NE(Verdict(request, kNow), "");
}

TEST(Verify, HostMustBeSigned) {
  TestRequest request = Signed();
  std::string& value = request.Field("Authorization");
  value.replace(value.find("host;"), 5, "");
  EXPECT_EQ(Verdict(request, kNow),
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST(Verify, SaysForWhatItShouldHaveBeenSigned) {
  EXPECT_EQ(Verdict(Signed(), kNow, {"eu-west-1", "execute-api"}),
            "Credential should be scoped to a valid region, not 'us-east-1'; this gatehouse runs "
            "eu-west-1 (gatehouse up --region us-east-1 runs the other).");
  EXPECT_EQ(Verdict(Signed(), kNow, {"us-east-1", "dynamodb"}),
            "Credential should be scoped to correct service: 'dynamodb'.");
  EXPECT_EQ(Verdict(Signed(), kNow, {}), "");
  TestRequest request = Signed();
  std::string& value = request.Field("Authorization");
  value.replace(value.find("/20260131/"), 10, "/20260130/");
  EXPECT_NE(Verdict(request, kNow).find("'20260130' != '20260131'"), std::string::npos);
}

TEST(Verify, ClocksMayDifferByFiveMinutes) {
  EXPECT_EQ(Verdict(Signed(), "20260131T101510Z"), "");
  EXPECT_EQ(Verdict(Signed(), "20260131T100510Z"), "");
  EXPECT_EQ(Verdict(Signed(), "20260131T101511Z"),
            "Signature expired: 20260131T101010Z is now earlier than 20260131T101011Z "
            "(20260131T101511Z - 5 min.)");
  EXPECT_EQ(Verdict(Signed(), "20260131T100509Z"),
            "Signature not yet current: 20260131T101010Z is still later than 20260131T101009Z "
            "(20260131T100509Z + 5 min.)");
  EXPECT_EQ(Verdict(Signed(), "20260131T102510Z", {"", "", std::chrono::minutes(15)}), "");
}

TEST(Verify, PresignedCountsFromItsDate) {
  const TestRequest request = Presigned("/production?a=b");
  EXPECT_EQ(Verdict(request, "20260131T101110Z"), "");
  EXPECT_EQ(Verdict(request, "20260131T101111Z"),
            "Signature expired: 20260131T101110Z is now earlier than 20260131T101111Z");
  EXPECT_EQ(Verdict(request, "20260131T100510Z"), "");
  EXPECT_NE(Verdict(request, "20260131T100509Z"), "");
}

TEST(Verify, PresignedSeesChanges) {
  const TestRequest right = Presigned("/production?a=b");
  const std::size_t start = right.target.size() - 64;
  for (std::size_t i = 0; i < 64; ++i) {
    TestRequest request = right;
    request.target[start + i] = request.target[start + i] == '0' ? '1' : '0';
    EXPECT_NE(Verdict(request, kNow), "") << i;
  }
  const auto replaced = [&](std::string_view what, std::string_view by) {
    TestRequest request = right;
    request.target.replace(request.target.find(what), what.size(), by);
    return Verdict(request, kNow);
  };
  EXPECT_NE(replaced("Expires=60", "Expires=600"), "");
  EXPECT_NE(replaced("Token=to%2Bken", "Token=token"), "");
  EXPECT_NE(replaced("a=b", "a=c"), "");
  EXPECT_NE(replaced("&X-Amz-Signature=", "&more=1&X-Amz-Signature="), "");
  TestRequest posted = right;
  posted.body = "body";
  EXPECT_NE(Verdict(posted, kNow), "");
}

TEST(Verify, AStatedPayloadHashMustBeTheBodys) {
  TestRequest request = Unsigned();
  request.Field("X-Amz-Content-Sha256") = HexOf(Sha256("hello"));
  EXPECT_EQ(Verdict(Signed(request), kNow), "");
  request.Field("X-Amz-Content-Sha256") = HexOf(Sha256("other"));
  EXPECT_NE(Verdict(Signed(request), kNow), "");
  request.Field("X-Amz-Content-Sha256") = "UNSIGNED-PAYLOAD";  // s3 only
  EXPECT_NE(Verdict(Signed(request), kNow), "");
}

TEST(Verify, ADigestStandsForTheBody) {
  TestRequest request = Signed();
  Request view = request.View();
  view.body = Sha256("hello");
  const auto signature = ParseSignature(view.target, view.fields);
  SigningKeys keys;
  EXPECT_FALSE(Verify(view, **signature, kScope, kExampleSecret, At(kNow), keys));
  view.body = Sha256("other");
  EXPECT_TRUE(Verify(view, **signature, kScope, kExampleSecret, At(kNow), keys));
}

TEST(Verify, AWrongSignatureComesWithWhatWasHashed) {
  TestRequest request = Signed();
  const Request view = request.View();
  auto signature = *ParseSignature(view.target, view.fields).value();
  signature.hex[0] ^= 1;
  SigningKeys keys;
  const auto refusal = Verify(view, signature, kScope, kExampleSecret, At(kNow), keys);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, RefusalKind::kInvalidSignature);
  EXPECT_EQ(refusal->canonical_request,
            "POST\n/production/%40connections/Ab-c_1%253D\n\nhost:localhost:4566\n"
            "x-amz-date:20260131T101010Z\nx-extra:a b\n\nhost;x-amz-date;x-extra\n" +
                HexOf(Sha256("hello")));
  EXPECT_EQ(refusal->string_to_sign,
            "AWS4-HMAC-SHA256\n20260131T101010Z\n20260131/us-east-1/execute-api/aws4_request\n" +
                HexOf(Sha256(refusal->canonical_request)));
}

}  // namespace
}  // namespace gatehouse::auth
