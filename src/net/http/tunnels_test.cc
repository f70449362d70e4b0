#include "net/http/tunnels.h"

#include <gtest/gtest.h>

#include "net/dial/test_resolver.h"
#include "net/http/test_http.h"
#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kFarPort = 7000;
constexpr std::string_view kConnect = "CONNECT far.example:7000 HTTP/1.1\r\nHost: f\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 200 Connection established\r\n\r\n";

class TunnelsTest : public testing::Test {
 protected:
  explicit TunnelsTest(TunnelOptions options = {})
      : tunnels_(world_.sockets, world_.http, resolver_, options) {
    resolver_.names["far.example"] = resolver_.names["proxy"] = {"127.0.0.1"};
    world_.handler.on_request = [this](const HttpRequest& request) {
      auto target = ParseConnectTarget(request.head.target);
      ASSERT_TRUE(target);
      tunnels_.Open(request, target->host, target->port, proxy_ ? &*proxy_ : nullptr);
    };
    Echo();
    far_.on_end = [this](std::uint32_t slot) { world_.sockets.Close(slot); };
    EXPECT_TRUE(listener_.Listen({"127.0.0.1", kFarPort}, false));
  }
  void Echo() {
    far_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
      world_.sockets.Send(slot, {bytes.data(), bytes.size()});
      return bytes.size();
    };
  }
  static std::string RandomBytes(std::uint64_t seed, std::size_t size) {
    std::string bytes(size, '\0');
    base::SeededRandom(seed).Fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }
  // The status line and the sentence.
  static std::string Told(const std::string& answer) {
    return answer.substr(0, answer.find('\r')) + " | " + answer.substr(answer.find("\r\n\r\n") + 4);
  }

  HttpWorld world_;
  FakeResolver resolver_{world_.loop};
  std::optional<Proxy> proxy_;
  Recorder far_{world_.sockets};
  Listener listener_{world_.sockets, far_, far_};
  Tunnels tunnels_;
};

TEST_F(TunnelsTest, BytesPassBothWays) {
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  EXPECT_EQ(peer.Ask("hello"), "hello");
  EXPECT_EQ(peer.Ask("\x16\x03\x01 raw \r\n\r\n"), "\x16\x03\x01 raw \r\n\r\n");
  EXPECT_EQ(tunnels_.open_count(), 1u);
  peer.Close();
  world_.Advance(3);
  EXPECT_EQ(tunnels_.open_count(), 0u);
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(TunnelsTest, WhatComesRightBehindTheConnectIsNotLost) {
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(peer.Ask(std::string(kConnect) + "early"), std::string(kAccepted) + "early");
}

TEST_F(TunnelsTest, BigTransfersBothWaysHoweverCut) {
  std::string text = RandomBytes(7, 1'000'000);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    world_.network.CutAtRandom(seed);
    Peer peer(world_, kHttpPort);
    peer.Send(kConnect);
    std::string got;
    std::string_view rest = text;
    for (int i = 0; i < 200'000 && got.size() < text.size() + kAccepted.size(); ++i) {
      if (!got.empty() && !rest.empty()) {
        peer.Send(rest.substr(0, 10'000));
        rest.remove_prefix(std::min<std::size_t>(rest.size(), 10'000));
      }
      world_.loop.Turn(std::chrono::nanoseconds{0});
      got += peer.Take();
    }
    ASSERT_EQ(got, std::string(kAccepted) + text);
    peer.Vanish();
    world_.Advance(3);
    EXPECT_EQ(world_.sockets.open_count(), 0u);
  }
}

TEST_F(TunnelsTest, ASlowReaderHoldsBackTheSender) {
  bool reads = false;
  std::size_t got = 0;
  std::uint32_t far_slot = 0;
  far_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) -> std::size_t {
    far_slot = slot;
    if (!reads) world_.sockets.PauseReading(slot);
    if (reads) got += bytes.size();
    return reads ? bytes.size() : 0;
  };
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  std::size_t sent = 0;
  std::string part(50'000, 'x');
  iovec bytes{part.data(), part.size()};
  for (int i = 0; i < 1000; ++i) {
    ssize_t n = world_.network.Send(peer.socket(), {&bytes, 1});
    if (n > 0) sent += static_cast<std::size_t>(n);
    world_.loop.Turn(std::chrono::nanoseconds{0});
  }
  EXPECT_LT(sent, 1'200'000u) << "nothing holds the sender back";
  EXPECT_GT(sent, 300'000u);
  std::size_t held = 0;
  for (std::uint32_t slot = 0; slot < 3; ++slot) held += world_.sockets.memory_bytes(slot);
  EXPECT_LT(held, 500'000u);
  reads = true;
  world_.sockets.ResumeReading(far_slot);
  world_.Settle();
  EXPECT_EQ(got, sent);
}

TEST_F(TunnelsTest, AnEndIsPassedOnAndTheOtherDirectionLives) {
  std::string heard;
  far_.on_bytes = [&](std::uint32_t, std::span<char> bytes) {
    heard.append(bytes.data(), bytes.size());
    return bytes.size();
  };
  far_.on_end = [&](std::uint32_t slot) {
    world_.sockets.Send(slot, "answer to " + heard);
    world_.sockets.Close(slot);
  };
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  peer.Send("question");
  peer.Finish();
  world_.Settle();
  EXPECT_EQ(peer.Take(), "answer to question");
  EXPECT_TRUE(peer.ended());
  peer.Close();
  world_.Advance(3);
  EXPECT_EQ(tunnels_.open_count(), 0u);
}

TEST_F(TunnelsTest, AResetIsPassedOn) {
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  peer.Vanish();
  world_.Settle();
  EXPECT_EQ(tunnels_.open_count(), 0u);
  EXPECT_EQ(far_.causes, std::vector{CloseCause::kPeer});
}

TEST_F(TunnelsTest, WhoAsksForOurselvesIsThereAlready) {
  resolver_.names["self.example"] = {"127.0.0.1"};
  resolver_.names["0.0.0.0"] = {"0.0.0.0"};
  tunnels_.AddOwn({"127.0.0.1", kHttpPort});
  Peer peer(world_, kHttpPort);
  for (int i = 0; i < 20; ++i) {  // each through the one before
    std::string connect = "CONNECT self.example:" + std::to_string(kHttpPort);
    EXPECT_EQ(peer.Ask(connect + " HTTP/1.1\r\nHost: s\r\n\r\n"), kAccepted);
    EXPECT_EQ(tunnels_.open_count(), 0u);
  }
  world_.Advance(3);
  EXPECT_EQ(world_.sockets.open_count(), 1u);
  EXPECT_EQ(peer.Ask(kConnect), kAccepted);
  EXPECT_EQ(peer.Ask("hello"), "hello") << "others still are reached";
  EXPECT_EQ(tunnels_.open_count(), 1u);
}

TEST_F(TunnelsTest, TlsPassesUntouched) {
  auto tls = NewTlsServer();
  TlsGreeter greeter(world_.sockets, *tls, far_);
  Listener secure(world_.sockets, far_, greeter);
  ASSERT_TRUE(secure.Listen({"127.0.0.1", 7001}, false));
  Peer raw(world_, kHttpPort);
  ASSERT_EQ(raw.Ask("CONNECT far.example:7001 HTTP/1.0\r\n\r\n"), kAccepted);
  TlsPeer peer(world_, raw);
  ASSERT_EQ(peer.Handshake(), 0);
  EXPECT_EQ(peer.Ask("hello"), "hello");
}

TEST_F(TunnelsTest, ATunnelInsideTlsWorks) {
  auto tls = NewTlsServer();
  world_.http.UseTls(*tls);
  TlsPeer peer(world_, Peer(world_, kHttpPort));
  ASSERT_EQ(peer.Handshake(), 0);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  EXPECT_EQ(peer.Ask("hello"), "hello");
}

TEST_F(TunnelsTest, GoesThroughAFurtherProxyWithAPassword) {
  proxy_ = *ParseProxy("http://ann:secret@proxy:7000");
  bool connected = false;
  std::string asked;
  far_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    std::string_view text(bytes.data(), bytes.size());
    if (!connected) asked = text;
    world_.sockets.Send(slot, connected ? text : "HTTP/1.1 200 OK\r\n\r\n");
    connected = true;
    return bytes.size();
  };
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask("CONNECT secret.example:443 HTTP/1.1\r\nHost: x\r\n\r\n"), kAccepted);
  EXPECT_TRUE(asked.starts_with("CONNECT secret.example:443 HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n"), std::string::npos);
  EXPECT_EQ(peer.Ask("hello"), "hello");
}

TEST_F(TunnelsTest, TheFurtherProxyIsToldByWhomARequestCame) {
  proxy_ = *ParseProxy("http://proxy:7000");
  std::string asked;
  far_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    asked.assign(bytes.data(), bytes.size());
    world_.sockets.Send(slot, "HTTP/1.1 200 OK\r\n\r\n");
    return bytes.size();
  };
  auto via = [&](std::string_view fields) {
    Peer peer(world_, kHttpPort);
    EXPECT_EQ(peer.Ask("CONNECT a:443 HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n"),
              kAccepted);
    const std::size_t at = asked.find("Via: ");
    return asked.substr(at, asked.find('\r', at) - at);
  };
  EXPECT_EQ(via(""), "Via: 1.1 gatehouse");
  EXPECT_EQ(via("Via: 1.1 a, 1.0 b:3128 (squid)\r\nvia: 1.1 c\r\n"),
            "Via: 1.1 a, 1.0 b:3128 (squid), 1.1 c, 1.1 gatehouse");
}

TEST_F(TunnelsTest, ACircleOfProxiesIsRefused) {
  auto ask = [&](const std::string& via) {
    Peer peer(world_, kHttpPort);
    return Told(
        peer.Ask("CONNECT far.example:7000 HTTP/1.1\r\nHost: x\r\nVia: " + via + "\r\n\r\n"));
  };
  std::string hops = "1.1 h";
  for (int i = 1; i < 33; ++i) hops += ",1.1 h";
  for (const std::string& via :
       {std::string("1.1 gatehouse"), std::string("1.1 a, 1.1 GATEHOUSE ,1.1 b"), hops}) {
    EXPECT_EQ(ask(via),
              "HTTP/1.1 508 Loop Detected | gatehouse: this request has come by here before: the "
              "proxies of HTTPS_PROXY lead to each other; start one of them without HTTPS_PROXY\n");
  }
  world_.Advance(3);
  EXPECT_EQ(tunnels_.open_count(), 0u);
  EXPECT_TRUE(ask("1.1 gatehouse-2, 1.1 h").starts_with("HTTP/1.1 200 "));
}

TEST_F(TunnelsTest, ACircleThatTheFurtherProxyFindsIsPassedOn) {
  proxy_ = *ParseProxy("http://proxy:7000");
  far_.on_bytes = [&](std::uint32_t slot, std::span<char> bytes) {
    world_.sockets.Send(slot, "HTTP/1.1 508 Loop Detected\r\nContent-Length: 0\r\n\r\n");
    return bytes.size();
  };
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(Told(peer.Ask("CONNECT a:443 HTTP/1.1\r\nHost: x\r\n\r\n")),
            "HTTP/1.1 508 Loop Detected | gatehouse: the proxy proxy:7000 answers 508 Loop "
            "Detected: HTTPS_PROXY leads in a circle\n");
}

TEST_F(TunnelsTest, FailuresAreAnsweredWithASentence) {
  Peer peer(world_, kHttpPort);
  EXPECT_EQ(Told(peer.Ask("CONNECT nowhere:1 HTTP/1.1\r\nHost: x\r\n\r\n")),
            "HTTP/1.1 502 Bad Gateway | gatehouse: no address of nowhere\n");
  Peer second(world_, kHttpPort);
  EXPECT_EQ(Told(second.Ask("CONNECT far.example:1 HTTP/1.1\r\nHost: x\r\n\r\n")),
            "HTTP/1.1 502 Bad Gateway | gatehouse: cannot connect to far.example:1 (127.0.0.1): "
            "Connection refused\n");
  resolver_.silent = true;
  Peer third(world_, kHttpPort);
  third.Send(kConnect);
  world_.Advance(10.5);
  EXPECT_EQ(Told(third.Take()),
            "HTTP/1.1 504 Gateway Timeout | gatehouse: no connection to far.example:7000 within "
            "10 s\n");
}

TEST_F(TunnelsTest, AClientThatGoesMeanwhileLeavesNothingBehind) {
  resolver_.silent = true;
  Peer peer(world_, kHttpPort);
  peer.Send(kConnect);
  world_.Settle();
  peer.Vanish();
  world_.Settle();
  resolver_.held.at(0)(std::vector<Address>{{"127.0.0.1", kFarPort}});
  world_.Advance(3);
  EXPECT_EQ(tunnels_.open_count(), 0u);
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(TunnelsTest, AnIdleTunnelEnds) {
  Peer peer(world_, kHttpPort);
  ASSERT_EQ(peer.Ask(kConnect), kAccepted);
  world_.Advance(3000);
  EXPECT_EQ(peer.Ask("x"), "x");
  world_.Advance(3000);
  EXPECT_FALSE(peer.ended());
  world_.Advance(700);
  EXPECT_TRUE(peer.ended());
}

class FewTunnelsTest : public TunnelsTest {
 protected:
  FewTunnelsTest() : TunnelsTest({10, 3600, 1000, 1}) {}
};

TEST_F(FewTunnelsTest, TheirNumberIsLimited) {
  Peer first(world_, kHttpPort), second(world_, kHttpPort);
  ASSERT_EQ(first.Ask(kConnect), kAccepted);
  EXPECT_EQ(Told(second.Ask(kConnect)),
            "HTTP/1.1 503 Service Unavailable | gatehouse: too many tunnels are open\n");
}

TEST_F(FewTunnelsTest, OneThatEndsOrNeverBeganLeavesItsPlace) {
  Peer first(world_, kHttpPort);
  ASSERT_EQ(first.Ask(kConnect), kAccepted);
  first.Vanish();
  world_.Settle();
  Peer lost(world_, kHttpPort);
  EXPECT_TRUE(lost.Ask("CONNECT nowhere.example:1 HTTP/1.1\r\nHost: f\r\n\r\n")
                  .starts_with("HTTP/1.1 502 "));
  Peer second(world_, kHttpPort);
  EXPECT_EQ(second.Ask(kConnect), kAccepted);
}

TEST_F(FewTunnelsTest, LoopsMayShareTheirNumber) {
  TunnelOptions options;
  options.tunnels = std::make_shared<base::SharedBound>(1);
  Tunnels here(world_.sockets, world_.http, resolver_, options);
  Tunnels there(world_.sockets, world_.http, resolver_, options);
  Tunnels* next = &here;
  world_.handler.on_request = [&](const HttpRequest& request) {
    next->Open(request, "far.example", kFarPort, nullptr);
  };
  Peer first(world_, kHttpPort), second(world_, kHttpPort);
  EXPECT_EQ(first.Ask(kConnect), kAccepted);
  next = &there;
  EXPECT_TRUE(second.Ask(kConnect).starts_with("HTTP/1.1 503 "));
}

TEST(ParseConnectTarget, ReadsHostAndPort) {
  EXPECT_EQ(ParseConnectTarget("Example.com:443")->host, "example.com");
  EXPECT_EQ(ParseConnectTarget("[::1]:8443")->host, "::1");
  EXPECT_EQ(ParseConnectTarget("[::1]:8443")->port, 8443);
  for (const char* target : {"", "h", "h:", ":443", "h:0", "h:65536", "h:1x", "::1", "[::1]",
                             "u@h:1", "http://h:1", "h:1/", "h h:1", "[::1:443"}) {
    EXPECT_FALSE(ParseConnectTarget(target)) << target;
  }
  EXPECT_TRUE(ParseConnectTarget(std::string(255, 'h') + ":1"));
  EXPECT_FALSE(ParseConnectTarget(std::string(262, 'h') + ":1")) << "it is kept with its socket";
}

}  // namespace
}  // namespace gatehouse::net
