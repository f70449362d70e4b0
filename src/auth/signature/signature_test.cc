#include "auth/signature/signature.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

constexpr std::string_view kGood =
    "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00ff";
constexpr std::string_view kGoodQuery =
    "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fiam"
    "%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=00ff";

Result<std::optional<Signature>> Parse(std::string_view authorization,
                                       std::string_view target = "/") {
  const std::vector<wire::HttpField> fields = {
      {"Host", "h"}, {"authorization", authorization}, {"x-amz-date", "20150830T123600Z"}};
  return ParseSignature(target, fields);
}

std::string ErrorOf(std::string_view authorization, std::string_view target = "/") {
  const auto parsed = Parse(authorization, target);
  return parsed ? "" : parsed.error().message;
}

TEST(ParseSignature, ReadsTheHeaderForm) {
  const auto parsed = Parse(kGood);
  ASSERT_TRUE(parsed && *parsed);
  const Signature& signature = **parsed;
  EXPECT_FALSE(signature.presigned);
  EXPECT_EQ(signature.access_key, "AKID");
  EXPECT_EQ(signature.date, "20150830");
  EXPECT_EQ(signature.region, "us-east-1");
  EXPECT_EQ(signature.service, "iam");
  EXPECT_EQ(signature.signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
  EXPECT_EQ(signature.hex, "00ff");
  EXPECT_EQ(signature.timestamp, "20150830T123600Z");
  EXPECT_EQ(signature.time, std::chrono::seconds(1440938160));
  EXPECT_EQ(signature.security_token, "");
}

TEST(ParseSignature, BlanksAfterCommasAreFreeAndOrderToo) {
  const auto parsed = Parse(
      "AWS4-HMAC-SHA256  Signature=00ff,SignedHeaders=X-Amz-Date;Host,"
      "\tCredential=AKID/20150830/us-east-1/iam/aws4_request");
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
}

TEST(ParseSignature, ReadsTheQueryForm) {
  const std::string target = std::string(kGoodQuery) + "&X-Amz-Security-Token=a%2Fb";
  const auto parsed = ParseSignature(target, {});
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_TRUE((*parsed)->presigned);
  EXPECT_EQ((*parsed)->access_key, "AKID");
  EXPECT_EQ((*parsed)->expires, std::chrono::seconds(60));
  EXPECT_EQ((*parsed)->security_token, "a/b");
}

TEST(ParseSignature, OtherSchemesAreNone) {
  for (const std::string_view value : {"", "Bearer abc", "Basic YTpi", "AWS AKID:sig"}) {
    const auto parsed = Parse(value);
    ASSERT_TRUE(parsed) << value;
    EXPECT_FALSE(*parsed) << value;
  }
  ASSERT_TRUE(ParseSignature("/?a=b", {}));
  EXPECT_TRUE(Parse("Bearer abc", kGoodQuery).value());
}

TEST(ParseSignature, BothFormsAtOnceAreRefused) {
  EXPECT_NE(ErrorOf(kGood, kGoodQuery).find("not both"), std::string::npos);
  EXPECT_NE(ErrorOf(kGood, "/?X-Amz-Signature=1").find("not both"), std::string::npos);
}

TEST(ParseSignature, NamesAllThatIsMissing) {
  EXPECT_EQ(ErrorOf("AWS4-HMAC-SHA256 SignedHeaders=host"),
            "Authorization header requires 'Credential' parameter. "
            "Authorization header requires 'Signature' parameter.");
  EXPECT_NE(ErrorOf("AWS4-HMAC-SHA256").find("'SignedHeaders'"), std::string::npos);
  EXPECT_NE(ErrorOf("", "/?X-Amz-Signature=1").find("'X-Amz-Expires'"), std::string::npos);
  const std::vector<wire::HttpField> undated = {{"Authorization", kGood}};
  EXPECT_NE(ParseSignature("/", undated).error().message.find("'X-Amz-Date'"), std::string::npos);
}

TEST(ParseSignature, RefusesWhatIsMalformed) {
  const auto replaced = [](std::string_view what, std::string_view by) {
    std::string text(kGood);
    return ErrorOf(text.replace(text.find(what), what.size(), by));
  };
  EXPECT_NE(replaced("Signature=00ff", "Signature"), "");
  EXPECT_NE(replaced("Signature=00ff", "Signature=00ff, Signature=00ff"), "");
  EXPECT_NE(replaced("Signature=00ff", "Signature="), "");
  EXPECT_NE(replaced("/iam", ""), "");
  EXPECT_NE(replaced("/iam", "/iam/iam"), "");
  EXPECT_NE(replaced("aws4_request", "aws3_request"), "");
  EXPECT_NE(replaced("AKID", ""), "");
  EXPECT_NE(replaced("host;x-amz-date", "host;;x-amz-date"), "");
  EXPECT_NE(replaced("host;x-amz-date", "host;Host"), "");
  EXPECT_NE(replaced("HMAC-SHA256", "ECDSA-P256-SHA256"), "");
  EXPECT_NE(replaced("HMAC-SHA256 ", "HMAC-SHA256,"), "");
  std::string many = "host";
  for (int i = 0; i < 200; ++i) many += ";x" + std::to_string(i);
  EXPECT_NE(replaced("host;x-amz-date", many), "");
}

TEST(ParseSignature, RefusesMalformedQueries) {
  const auto replaced = [](std::string_view what, std::string_view by) {
    std::string text(kGoodQuery);
    return ErrorOf("", text.replace(text.find(what), what.size(), by));
  };
  EXPECT_EQ(replaced("Expires=60", "Expires=604800"), "");
  EXPECT_NE(replaced("Expires=60", "Expires=604801"), "");
  EXPECT_NE(replaced("Expires=60", "Expires=-1"), "");
  EXPECT_NE(replaced("Expires=60", "Expires=99999999999999999999"), "");
  EXPECT_NE(replaced("Expires=60", "Expires=6x"), "");
  EXPECT_NE(replaced("SHA256", "SHA1"), "");
  EXPECT_NE(replaced("T123600Z", ""), "");
  EXPECT_NE(replaced("&X-Amz-Date", "&X-Amz-Date=1&X-Amz-%44ate"), "");
}

TEST(ParseSignature, RefusesFieldsGivenTwice) {
  std::vector<wire::HttpField> fields = {{"Authorization", kGood},
                                         {"X-Amz-Date", "20150830T123600Z"}};
  ASSERT_TRUE(ParseSignature("/", fields));
  for (const wire::HttpField& again : std::vector<wire::HttpField>(fields)) {
    fields.push_back(again);
    EXPECT_FALSE(ParseSignature("/", fields)) << again.name;
    fields.pop_back();
  }
}

TEST(Timestamp, RoundTrips) {
  for (const std::string_view text : {"19700101T000000Z", "20240229T235959Z", "99991231T000000Z"}) {
    ASSERT_TRUE(ParseTimestamp(text)) << text;
    EXPECT_EQ(FormatTimestamp(*ParseTimestamp(text)), text);
  }
  EXPECT_EQ(FormatTimestamp(base::Millis(1999)), "19700101T000001Z");
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "20150830", "20150830T123600", "20150830T123600z", "20150230T123600Z",
        "20151330T123600Z", "20150830T243600Z", "20150830T126000Z", "20150830T123660Z",
        "2015-830T123600Z", "2015083 T123600Z", "+0150830T123600Z", "20150830T1236000Z"}) {
    EXPECT_FALSE(ParseTimestamp(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::auth
