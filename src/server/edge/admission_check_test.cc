#include "server/edge/admission_check.h"

#include <gtest/gtest.h>

#include "auth/signature/sigv4.h"

namespace gatehouse::server {
namespace {

class FixedClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  base::Millis WallNow() override { return base::Millis{1'795'000'000'000}; }
};

class GateTest : public testing::Test {
 protected:
  GateTest() {
    random_.emplace();
    owner_ = auth::NewOwnerKey(*random_);
    credentials_.Put({owner_, {auth::Principal::kOwner, {}, {}}, std::nullopt});
    head_.method = "POST";
    head_.target = "/";
    head_.fields = {{"Host", "localhost:4566"}};
  }

  // The head as a client signs it for a service; its texts live as long as the fixture.
  void Sign(const auth::KeyPair& key, const auth::Scope& scope) {
    auth::Request request = auth::RequestOf(head_, body_);
    signed_ = auth::Sign(request, key, scope, clock_.WallNow(), keys_);
    for (const auth::NewField& field : signed_) head_.fields.push_back({field.name, field.value});
  }
  std::optional<auth::Refusal> Check() {
    ServiceChoice choice = ChooseService(head_, gate_.VerifiedUrlService(head_));
    Admission admission = gate_.Admit({head_, body_}, choice, {door_, head_.method});
    caller_ = admission.caller;
    return admission.refusal;
  }

  FixedClock clock_;
  std::optional<base::SystemRandom> random_;
  auth::Credentials credentials_;
  std::string logged_;
  base::Log log_{{base::LogLevel::kInfo, base::LogFormat::kText},
                 clock_,
                 [this](std::string_view text) { logged_ += text; }};
  Notices notices_;
  const AdmissionOptions options_{"us-east-1", "111122223333", {"https://app.example"}};
  AdmissionCheck gate_{log_, clock_, credentials_, notices_, options_};
  auth::KeyPair owner_;
  auth::SigningKeys keys_;
  wire::HttpHead head_;
  std::string body_ = "Action=ListStacks";
  std::vector<auth::NewField> signed_;
  std::string caller_;
  Door door_ = Door::kLambda;  // of what comes in by POST
};

TEST_F(GateTest, TheOwnersSignatureComesIn) {
  Sign(owner_, {"us-east-1", "cloudformation"});
  EXPECT_FALSE(Check());
  EXPECT_EQ(caller_, "arn:aws:iam::111122223333:root");
  log_.Flush();
  EXPECT_EQ(logged_, "");
}

TEST_F(GateTest, AFunctionsSignatureSaysItsRole) {
  auth::KeyPair key = auth::NewRoleKey(*random_);
  credentials_.Put({key, {auth::Principal::kRole, "chat-role", "chat-fn"}, std::nullopt});
  Sign(key, {"us-east-1", "dynamodb"});
  EXPECT_FALSE(Check());
  EXPECT_EQ(caller_, "arn:aws:sts::111122223333:assumed-role/chat-role/chat-fn");
}

TEST_F(GateTest, AWrongSignatureOfAKnownKeyStaysOut) {
  Sign(owner_, {"us-east-1", "cloudformation"});
  body_ += "x";
  std::optional<auth::Refusal> refusal = Check();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, auth::RefusalKind::kInvalidSignature);
}

TEST_F(GateTest, UnknownKeysCountAsTheOwners) {
  Sign(auth::NewOwnerKey(*random_), {"us-east-1", "dynamodb"});
  EXPECT_FALSE(Check());
}

TEST_F(GateTest, StsIsInEveryRegion) {
  head_.fields = {{"Host", "sts.amazonaws.com"}};
  body_ = "Action=GetCallerIdentity";
  Sign(owner_, {"eu-north-1", "sts"});
  EXPECT_FALSE(Check());
}

TEST_F(GateTest, AnotherRegionIsToldWhichOneRuns) {
  Sign(owner_, {"eu-west-1", "lambda"});
  std::optional<auth::Refusal> refusal = Check();
  ASSERT_TRUE(refusal);
  EXPECT_NE(refusal->message.find("'eu-west-1'; this gatehouse runs us-east-1"), std::string::npos)
      << refusal->message;
}

TEST_F(GateTest, UnsignedRequestsComeInWithOneNoticePerService) {
  EXPECT_FALSE(Check());
  EXPECT_FALSE(Check());
  head_.fields.push_back({"X-Amz-Target", "DynamoDB_20120810.Scan"});
  EXPECT_FALSE(Check());
  log_.Flush();
  std::size_t first = logged_.find("an unsigned request to execute-api was served");
  ASSERT_NE(first, std::string::npos) << logged_;
  EXPECT_EQ(logged_.find("to execute-api", first + 40), std::string::npos);
  EXPECT_NE(logged_.find("an unsigned request to dynamodb was served"), std::string::npos);
}

TEST_F(GateTest, HeadsTellWhoAsks) {
  auto asker = [&](std::vector<wire::HttpField> fields, bool tls = false) {
    head_.fields = std::move(fields);
    head_.fields.push_back({"Host", "localhost:4566"});
    return gate_.AskerOf(head_, tls);
  };
  using enum Asker;
  wire::HttpField own{"Origin", "http://localhost:4566"};
  wire::HttpField secure{"Origin", "https://localhost:4566"};
  wire::HttpField allowed{"Origin", "https://app.example"};
  auto site = [](std::string_view value) { return wire::HttpField{"Sec-Fetch-Site", value}; };
  EXPECT_EQ(asker({}), kProgram);
  EXPECT_EQ(asker({{"User-Agent", "aws-cli/2.0"}}), kProgram);
  EXPECT_EQ(asker({{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"}}), kSilentBrowser);
  EXPECT_EQ(asker({own}), kOwnPage);
  EXPECT_EQ(asker({secure}), kOwnPage) << "a proxy speaks TLS for us";
  EXPECT_EQ(asker({secure}, true), kOwnPage);
  EXPECT_EQ(asker({own}, true), kForeignPage) << "anybody on the way can write such a page";
  EXPECT_EQ(asker({own, site("same-origin")}), kOwnPage);
  EXPECT_EQ(asker({site("same-origin")}), kOwnPage);
  EXPECT_EQ(asker({allowed}), kAllowedPage);
  EXPECT_EQ(asker({allowed, site("cross-site")}), kAllowedPage);
  EXPECT_EQ(asker({site("none")}), kAddressLine);
  for (const char* origin : {"http://localhost:3000", "http://127.0.0.1:4566", "null", "",
                             "http://localhost", "http://localhost:4566/"}) {
    EXPECT_EQ(asker({{"Origin", origin}}), kForeignPage) << origin;
    EXPECT_EQ(asker({{"Origin", origin}, site("same-origin")}), kForeignPage) << origin;
  }
  for (const char* value : {"cross-site", "same-site", "new-value"}) {
    EXPECT_EQ(asker({site(value)}), kForeignPage) << value;
    EXPECT_EQ(asker({own, site(value)}), kForeignPage) << value;
  }
}

TEST_F(GateTest, AGetOfAQueryServiceComesInWithAVerifiedSignatureOnly) {
  door_ = Door::kCloudFormation;
  head_.method = "GET";
  body_.clear();
  std::string plain = "/?Action=DeleteStack&StackName=S";
  auth::KeyPair unknown = auth::NewOwnerKey(*random_);
  auth::Scope scope{"us-east-1", "cloudformation"};
  auto presigned = [&](const auth::KeyPair& key) {
    head_.target = plain;
    return auth::Presign(auth::RequestOf(head_, ""), key, scope, clock_.WallNow(),
                         std::chrono::seconds(60), keys_);
  };
  for (const char* host : {"cloudformation.us-east-1.amazonaws.com", "localhost:4566"}) {
    head_.fields = {{"Host", host}};
    std::string url = presigned(owner_);
    head_.target = url;
    EXPECT_EQ(gate_.VerifiedUrlService(head_), "cloudformation");
    EXPECT_FALSE(Check());
    url.back() = url.back() == '0' ? '1' : '0';  // of the signature
    EXPECT_EQ(gate_.VerifiedUrlService(head_), "");
    std::string foreign = presigned(unknown);
    head_.target = foreign;
    EXPECT_EQ(gate_.VerifiedUrlService(head_), "");
    EXPECT_TRUE(Check()) << host;
    head_.target = plain;
    EXPECT_EQ(Check()->kind, auth::RefusalKind::kMissingToken) << host;
    Sign(unknown, scope);
    EXPECT_EQ(Check()->kind, auth::RefusalKind::kUnknownKey) << host;
    head_.fields = {{"Host", host}};
    Sign(owner_, scope);
    EXPECT_FALSE(Check()) << host;
  }
}

TEST_F(GateTest, EachServiceSaysNoInItsOwnForm) {
  auth::Refusal refusal{auth::RefusalKind::kInvalidSignature, "a < b \"c\"", {}, {}};
  wire::ServiceResponse json = RefusalResponse(Service::kDynamoDb, refusal, *random_);
  EXPECT_EQ(json.status, 400);
  EXPECT_EQ(json.body,
            "{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\","
            "\"message\":\"a < b \\\"c\\\"\"}");
  wire::ServiceResponse xml = RefusalResponse(Service::kCloudFormation, refusal, *random_);
  EXPECT_EQ(xml.status, 403);
  EXPECT_NE(
      xml.body.find("<Code>SignatureDoesNotMatch</Code><Message>a &lt; b &quot;c&quot;</Message>"),
      std::string::npos);
  refusal.message = std::string("\x01 & <x>");  // as far as XML can say it
  xml = RefusalResponse(Service::kCloudFormation, refusal, *random_);
  EXPECT_NE(xml.body.find("<Message>\xEF\xBF\xBD &amp; &lt;x&gt;</Message>"), std::string::npos)
      << xml.body;
  refusal.message = "a < b \"c\"";
  wire::ServiceResponse rest = RefusalResponse(Service::kLambda, refusal, *random_);
  EXPECT_EQ(rest.status, 403);
  EXPECT_EQ(rest.body, "{\"Type\":\"User\",\"Message\":\"a < b \\\"c\\\"\"}");
  bool named = false;
  for (const auto& [name, value] : rest.fields) {
    named = named || (name == "x-amzn-ErrorType" && value == "InvalidSignatureException");
  }
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace gatehouse::server
