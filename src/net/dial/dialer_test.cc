#include "net/dial/dialer.h"

#include <gtest/gtest.h>

#include "net/dial/test_resolver.h"
#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 443;

class DialerTest : public testing::Test {
 protected:
  DialerTest() {
    resolver_.names["localhost"] = {"127.0.0.1"};
    resolver_.names["wrong.example"] = {"127.0.0.1"};
    resolver_.names["proxy"] = {"127.0.0.1"};
    far_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
      world_.sockets.Send(slot, {bytes.data(), bytes.size()});
      return bytes.size();
    };
  }
  // Whoever listens speaks TLS with that identity.
  void ListenTls(const TlsIdentity& identity) {
    tls_ = *TlsServer::Create(identity);
    greeter_.emplace(world_.sockets, *tls_, far_);
    listener_.emplace(world_.sockets, far_, *greeter_);
    ASSERT_TRUE(listener_->Listen({"127.0.0.1", kPort}, false));
  }
  void ListenPlain(std::uint16_t port = kPort) {
    listener_.emplace(world_.sockets, far_, far_);
    ASSERT_TRUE(listener_->Listen({"127.0.0.1", port}, false));
  }
  DialRequest ForTls(const std::string& host) {
    if (!trusting_) trusting_ = *TlsClient::Create(TheAuthority().Trust());
    DialRequest request;
    request.host = host;
    request.port = kPort;
    request.tls = trusting_.get();
    return request;
  }
  Dialer::Id Dial(DialRequest request) {
    result_.reset();
    return dialer_.Dial(std::move(request), near_, [this](Result<SocketRef> r) { result_ = r; });
  }
  // The error's sentence, once everything has come to rest.
  std::string Failure(DialRequest request) {
    Dial(std::move(request));
    world_.Advance(3);
    EXPECT_TRUE(result_ && !*result_);
    return result_ && !*result_ ? result_->error().message : "";
  }
  std::string Talk() {
    EXPECT_TRUE(result_ && *result_) << (result_ && !*result_ ? result_->error().message : "");
    if (!result_ || !*result_) return "";
    world_.sockets.Send((*result_)->slot, "hello");
    world_.Settle();
    return near_.data[(*result_)->slot];
  }

  TestWorld world_;
  FakeResolver resolver_{world_.loop};
  Recorder near_{world_.sockets}, far_{world_.sockets};
  std::unique_ptr<TlsServer> tls_;
  std::optional<TlsGreeter> greeter_;
  std::optional<Listener> listener_;
  std::unique_ptr<TlsClient> trusting_;
  std::optional<Result<SocketRef>> result_;
  Dialer dialer_{world_.sockets, resolver_};
};

TEST_F(DialerTest, ConnectsInTheClear) {
  ListenPlain();
  Dial({"localhost", kPort, {}, nullptr, 10});
  world_.Settle();
  EXPECT_EQ(Talk(), "hello");
  EXPECT_EQ(dialer_.busy_count(), 0u);
  world_.Advance(30);
  EXPECT_TRUE(world_.sockets.IsOpen(**result_)) << "the dialer's time limit went on";
}

TEST_F(DialerTest, ConnectsWithTlsByNameAndByAddressHoweverBytesAreCut) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::string host : {"localhost", "127.0.0.1"}) {
      SCOPED_TRACE(host);
      resolver_.names["127.0.0.1"] = {"127.0.0.1"};
      if (seed > 0) world_.network.CutAtRandom(seed);
      if (listener_) listener_->Stop();
      ListenTls(TheAuthority().Issue(host));
      near_.data.clear();
      Dial(ForTls(host));
      world_.Settle();
      ASSERT_EQ(Talk(), "hello");
    }
  }
}

TEST_F(DialerTest, CertificateErrorsAreSentences) {
  ListenTls(TheAuthority().Issue("localhost"));
  EXPECT_EQ(Failure(ForTls("wrong.example")),
            "the certificate is not for wrong.example but for localhost");
  listener_->Stop();
  ListenTls(TheAuthority().Issue("localhost", -100, -10));
  std::string expired = Failure(ForTls("localhost"));
  EXPECT_TRUE(expired.starts_with("the certificate of localhost has expired (on 20")) << expired;
  listener_->Stop();
  ListenTls(TheAuthority().Issue("localhost", 10, 100));
  std::string early = Failure(ForTls("localhost"));
  EXPECT_TRUE(early.starts_with("the certificate of localhost is not valid before 20")) << early;
  listener_->Stop();
  TestAuthority stranger;
  ListenTls(stranger.Issue("localhost"));
  EXPECT_EQ(Failure(ForTls("localhost")),
            "the certificate of localhost comes from an authority that is not trusted here");
  EXPECT_EQ(far_.data.size(), 0u) << "something was sent to a server that is not trusted";
}

TEST_F(DialerTest, AServerWithoutTlsIsSaid) {
  far_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
    world_.sockets.Send(slot, "HTTP/1.1 400 Bad Request\r\n\r\n");
    return bytes.size();
  };
  ListenPlain();
  EXPECT_EQ(Failure(ForTls("localhost")), "localhost does not speak TLS there");
}

TEST_F(DialerTest, FailuresOfTheConnectionAreSentences) {
  EXPECT_EQ(Failure({"nowhere", 1, {}, nullptr, 10}), "no address of nowhere");
  EXPECT_EQ(Failure({"localhost", 1, {}, nullptr, 10}),
            "cannot connect to localhost:1 (127.0.0.1): Connection refused");
  EXPECT_EQ(result_->error().code, ErrorCode::kUnavailable);
}

TEST_F(DialerTest, TriesOneAddressAfterTheOther) {
  ListenPlain();
  resolver_.names["two"] = {"127.0.0.1", "127.0.0.2"};
  Dial({"two", 1, {}, nullptr, 10});
  world_.Settle();
  EXPECT_EQ(result_->error().message, "cannot connect to two:1 (127.0.0.2): Connection refused");
}

TEST_F(DialerTest, OneTimeLimitHoldsForAllOfIt) {
  resolver_.silent = true;
  Dial({"localhost", kPort, {}, nullptr, 10});
  world_.Advance(9.9);
  EXPECT_FALSE(result_);
  world_.Advance(0.2);
  ASSERT_TRUE(result_ && !*result_);
  EXPECT_EQ(result_->error().code, ErrorCode::kTimeout);
  EXPECT_EQ(result_->error().message, "no connection to localhost:443 within 10 s");
  resolver_.held[0](std::vector<Address>{{"127.0.0.1", kPort}});  // too late: nothing happens
  world_.Settle();

  resolver_.silent = false;
  far_.on_bytes = [](std::uint32_t, std::span<char> bytes) { return bytes.size(); };
  ListenPlain();
  Dial(ForTls("localhost"));  // the server never answers the handshake
  world_.Advance(11);
  ASSERT_TRUE(result_ && !*result_);
  EXPECT_EQ(result_->error().code, ErrorCode::kTimeout);
}

TEST_F(DialerTest, GoesThroughAProxy) {
  ListenPlain(3128);
  far_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
    std::string_view text(bytes.data(), bytes.size());
    bool asks = text.starts_with("CONNECT ");
    world_.sockets.Send(slot, asks ? "HTTP/1.1 200 OK\r\n\r\nfirst " : text);
    return bytes.size();
  };
  DialRequest request{"far.example", 443, ParseProxy("http://u:p@proxy:3128").value(), nullptr, 10};
  Dial(request);
  world_.Settle();
  EXPECT_EQ(Talk(), "first hello");
  EXPECT_EQ(resolver_.asked, std::vector<std::string>{"proxy:3128"}) << "the name leaked";
  EXPECT_TRUE(far_.data[1].find("Proxy-Authorization: Basic dTpw\r\n") != std::string::npos ||
              far_.data[0].find("Proxy-Authorization: Basic dTpw\r\n") != std::string::npos);
}

TEST_F(DialerTest, AProxyThatRefusesIsSaid) {
  ListenPlain(3128);
  far_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
    world_.sockets.Send(slot, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    return bytes.size();
  };
  DialRequest request{"far", 443, ParseProxy("http://proxy:3128").value(), nullptr, 10};
  EXPECT_EQ(Failure(request), "the proxy proxy:3128 answers 403 Forbidden");
  request.proxy->port = 1;
  EXPECT_EQ(Failure(request),
            "cannot connect to the proxy proxy:1 (127.0.0.1): Connection refused");
}

TEST_F(DialerTest, CancelledItCallsNobody) {
  ListenPlain();
  Dialer::Id id = Dial({"localhost", kPort, {}, nullptr, 10});
  dialer_.Cancel(id);
  world_.Settle();
  id = Dial(ForTls("localhost"));
  for (int i = 0; i < 3; ++i) world_.loop.Turn(std::chrono::nanoseconds{0});
  dialer_.Cancel(id);
  dialer_.Cancel(id);
  world_.Advance(20);
  EXPECT_FALSE(result_);
  EXPECT_EQ(dialer_.busy_count(), 0u);
}

TEST(TlsClient, RefusesTrustThatIsNone) {
  EXPECT_FALSE(TlsClient::Create({false, {"/nonexistent.pem"}, {}}));
  auto wrong = TlsClient::Create({false, {"/etc/passwd"}, {}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "/etc/passwd holds no PEM certificate");
  EXPECT_TRUE(TlsClient::Create({true, {}, {}}));
}

TEST(TlsClient, ANameThatIsTooLongIsNoCrash) {
  auto client = TlsClient::Create(TheAuthority().Trust());
  ASSERT_TRUE(client);
  std::string sealed;
  (*client)->Connect(std::string(5000, 'a'))->Start(sealed);
}

}  // namespace
}  // namespace gatehouse::net
