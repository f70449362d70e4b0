#include "server/edge/host_policy.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(HostPolicy, OursAreLoopbackConfiguredAndAwsNames) {
  HostPolicy hosts({"Chat.Example"});
  for (const char* ours :
       {"localhost", "localhost:4566", "LOCALHOST:1", "127.0.0.1:80", "127.9.9.9", "[::1]:4566",
        "[::1]", "chat.example:443", "abc123.execute-api.us-east-1.amazonaws.com"}) {
    EXPECT_TRUE(hosts.IsOurs(ours)) << ours;
  }
  for (const char* foreign :
       {"", "example.com", "localhost.example.com", "127.0.0.1.example.com", "128.0.0.1",
        "localhost:x", "localhost:1:2", "[::1", "[::2]:1", "xlocalhost", "chat.example.evil",
        "amazonaws.com", ".amazonaws.com", "a.execute-api.us-east-1.evil.com",
        "evil.com/.execute-api.x.amazonaws.com.evil.com"}) {
    EXPECT_FALSE(hosts.IsOurs(foreign)) << foreign;
  }
  EXPECT_FALSE(hosts.IsOurs(std::string(300, 'a') + ".execute-api.us-east-1.amazonaws.com"));
}

TEST(HostPolicy, FindsTheApiInAwsNames) {
  EXPECT_EQ(HostPolicy::ApiIdOf("abc123.execute-api.eu-west-1.amazonaws.com:443"), "abc123");
  EXPECT_EQ(HostPolicy::ApiIdOf("localhost:4566"), "");
  EXPECT_EQ(HostPolicy::ApiIdOf("dynamodb.eu-west-1.amazonaws.com"), "");
}

TEST(HostPolicy, ComparesOriginsWithTheHostAsked) {
  EXPECT_TRUE(HostPolicy::IsSameOrigin("http://localhost:4566", "localhost:4566", false));
  EXPECT_TRUE(HostPolicy::IsSameOrigin("https://localhost:4566", "LOCALHOST:4566", true));
  EXPECT_FALSE(HostPolicy::IsSameOrigin("http://localhost:4566", "localhost:4566", true));
  EXPECT_FALSE(HostPolicy::IsSameOrigin("http://localhost:3000", "localhost:4566", false));
  EXPECT_FALSE(HostPolicy::IsSameOrigin("null", "localhost:4566", false));
  EXPECT_FALSE(HostPolicy::IsSameOrigin("", "localhost:4566", false));
}

TEST(HostPolicy, KnowsTheNamesOfThisMachine) {
  for (const char* host : {"localhost", "LocalHost:1", "127.0.0.1:4566", "[::1]:4566"}) {
    EXPECT_TRUE(HostPolicy::IsLoopback(host)) << host;
  }
  for (const char* host : {"", "chat.example", "sts.amazonaws.com", "localhost.example"}) {
    EXPECT_FALSE(HostPolicy::IsLoopback(host)) << host;
  }
}

TEST(SplitUrl, TakesUrlsApart) {
  auto url = SplitUrl("https://a.b:1/c/d?e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "a.b:1");
  EXPECT_EQ(url->path, "/c/d?e");
  EXPECT_EQ(SplitUrl("http://a")->path, "");
  for (const char* bad : {"", "a/b", "://a", "http://", "http:///x", "http://user@host/"}) {
    EXPECT_FALSE(SplitUrl(bad)) << bad;
  }
}

}  // namespace
}  // namespace gatehouse::server
