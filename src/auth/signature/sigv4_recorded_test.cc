// Signatures that others made: AWS's published examples, and requests as Debian 12's boto3
// (botocore 1.29.27) signs them, recorded once.
#include <gtest/gtest.h>

#include "auth/signature/sigv4.h"
#include "auth/signature/test_request.h"

namespace gatehouse::auth {
namespace {

constexpr char kThen[] = "20260131T101010Z";

std::string Authorization(std::string_view scope, std::string_view headers, std::string_view hex) {
  std::string value = "AWS4-HMAC-SHA256 Credential=";
  value.append(scope).append("/aws4_request, SignedHeaders=").append(headers);
  return value.append(", Signature=").append(hex);
}

// AWS's signature test suite ("aws4_testsuite"): names, requests and signatures are AWS's.
TestRequest SuiteRequest(std::string method, std::string target, std::string_view headers,
                         std::string_view hex) {
  TestRequest request{std::move(method), std::move(target), {}, "", {}};
  request.fields = {
      {"Host", "example.amazonaws.com"},
      {"X-Amz-Date", "20150830T123600Z"},
      {"Authorization", Authorization("AKIDEXAMPLE/20150830/us-east-1/service", headers, hex)}};
  return request;
}

TEST(AwsTestSuite, GetVanilla) {
  EXPECT_EQ(
      Verdict(SuiteRequest("GET", "/", "host;x-amz-date",
                           "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
              "20150830T123600Z"),
      "");
}

TEST(AwsTestSuite, PostVanilla) {
  EXPECT_EQ(
      Verdict(SuiteRequest("POST", "/", "host;x-amz-date",
                           "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
              "20150830T123600Z"),
      "");
}

TEST(AwsTestSuite, GetVanillaQueryOrderKeyCase) {
  EXPECT_EQ(
      Verdict(SuiteRequest("GET", "/?Param2=value2&Param1=value1", "host;x-amz-date",
                           "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
              "20150830T123600Z"),
      "");
}

TEST(AwsTestSuite, GetUtf8) {
  EXPECT_EQ(
      Verdict(SuiteRequest("GET", "/\xe1\x88\xb4", "host;x-amz-date",
                           "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
              "20150830T123600Z"),
      "");
}

TEST(AwsTestSuite, GetHeaderValueTrim) {
  TestRequest request =
      SuiteRequest("GET", "/", "host;my-header1;my-header2;x-amz-date",
                   "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
  request.fields.emplace_back("My-Header1", " value1");
  request.fields.emplace_back("My-Header2", " \"a   b   c\"");
  EXPECT_EQ(Verdict(request, "20150830T123600Z"), "");
}

TEST(AwsTestSuite, GetHeaderKeyDuplicate) {
  TestRequest request =
      SuiteRequest("GET", "/", "host;my-header1;x-amz-date",
                   "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea");
  for (const char* value : {"value2", "value2", "value1"}) {
    request.fields.emplace_back("My-Header1", value);
  }
  EXPECT_EQ(Verdict(request, "20150830T123600Z"), "");
}

// AWS General Reference, "Signing AWS requests".
TEST(AwsExample, ListUsers) {
  TestRequest request{"GET", "/?Action=ListUsers&Version=2010-05-08", {}, "", {}};
  request.fields = {
      {"Host", "iam.amazonaws.com"},
      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"X-Amz-Date", "20150830T123600Z"},
      {"Authorization",
       Authorization("AKIDEXAMPLE/20150830/us-east-1/iam", "content-type;host;x-amz-date",
                     "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")}};
  EXPECT_EQ(Verdict(request, "20150830T123600Z"), "");
}

constexpr std::string_view kS3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

// Amazon S3 API Reference, "Examples: Signature calculations", GET Object.
TEST(AwsExample, S3GetObject) {
  TestRequest request{"GET", "/test.txt", {}, "", {}};
  request.fields = {
      {"Host", "examplebucket.s3.amazonaws.com"},
      {"Range", "bytes=0-9"},
      {"x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"x-amz-date", "20130524T000000Z"},
      {"Authorization",
       Authorization("AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3",
                     "host;range;x-amz-content-sha256;x-amz-date",
                     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")}};
  EXPECT_EQ(Verdict(request, "20130524T000000Z", {}, kS3Secret), "");
}

// The same reference, "Authenticating requests: using query parameters".
TEST(AwsExample, S3Presigned) {
  TestRequest request;
  request.target =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  request.fields = {{"Host", "examplebucket.s3.amazonaws.com"}};
  EXPECT_EQ(Verdict(request, "20130524T120000Z", {}, kS3Secret), "");
}

TEST(Botocore, PostToConnection) {
  TestRequest request{"POST", "/production/@connections/Ab-c_1%3D", {}, "hello", {}};
  request.fields = {
      {"Host", "localhost:4566"},
      {"Accept-Encoding", "identity"},
      {"X-Amz-Date", kThen},
      {"X-Amz-Security-Token", "token/with+and="},
      {"Authorization",
       Authorization("ASIAGATEHOUSEEXAMPLE/20260131/us-east-1/execute-api",
                     "host;x-amz-date;x-amz-security-token",
                     "a1cdc66ee41c0cdf5ac54fe3267d5e3404d8eb30c60c8a487233d94dbdb2e1c8")},
      {"Content-Length", "5"}};
  EXPECT_EQ(Verdict(request, kThen, {"us-east-1", "execute-api"}), "");
  request.target = "/production/%40connections/Ab-c_1%3D";  // the same to a router, not to SigV4
  EXPECT_NE(Verdict(request, kThen), "");
}

TEST(Botocore, DynamoDbScan) {
  TestRequest request{"POST", "/", {}, "{\"TableName\": \"Connections\"}", {}};
  request.fields = {
      {"Host", "localhost:4566"},
      {"X-Amz-Target", "DynamoDB_20120810.Scan"},
      {"Content-Type", "application/x-amz-json-1.0"},
      {"X-Amz-Date", kThen},
      {"Authorization",
       Authorization("AKIAGATEHOUSEEXAMPLE/20260131/us-east-1/dynamodb",
                     "content-type;host;x-amz-date;x-amz-target",
                     "bdc9efa0bdad4b41b9825907bfa111d5af5417234a2a40190bf6fbb1d3e8decc")},
      {"Content-Length", "28"}};
  EXPECT_EQ(Verdict(request, kThen, {"us-east-1", "dynamodb"}), "");
  request.body.back() = ' ';
  EXPECT_NE(Verdict(request, kThen), "");
}

TEST(Botocore, InvokeByArn) {
  TestRequest request{"POST", "", {}, "{}", {}};
  request.target =
      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Asend"
      "/invocations?Qualifier=%24LATEST";
  request.fields = {
      {"Host", "localhost:4566"},
      {"X-Amz-Invocation-Type", "RequestResponse"},
      {"X-Amz-Client-Context", "  a   b "},
      {"X-Amz-Date", kThen},
      {"Authorization",
       Authorization("AKIAGATEHOUSEEXAMPLE/20260131/us-east-1/lambda",
                     "host;x-amz-client-context;x-amz-date;x-amz-invocation-type",
                     "05710964a9f7230757b42707070c6191233c27182a3de33965de5fe6d06e17db")},
      {"Content-Length", "2"}};
  EXPECT_EQ(Verdict(request, kThen, {"us-east-1", "lambda"}), "");
}

TEST(Botocore, PresignedConnect) {
  TestRequest request;
  request.target =
      "/production?b=2&a=x%20y&empty=&X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=ASIAGATEHOUSEEXAMPLE%2F20260131%2Fus-east-1%2Fexecute-api%2Faws4_request"
      "&X-Amz-Date=20260131T101010Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
      "&X-Amz-Security-Token=token%2Fwith%2Band%3D"
      "&X-Amz-Signature=4d725764da4df5d45343ebb4d1227d878abede970323d213ae4b1b2b06b7b448";
  request.fields = {{"Host", "localhost:4566"}};
  EXPECT_EQ(Verdict(request, kThen, {"us-east-1", "execute-api"}), "");
  EXPECT_EQ(Verdict(request, "20260131T101510Z"), "");
  EXPECT_EQ(Verdict(request, "20260131T101511Z"),
            "Signature expired: 20260131T101510Z is now earlier than 20260131T101511Z");
}

TEST(Botocore, S3PresignedAndPut) {
  TestRequest request;
  request.target =
      "/bucket/a%20b/c%2Bd%40e?X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=AKIAGATEHOUSEEXAMPLE%2F20260131%2Fus-east-1%2Fs3%2Faws4_request"
      "&X-Amz-Date=20260131T101010Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
      "&X-Amz-Signature=cedbd413d42950d2534c3413aa7d95ea98f133d295c99c5d22e6a0b183a230f7";
  request.fields = {{"Host", "localhost:4566"}};
  EXPECT_EQ(Verdict(request, kThen, {"us-east-1", "s3"}), "");

  TestRequest put{"PUT", "/a%20b/c%2Bd", {}, "zip", {}};
  put.fields = {
      {"Host", "bucket.s3.us-east-1.amazonaws.com"},
      {"X-Amz-Date", kThen},
      {"X-Amz-Content-SHA256", "4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2"},
      {"Authorization",
       Authorization("AKIAGATEHOUSEEXAMPLE/20260131/us-east-1/s3",
                     "host;x-amz-content-sha256;x-amz-date",
                     "d99eeb1ee0ddc1c128b612d2feda39ddec412548ac7b947260b361c3f6fffe88")},
      {"Content-Length", "3"}};
  EXPECT_EQ(Verdict(put, kThen, {"us-east-1", "s3"}), "");
  put.body = "zap";
  EXPECT_NE(Verdict(put, kThen), "");
}

}  // namespace
}  // namespace gatehouse::auth
