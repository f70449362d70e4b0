#include "lambda/endpoint.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::lambda {
namespace {

using Variables = std::map<std::string, std::string>;

net::EnvironmentLookup Lookup(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

// "tls host port path", or the error.
std::string Told(const Result<Endpoint>& endpoint) {
  if (!endpoint) return endpoint.error().message;
  return (endpoint->tls ? "tls " : "plain ") + endpoint->host + " " +
         std::to_string(endpoint->port) + " " + endpoint->path;
}

TEST(EndpointTest, ReadsUrls) {
  EXPECT_EQ(Told(ParseEndpoint("https://a.example/production")), "tls a.example 443 /production");
  EXPECT_EQ(Told(ParseEndpoint("https://localhost:4566/x/y//")), "tls localhost 4566 /x/y");
  EXPECT_EQ(Told(ParseEndpoint("http://127.0.0.1")), "plain 127.0.0.1 80 ");
  EXPECT_EQ(Told(ParseEndpoint("http://[::1]:8000/")), "plain ::1 8000 ");
  EXPECT_EQ(Told(ParseEndpoint("https://[::1]")), "tls ::1 443 ");
}

TEST(EndpointTest, RefusesWhatIsNone) {
  for (const char* url :
       {"", "a.example", "ftp://a", "https://", "https:///x", "https://a:", "https://a:0",
        "https://a:65536", "https://a:1x", "https://a b/", "https://u@h/", "https://::1/",
        "https://a/?q", "https://a/#f", "https://a/ x", "https://a/\r\nX: y", "https://[a/"}) {
    EXPECT_EQ(Told(ParseEndpoint(url)),
              "\"" + std::string(url) + "\" is no URL like https://host/path");
  }
}

TEST(EndpointTest, TheAuthorityLeavesTheSchemesPortOut) {
  EXPECT_EQ(ParseEndpoint("https://a.example")->Authority(), "a.example");
  EXPECT_EQ(ParseEndpoint("http://a.example")->Authority(), "a.example");
  EXPECT_EQ(ParseEndpoint("http://a.example:443")->Authority(), "a.example:443");
  EXPECT_EQ(ParseEndpoint("https://[::1]:444")->Authority(), "[::1]:444");
}

TEST(EndpointTest, OfAServiceIsAwssUnlessConfigured) {
  auto of = [](Variables variables, std::string_view region = "eu-west-1") {
    return Told(ServiceEndpoint(Lookup(std::move(variables)), "dynamodb", region));
  };
  EXPECT_EQ(of({}), "tls dynamodb.eu-west-1.amazonaws.com 443 ");
  EXPECT_EQ(of({}, "cn-north-1"), "tls dynamodb.cn-north-1.amazonaws.com.cn 443 ");
  EXPECT_EQ(of({}, ""), "AWS_REGION is not set");
  EXPECT_EQ(of({{"AWS_ENDPOINT_URL", "http://all:1"}}, ""), "plain all 1 ");
  EXPECT_EQ(of({{"AWS_ENDPOINT_URL", "http://all:1"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://d:2"}}),
            "plain d 2 ");
  EXPECT_EQ(of({{"AWS_ENDPOINT_URL_LAMBDA", "http://l:3"}, {"AWS_ENDPOINT_URL_DYNAMODB", ""}}),
            "tls dynamodb.eu-west-1.amazonaws.com 443 ");
  EXPECT_EQ(
      of({{"AWS_ENDPOINT_URL", "http://all:1"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
      "tls dynamodb.eu-west-1.amazonaws.com 443 ");
  EXPECT_EQ(of({{"AWS_ENDPOINT_URL", "all:1"}}), "\"all:1\" is no URL like https://host/path");
}

TEST(EndpointTest, EncodesSegments) {
  EXPECT_EQ(EncodeSegment("Ab-c_1.~9="), "Ab-c_1.~9%3D");
  EXPECT_EQ(EncodeSegment("arn:a/b \xc3\xa9"), "arn%3Aa%2Fb%20%C3%A9");
}

}  // namespace
}  // namespace gatehouse::lambda
