// TLS under sockets, the server's side, spoken to by OpenSSL itself over a simulated network.
#include <gtest/gtest.h>

#include "net/socket/test_protocol.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 443;
using Lines = std::vector<std::string>;

class TlsServerTest : public testing::Test {
 protected:
  TlsServerTest() {
    EXPECT_TRUE(listener_.Listen({"127.0.0.1", kPort}, false));
    recorder_.on_closed = [this](std::uint32_t slot, CloseCause) {
      errors_.push_back(sockets_.filter_error(slot));
    };
  }
  void Echo() {
    recorder_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) {
      sockets_.Send(slot, {bytes.data(), bytes.size()});
      return bytes.size();
    };
  }
  Peer Dial() {
    Peer peer(world_, kPort);
    world_.Settle();
    return peer;
  }
  static std::string RandomBytes(std::uint64_t seed, std::size_t size) {
    std::string bytes(size, '\0');
    base::SeededRandom(seed).Fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }

  std::unique_ptr<TlsServer> tls_ = NewTlsServer();
  TestWorld world_;
  Sockets& sockets_ = world_.sockets;
  Recorder recorder_{sockets_};
  TlsGreeter greeter_{sockets_, *tls_, recorder_};
  Listener listener_{sockets_, recorder_, greeter_};
  Lines errors_;
};

TEST_F(TlsServerTest, FurtherIdentitiesAreMadeOnceForTheNamesAskedFor) {
  Lines asked;
  tls_->UseFurtherIdentities([&](const std::string& name) -> std::optional<TlsIdentity> {
    asked.push_back(name);
    if (name.ends_with(".example")) return std::nullopt;
    return TheAuthority().Issue(name);
  });
  // Whether the client got a certificate of that name.
  auto gets = [&](const std::string& name, const std::string& asked_name) {
    TlsPeer::Options options;
    options.name = name;
    options.asked_name = asked_name;
    TlsPeer peer(world_, Dial(), options);
    return peer.Handshake() == 0;
  };
  EXPECT_TRUE(gets("localhost", "localhost"));
  EXPECT_TRUE(gets("localhost", ""));
  EXPECT_TRUE(gets("x.eu-west-1.amazonaws.com", "x.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(gets("x.eu-west-1.amazonaws.com", "X.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(gets("localhost", "other.example"));
  EXPECT_FALSE(gets("other.example", "other.example"));
  EXPECT_EQ(asked, (Lines{"x.eu-west-1.amazonaws.com", "other.example", "other.example"}));
  asked.clear();
  for (std::size_t i = 0; i < TlsServer::kIdentitiesMax + 3; ++i) {
    std::string name = std::to_string(i) + ".amazonaws.com";
    EXPECT_EQ(gets(name, name), i < TlsServer::kIdentitiesMax - 2) << name;
  }
  EXPECT_EQ(asked.size(), TlsServer::kIdentitiesMax - 2);
}

TEST_F(TlsServerTest, SpeaksBothVersions) {
  Echo();
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer::Options options;
    options.version_max = version;
    TlsPeer peer(world_, Dial(), options);
    ASSERT_EQ(peer.Handshake(), 0);
    EXPECT_EQ(SSL_version(peer.ssl()), version);
    EXPECT_EQ(SSL_get_verify_result(peer.ssl()), X509_V_OK);
    EXPECT_EQ(peer.Ask("hello"), "hello");
    EXPECT_EQ(tls_->handshakes(), 0u);
  }
  EXPECT_EQ(recorder_.log, (Lines{"secured 0", "secured 1"}));
}

TEST_F(TlsServerTest, RefusesOlderVersions) {
  TlsPeer::Options options;
  options.version_max = TLS1_1_VERSION;
  TlsPeer peer(world_, Dial(), options);
  EXPECT_NE(peer.Handshake(), 0);
  world_.Advance(3);
  EXPECT_EQ(recorder_.causes, std::vector{CloseCause::kFilter});
  EXPECT_EQ(errors_, Lines{"the TLS handshake failed: unsupported protocol"});
  EXPECT_TRUE(recorder_.data.empty());
}

TEST_F(TlsServerTest, NegotiatesHttp11AndNothingElse) {
  TlsPeer::Options options;
  options.alpn = "\x02h2\x08http/1.1";
  TlsPeer peer(world_, Dial(), options);
  ASSERT_EQ(peer.Handshake(), 0);
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(peer.ssl(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  options.alpn = "\x02h2";
  TlsPeer other(world_, Dial(), options);
  EXPECT_NE(other.Handshake(), 0);
}

TEST_F(TlsServerTest, EveryCutOfTheBytesIsTheSame) {
  Echo();
  std::string text = RandomBytes(1, 300'000);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    world_.network.CutAtRandom(seed);
    TlsPeer peer(world_, Dial());
    ASSERT_EQ(peer.Handshake(), 0);
    peer.Send(text);
    ASSERT_EQ(peer.TakeAll(text.size()), text);
    peer.raw().Vanish();
    world_.Settle();
  }
}

TEST_F(TlsServerTest, AByteAtATime) {
  Echo();
  TlsPeer peer(world_, Dial());
  std::string got;
  for (int rounds = 0; rounds < 10 && !SSL_is_init_finished(peer.ssl()); ++rounds) {
    SSL_do_handshake(peer.ssl());
    for (char c : peer.TakeOutgoing()) {
      peer.raw().Send({&c, 1});
      world_.Settle();
    }
    peer.Pull();
  }
  ASSERT_TRUE(SSL_is_init_finished(peer.ssl()));
  SSL_write(peer.ssl(), "hello", 5);
  for (char c : peer.TakeOutgoing()) {
    EXPECT_EQ(peer.Take(), "");
    peer.raw().Send({&c, 1});
    world_.Settle();
  }
  EXPECT_EQ(peer.Take(), "hello");
}

TEST_F(TlsServerTest, WhatATurnQueuesLeavesInOneWrite) {
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  world_.Settle();
  auto shared = base::SharedBytes::Copy(std::string(40'000, 's'));
  std::size_t before = world_.network.writes();
  sockets_.Send(0, "one ");
  sockets_.SendShared(0, shared);
  sockets_.Send(0, " two");
  world_.loop.Turn(std::chrono::nanoseconds{0});
  EXPECT_EQ(world_.network.writes(), before + 1);
  EXPECT_EQ(peer.Take(), "one " + std::string(40'000, 's') + " two");
  EXPECT_EQ(sockets_.queued_bytes(0), 0u);
  EXPECT_EQ(sockets_.memory_bytes(0), 0u) << "an idle socket keeps buffers";
}

TEST_F(TlsServerTest, WhatIsSentBeforeTheHandshakeWaitsForIt) {
  recorder_.on_connected = nullptr;
  Peer raw = Dial();
  sockets_.Send(0, "early");
  world_.Settle();
  EXPECT_EQ(raw.Take(), "") << "sent in the clear";
  TlsPeer peer(world_, raw);
  ASSERT_EQ(peer.Handshake(), 0);
  world_.Settle();
  EXPECT_EQ(peer.Take(), "early");
}

TEST_F(TlsServerTest, ASlowReaderHoldsABoundedBufferAndLosesNothing) {
  Peer raw = Dial();
  TlsPeer peer(world_, raw);
  ASSERT_EQ(peer.Handshake(), 0);
  world_.network.SetWindow(raw.socket(), 1000);
  auto block = base::SharedBytes::Copy(RandomBytes(2, 2'000'000));
  sockets_.SendShared(0, block);
  sockets_.Send(0, "last");
  world_.Settle();
  EXPECT_LE(sockets_.queued_bytes(0), 2'000'004 + 1000u);  // sealed records are a little longer
  EXPECT_LE(sockets_.memory_bytes(0), 2'000'004 + 300'000u);
  EXPECT_EQ(peer.TakeAll(2'000'004), std::string(block.view()) + "last");
  EXPECT_EQ(sockets_.memory_bytes(0), 0u);
}

TEST_F(TlsServerTest, APeerThatTakesNothingIsAborted) {
  Peer raw = Dial();
  TlsPeer peer(world_, raw);
  ASSERT_EQ(peer.Handshake(), 0);
  world_.network.SetWindow(raw.socket(), 0);
  sockets_.Send(0, "x");
  world_.Advance(62);
  EXPECT_EQ(recorder_.causes, std::vector{CloseCause::kWriteStalled});
}

TEST_F(TlsServerTest, GarbageInsteadOfAHandshakeEndsTheSocket) {
  for (std::string_view garbage : {std::string_view("\x16\x03\x01\x00\x05hello and more", 20),
                                   std::string_view("\x16\xff\xff\xff\xff\xff\xff\xff", 8),
                                   std::string_view("GET / HTTP/1")}) {
    recorder_.causes.clear();
    errors_.clear();
    Peer raw = Dial();
    raw.Send(garbage);
    world_.Advance(3);
    EXPECT_EQ(recorder_.causes, std::vector{CloseCause::kFilter});
    ASSERT_EQ(errors_.size(), 1u);
    EXPECT_FALSE(errors_[0].empty());
    EXPECT_TRUE(raw.ended());
  }
  EXPECT_TRUE(recorder_.data.empty());
  EXPECT_EQ(tls_->handshakes(), 0u);
}

TEST_F(TlsServerTest, GarbageAfterTheHandshakeEndsTheSocketWithAnAlert) {
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  peer.Send("good");
  peer.raw().Send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'g'));
  sockets_.Send(0, "never read");
  world_.Advance(3);
  EXPECT_EQ(recorder_.data[0], "good") << "what came before counts";
  EXPECT_EQ(recorder_.causes, std::vector{CloseCause::kFilter});
  peer.Take();
  EXPECT_EQ(peer.last_error(), SSL_ERROR_SSL) << "no alert";
}

TEST_F(TlsServerTest, ClosingTellsThePeer) {
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  world_.Settle();
  std::size_t before = world_.network.writes();
  sockets_.Send(0, "bye");
  sockets_.Close(0);
  world_.Settle();
  EXPECT_EQ(world_.network.writes(), before + 1) << "data and close_notify in one write";
  EXPECT_EQ(peer.Take(), "bye");
  EXPECT_EQ(peer.last_error(), SSL_ERROR_ZERO_RETURN);
  EXPECT_TRUE(peer.raw().ended());
}

TEST_F(TlsServerTest, APeerThatSendsNoMoreIsStillAnswered) {
  recorder_.on_end = [this](std::uint32_t slot) {
    sockets_.Send(slot, "answer");
    sockets_.Close(slot);
  };
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  peer.Send("question");
  peer.SendCloseNotify();
  world_.Settle();
  EXPECT_EQ(recorder_.data[0], "question");
  EXPECT_EQ(recorder_.log, (Lines{"secured 0", "end 0", "closed 0"}));
  EXPECT_EQ(peer.Take(), "answer");
}

TEST_F(TlsServerTest, AnEndWhileReadingIsPausedWaitsForItsTurn) {
  recorder_.on_bytes = [this](std::uint32_t slot, std::span<char> bytes) -> std::size_t {
    if (bytes[0] == 'p') sockets_.PauseReading(slot);
    return std::min<std::size_t>(bytes.size(), 5);
  };
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  peer.Send("pause");
  peer.Send("after");
  peer.SendCloseNotify();
  world_.Settle();
  EXPECT_EQ(recorder_.data[0], "pause");
  EXPECT_EQ(recorder_.log, Lines{"secured 0"});
  sockets_.ResumeReading(0);
  world_.Settle();
  EXPECT_EQ(recorder_.data[0], "pauseafter");
  EXPECT_EQ(recorder_.log, (Lines{"secured 0", "end 0"}));
}

TEST_F(TlsServerTest, ATruncatedStreamEndsToo) {
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  peer.raw().Finish();
  world_.Settle();
  EXPECT_EQ(recorder_.log.back(), "end 0");
}

TEST_F(TlsServerTest, ClosingDuringTheHandshakeSendsNothingInTheClear) {
  Peer raw = Dial();
  sockets_.Send(0, "secret");
  sockets_.Close(0);
  world_.Advance(3);
  EXPECT_EQ(raw.Take(), "");
  EXPECT_TRUE(raw.ended());
  EXPECT_EQ(tls_->handshakes(), 0u);
}

TEST_F(TlsServerTest, RenegotiationIsRefused) {
  Echo();
  TlsPeer::Options options;
  options.version_max = TLS1_2_VERSION;
  TlsPeer peer(world_, Dial(), options);
  ASSERT_EQ(peer.Handshake(), 0);
  SSL_renegotiate(peer.ssl());
  SSL_do_handshake(peer.ssl());
  peer.Push();
  world_.Settle();
  peer.Take();
  EXPECT_EQ(recorder_.log, Lines{"secured 0"}) << "a second handshake";
}

TEST_F(TlsServerTest, KeyUpdatesAreFollowed) {
  Echo();
  TlsPeer peer(world_, Dial());
  ASSERT_EQ(peer.Handshake(), 0);
  for (int i = 0; i < 3; ++i) {
    SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
    EXPECT_EQ(peer.Ask("hello"), "hello");
  }
}

TEST_F(TlsServerTest, HandshakesAtOnceAreLimited) {
  auto one = NewTlsServer({1});
  auto first = one->Accept();
  ASSERT_TRUE(first);
  EXPECT_FALSE(one->Accept());
  first.reset();
  EXPECT_TRUE(one->Accept());
}

TEST(TlsServer, RefusesAnIdentityThatIsNone) {
  TlsIdentity good = TheAuthority().Issue("localhost");
  TlsIdentity other = TheAuthority().Issue("localhost");
  EXPECT_EQ(TlsServer::Create({"", good.private_key}).error().message,
            "the server's certificate is no PEM certificate");
  EXPECT_EQ(TlsServer::Create({good.certificate_chain, "x"}).error().message,
            "the server's private key is no PEM private key");
  EXPECT_EQ(TlsServer::Create({good.certificate_chain, other.private_key}).error().message,
            "the server's private key does not belong to its certificate");
}

}  // namespace
}  // namespace gatehouse::net
