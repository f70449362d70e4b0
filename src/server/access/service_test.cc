#include "server/access/service.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

wire::HttpHead Head(std::string_view method, std::string_view target,
                    std::vector<wire::HttpField> fields = {}) {
  wire::HttpHead head;
  head.method = method;
  head.target = target;
  head.fields = std::move(fields);
  return head;
}

TEST(ServiceTest, AwsHostNamesNameTheirService) {
  EXPECT_EQ(ServiceNameOfHost("lambda.us-east-1.amazonaws.com"), "lambda");
  EXPECT_EQ(ServiceNameOfHost("lambda.us-east-1.amazonaws.com:443"), "lambda");
  EXPECT_EQ(ServiceNameOfHost("a1b2.execute-api.eu-central-2.amazonaws.com"), "execute-api");
  EXPECT_EQ(ServiceNameOfHost("bucket.s3.us-east-1.amazonaws.com"), "s3");
  EXPECT_EQ(ServiceNameOfHost("bucket.s3.amazonaws.com"), "s3");
  EXPECT_EQ(ServiceNameOfHost("sts.amazonaws.com"), "sts");
  EXPECT_EQ(ServiceNameOfHost("000000000000.ddb.us-gov-west-1.amazonaws.com"), "dynamodb");
  EXPECT_EQ(ServiceNameOfHost("localhost:4566"), "");
  EXPECT_EQ(ServiceNameOfHost("amazonaws.com"), "");
  EXPECT_EQ(ServiceNameOfHost("lambda.us-east-1.amazonaws.com.evil.example"), "");
}

TEST(ServiceTest, TheSignatureNamesTheServiceOnOtherHosts) {
  auto head = Head("POST", "/",
                   {{"Host", "localhost:4566"},
                    {"Authorization",
                     "AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/cloudformation/"
                     "aws4_request, SignedHeaders=host, Signature=00"}});
  EXPECT_EQ(ChooseService(head).service, Service::kCloudFormation);
  auto presigned = Head("GET",
                        "/?X-Amz-Credential=AKIA%2F20261122%2Fus-east-1%2Fcloudformation%2F"
                        "aws4_request&X-Amz-Signature=00",
                        {{"Host", "localhost"}});
  EXPECT_EQ(SigningNameOf(presigned), "") << "any page can write that";
  EXPECT_EQ(ChooseService(presigned).service, Service::kStage);
  EXPECT_EQ(ChooseService(presigned, "cloudformation").service, Service::kCloudFormation);
  auto other = Head("GET", "/bucket/key",
                    {{"Host", "localhost"},
                     {"Authorization", "AWS4-HMAC-SHA256 Credential=A/2/r/s3/aws4_request, "}});
  EXPECT_EQ(ChooseService(other).service, Service::kOther);
  EXPECT_EQ(ChooseService(other).name, "s3");
}

TEST(ServiceTest, EventBridgeAndItsSchedulerHaveNamesOfTheirOwn) {
  for (auto [name, service] :
       {std::pair("events", Service::kEvents), std::pair("scheduler", Service::kScheduler)}) {
    std::string host = std::string(name) + ".eu-west-1.amazonaws.com";
    EXPECT_EQ(ChooseService(Head("POST", "/", {{"Host", host}})).service, service);
    std::string scope = std::string("AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/") + name +
                        "/aws4_request, SignedHeaders=host, Signature=00";
    auto signed_by = Head("GET", "/schedules", {{"Host", "localhost"}, {"Authorization", scope}});
    EXPECT_EQ(ChooseService(signed_by).service, service);
  }
}

TEST(ServiceTest, TheHostCountsBeforeTheSignature) {
  auto head = Head("POST", "/",
                   {{"Host", "dynamodb.us-east-1.amazonaws.com"},
                    {"Authorization", "AWS4-HMAC-SHA256 Credential=A/2/r/s3/aws4_request, "}});
  EXPECT_EQ(ChooseService(head).service, Service::kDynamoDb);
}

TEST(ServiceTest, UnsignedRequestsGoByTheirShape) {
  wire::HttpField host{"Host", "localhost:4566"};
  EXPECT_EQ(ChooseService(Head("POST", "/", {host, {"X-Amz-Target", "X"}})).service,
            Service::kDynamoDb);
  EXPECT_EQ(ChooseService(Head("POST", "/", {host, {"X-Amz-Target", "AWSEvents.PutRule"}})).service,
            Service::kEvents);
  EXPECT_EQ(ChooseService(Head("GET", "/2015-03-31/functions/", {host})).service, Service::kLambda);
  for (const char* path : {"/2020-06-30/functions/f", "/2017-03-31/tags/x?a", "/2031-01-02/"}) {
    EXPECT_EQ(ChooseService(Head("GET", path, {host})).service, Service::kLambda) << path;
  }
  for (const char* path :
       {"/2020-06-3x/", "/2020-06-30x", "/a/2020-06-30/", "/20200630/", "/2020-06-30"}) {
    EXPECT_EQ(ChooseService(Head("GET", path, {host})).service, Service::kStage) << path;
  }
  EXPECT_EQ(ChooseService(Head("GET", "/v2/apis?maxResults=1", {host})).service,
            Service::kApiGateway);
  EXPECT_EQ(ChooseService(Head("GET", "/v2x/apis", {host})).service, Service::kStage);
  wire::HttpField form{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"};
  EXPECT_EQ(ChooseService(Head("POST", "/", {host, form})).service, Service::kCloudFormation);
  EXPECT_EQ(ChooseService(Head("POST", "/production", {host, form})).service, Service::kStage);
  EXPECT_EQ(ChooseService(Head("GET", "/production", {host})).service, Service::kStage);
}

TEST(ServiceTest, MalformedSignaturesNameNothing) {
  for (std::string_view text :
       {"AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256 Credential=/aws4_request",
        "Basic Credential=A/2/r/s3/aws4_request", "Bearer x", ""}) {
    auto head = Head("GET", "/production", {{"Host", "localhost"}, {"Authorization", text}});
    EXPECT_EQ(SigningNameOf(head), "") << text;
    EXPECT_EQ(ChooseService(head).service, Service::kStage) << text;
  }
}

}  // namespace
}  // namespace gatehouse::server
