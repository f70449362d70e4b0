#include "net/dial/proxy.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

TEST(ParseProxy, ReadsHostPortAndPassword) {
  auto proxy = ParseProxy("http://ann:s%40cret@Proxy.Example:3128/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "proxy.example");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->authorization, "Basic YW5uOnNAY3JldA==");  // ann:s@cret
  EXPECT_EQ(ParseProxy("127.0.0.1:4566")->port, 4566);
  EXPECT_EQ(ParseProxy("http://h")->port, 80);
  EXPECT_EQ(ParseProxy("HTTP://[::1]:8080")->host, "::1");
  EXPECT_EQ(ParseProxy("http://ann@h:1")->authorization, "Basic YW5uOg==");
}

TEST(ParseProxy, RefusesWhatItCannotUse) {
  for (const char* url :
       {"", "http://", "http://:80", "http://h:", "http://h:0", "http://h:99999", "http://h:x",
        "http://[::1", "http://[::1]x", "http://a b:1", "http://h\r\nX: y:1"}) {
    auto proxy = ParseProxy(url);
    ASSERT_FALSE(proxy) << url;
    EXPECT_EQ(proxy.error().code, ErrorCode::kInvalidArgument) << url;
  }
  EXPECT_EQ(ParseProxy("https://h:1").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(ParseProxy("socks5://h:1").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(ParseProxy("http://u:secret@h:x").error().message.find("secret"), std::string::npos);
}

ProxySettings Read(std::map<std::string, std::string> variables) {
  auto settings = ProxySettings::Read([&](const std::string& name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
  EXPECT_TRUE(settings);
  return settings ? *settings : ProxySettings();
}

TEST(ProxySettings, ComeFromTheEnvironment) {
  EXPECT_FALSE(Read({}).For("example.com", 443));
  EXPECT_FALSE(Read({{"HTTPS_PROXY", ""}}).For("example.com", 443));
  ASSERT_TRUE(Read({{"HTTPS_PROXY", "http://p:1"}}).For("example.com", 443));
  EXPECT_TRUE(Read({{"https_proxy", "http://p:1"}}).For("example.com", 443));
  auto wrong = ProxySettings::Read([](const std::string&) { return "ftp://h"; });
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error().message.starts_with("HTTPS_PROXY: ")) << wrong.error().message;
}

TEST(ProxySettings, NoProxyNamesExceptions) {
  ProxySettings settings = Read({{"HTTPS_PROXY", "http://p:1"},
                                 {"NO_PROXY",
                                  "a.example, .b.example,*.c.example,d:8443,"
                                  "10.0.0.0/8 192.168.1.7,fd00::/16"}});
  for (const char* host :
       {"a.example", "x.a.example", "A.Example", "x.b.example", "x.c.example", "10.9.8.7",
        "192.168.1.7", "fd00::1", "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_FALSE(settings.For(host, 443)) << host;
  }
  for (const char* host : {"xa.example", "example", "11.0.0.1", "192.168.1.8", "fd01::1", "d",
                           "127.evil.example", "a.example.evil"}) {
    EXPECT_TRUE(settings.For(host, 443)) << host;
  }
  EXPECT_FALSE(settings.For("d", 8443));
  EXPECT_FALSE(Read({{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", "*"}}).For("any", 443));
  EXPECT_TRUE(Read({{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", ".,/,:,[,10.0.0.0/99,1.2.3.4/x"}})
                  .For("10.0.0.1", 443));
}

TEST(ProxyHandshake, AsksAndReadsInAnyCut) {
  ProxyHandshake handshake(*ParseProxy("http://u:p@proxy:1"), "::1", 443);
  EXPECT_EQ(handshake.request(),
            "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nUser-Agent: gatehouse\r\n"
            "Proxy-Authorization: Basic dTpw\r\n\r\n");
  std::string answer = "HTTP/1.0 200 OK\r\nX: y\r\n\r\n";
  for (std::size_t cut = 0; cut < answer.size(); ++cut) {
    auto read = handshake.Read(answer.substr(0, cut));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, 0u);
    EXPECT_FALSE(handshake.is_done());
  }
  EXPECT_EQ(*handshake.Read(answer + "more"), answer.size());
  EXPECT_TRUE(handshake.is_done());
}

TEST(ProxyHandshake, ARefusalIsASentence) {
  Proxy proxy = *ParseProxy("http://proxy:1");
  auto refusal = [&](std::string_view answer) {
    auto read = ProxyHandshake(proxy, "h", 443).Read(answer);
    EXPECT_FALSE(read);
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(refusal("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
            "the proxy proxy:1 answers 407 Proxy Authentication Required (user:password@ in its "
            "URL)");
  EXPECT_EQ(refusal("HTTP/1.1 403 Forbidden\r\n\r\n"), "the proxy proxy:1 answers 403 Forbidden");
  EXPECT_TRUE(refusal("SSH-2.0-x\r\n\r\n").starts_with("the answer of the proxy proxy:1 is no"));
}

}  // namespace
}  // namespace gatehouse::net
