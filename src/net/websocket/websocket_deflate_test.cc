// permessage-deflate on connections (RFC 7692); the codec itself: wire/deflate_test.cc.
#include <gtest/gtest.h>

#include "net/websocket/test_websockets.h"
#include "wire/deflate.h"

namespace gatehouse::net {
namespace {

using wire::Opcode;
using Lines = std::vector<std::string>;

constexpr std::size_t kMessageBytesMax = 128 * 1024;
constexpr wire::MaskKey kMask{1, 2, 3, 4};

std::string DeflatedFrame(Opcode opcode, std::string_view payload, bool fin = true,
                          bool rsv1 = true) {
  char header[wire::kFrameHeaderBytesMax];
  std::size_t size = wire::WriteFrameHeader(header, opcode, fin, payload.size(), kMask, rsv1);
  std::string masked(payload);
  wire::ApplyMask(masked, kMask);
  return std::string(header, size) + masked;
}

std::string Deflated(std::string_view text) {
  wire::Deflater deflater;
  return std::string(deflater.Deflate(text));
}

// A server's messages as lines, "deflated …" where they came compressed.
Lines ReadMessages(std::string bytes) {
  Lines lines;
  std::span<char> rest(bytes);
  std::string payload;
  bool deflated = false;
  wire::Inflater inflater(1 << 22, 0);
  while (!rest.empty()) {
    wire::FrameRead read = wire::ReadFrame(
        rest, {.masked = false, .allow_rsv1 = true, .payload_bytes_max = 32 * 1024});
    EXPECT_EQ(read.status, wire::FrameRead::kFrame);
    if (read.status != wire::FrameRead::kFrame) break;
    if (read.frame.opcode != Opcode::kContinuation) deflated = read.frame.rsv1;
    payload.append(read.frame.payload.data(), read.frame.payload.size());
    rest = rest.subspan(read.consumed);
    if (!read.frame.fin) continue;
    if (deflated) payload = "deflated " + std::string(inflater.Inflate(payload).data);
    lines.push_back(std::exchange(payload, {}));
  }
  return lines;
}

WebSocketOptions Compressing() {
  WebSocketOptions options;
  options.deflate_bytes_min = 100;
  return options;
}

class WebSocketDeflateTest : public testing::Test {
 protected:
  explicit WebSocketDeflateTest(WebSocketOptions options = {}) : world_(options) {
    world_.extensions.deflate = true;
  }
  NotingWebSocketHandler& handler() { return world_.handler; }
  // How the server closes on these bytes: "close 1002 …".
  std::string Fault(const std::string& bytes) {
    Peer peer = world_.Dial();
    Lines lines = FrameLines(peer.Ask(bytes + ClientText("after")));
    EXPECT_TRUE(handler().messages.empty());
    return lines.size() == 1 ? lines[0].substr(0, 10) : std::to_string(lines.size()) + " frames";
  }

  WebSocketWorld world_;
};

class WebSocketDeflateOutTest : public WebSocketDeflateTest {
 protected:
  WebSocketDeflateOutTest() : WebSocketDeflateTest(Compressing()) {}
};

// ---- Receiving ----

TEST_F(WebSocketDeflateTest, MessagesArriveCompressedAndPlainWhateverCutsThem) {
  Peer peer = world_.Dial();
  std::string long_text(5000, 'x');
  std::string bytes = DeflatedFrame(Opcode::kText, Deflated("hello hello hello hello")) +
                      ClientText("plain") + DeflatedFrame(Opcode::kText, "") +
                      DeflatedFrame(Opcode::kText, Deflated(long_text));
  Lines expected{"hello hello hello hello", "plain", "", long_text};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    handler().messages.clear();
    peer.Ask(bytes.substr(0, cut));
    peer.Ask(bytes.substr(cut));
    ASSERT_EQ(handler().messages, expected) << cut;
  }
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
  EXPECT_EQ(world_.sockets.state(0), nullptr);
}

TEST_F(WebSocketDeflateTest, FragmentsAreInflatedTogether) {
  Peer peer = world_.Dial();
  std::string compressed = Deflated("cut anywhere, cut anywhere, cut anywhere");
  std::string bytes = DeflatedFrame(Opcode::kText, compressed.substr(0, 3), false) +
                      ClientFrame(Opcode::kPing, "p") +
                      DeflatedFrame(Opcode::kContinuation, compressed.substr(3, 1), false, false) +
                      DeflatedFrame(Opcode::kContinuation, "", false, false) +
                      DeflatedFrame(Opcode::kContinuation, compressed.substr(4), true, false);
  EXPECT_EQ(FrameLines(peer.Ask(bytes)), Lines{"pong p"});
  EXPECT_EQ(handler().messages, Lines{"cut anywhere, cut anywhere, cut anywhere"});
  EXPECT_EQ(world_.sockets.state(0), nullptr);
}

TEST_F(WebSocketDeflateTest, MessagesHavePaddingBehindThem) {
  unsigned sum = 0;
  handler().on_message = [&](std::uint32_t, std::string_view data) {
    for (std::size_t i = 0; i < Sockets::kReceivePadding; ++i) {
      const_cast<char&>(data.data()[data.size() + i]) = 1;
      sum += static_cast<unsigned char>(data.data()[data.size() + i]);
    }
  };
  Peer peer = world_.Dial();
  peer.Ask(DeflatedFrame(Opcode::kText, Deflated(std::string(kMessageBytesMax, 'x'))));
  EXPECT_EQ(sum, Sockets::kReceivePadding);  // the address sanitizer judges too
}

TEST_F(WebSocketDeflateTest, TheMessageLimitCountsInflatedBytes) {
  Peer peer = world_.Dial();
  peer.Ask(DeflatedFrame(Opcode::kText, Deflated(std::string(kMessageBytesMax, 'x'))));
  ASSERT_EQ(handler().messages.size(), 1u);
  handler().messages.clear();
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, Deflated(std::string(kMessageBytesMax + 1, 'x')))),
            "close 1009");
}

TEST_F(WebSocketDeflateTest, ABombIsClosedWith1009) {
  std::string bomb = Deflated(std::string(30'000'000, 'x'));
  ASSERT_LE(bomb.size(), 32u * 1024);
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, bomb)), "close 1009");
  std::size_t half = bomb.size() / 2;
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, bomb.substr(0, half), false) +
                  DeflatedFrame(Opcode::kContinuation, bomb.substr(half), true, false)),
            "close 1009");
}

TEST_F(WebSocketDeflateTest, TheFrameLimitCountsBytesOfTheWire) {
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, std::string(32 * 1024 + 1, 'x'))), "close 1009");
}

TEST_F(WebSocketDeflateTest, CompressedFragmentsAreBounded) {
  std::string bytes = DeflatedFrame(Opcode::kText, std::string(32 * 1024, 'x'), false);
  for (int i = 0; i < 8; ++i) {
    bytes += DeflatedFrame(Opcode::kContinuation, std::string(32 * 1024, 'x'), false, false);
  }
  EXPECT_EQ(Fault(bytes), "close 1009");
}

TEST_F(WebSocketDeflateTest, TheReservedBitStandsOnTheFirstFrameOfADataMessageOnly) {
  std::string compressed = Deflated(std::string(200, 'x'));
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, compressed.substr(0, 3), false) +
                  DeflatedFrame(Opcode::kContinuation, compressed.substr(3))),
            "close 1002");
  EXPECT_EQ(Fault(std::string("\xc9\x80\1\2\3\4", 6)), "close 1002") << "ping";
  EXPECT_EQ(Fault(std::string("\xc8\x80\1\2\3\4", 6)), "close 1002") << "close";
  EXPECT_EQ(Fault(std::string("\xa1\x80\1\2\3\4", 6)), "close 1002") << "second reserved bit";
  world_.extensions = {};
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, compressed)), "close 1002") << "not agreed";
}

TEST_F(WebSocketDeflateTest, WhatDoesNotInflateOrIsNoUtf8IsClosedWith1007) {
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, "\xff\xff\xff")), "close 1007");
  std::string cut = Deflated("this is cut in its middle, in its middle");
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, cut.substr(0, 9))), "close 1007");
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kText, Deflated(std::string(50, '\xff')))), "close 1007");
}

TEST_F(WebSocketDeflateTest, BinaryIsRefusedBeforeItIsInflated) {
  EXPECT_EQ(Fault(DeflatedFrame(Opcode::kBinary, "\xff\xff")), "close 1003");
}

// ---- Sending ----

TEST_F(WebSocketDeflateTest, NothingGoesOutCompressedUnlessAsked) {
  Peer peer = world_.Dial();
  std::string text(5000, 'x');
  world_.endpoint.SendText(0, text);
  world_.endpoint.SendPrepared(0, world_.endpoint.PrepareText(text));
  world_.Settle();
  EXPECT_EQ(FrameLines(peer.Take()), (Lines{"text " + text, "text " + text}));
}

TEST_F(WebSocketDeflateOutTest, MessagesFromTheLimitOnGoOutCompressed) {
  Peer peer = world_.Dial();
  for (std::size_t size : {0u, 99u, 100u, 5000u}) {
    std::string text(size, 'x');
    world_.endpoint.SendText(0, text);
    world_.endpoint.SendPrepared(0, world_.endpoint.PrepareText(text));
    world_.Settle();
    std::string expected = (size < 100 ? "" : "deflated ") + text;
    EXPECT_EQ(ReadMessages(peer.Take()), (Lines{expected, expected})) << size;
  }
}

TEST_F(WebSocketDeflateOutTest, WhatDoesNotShrinkGoesOutAsItIs) {
  Peer peer = world_.Dial();
  std::string text;
  unsigned state = 1;
  for (int i = 0; i < 300; ++i) {
    text += static_cast<char>(' ' + (state = state * 1664525 + 1013904223) % 7919 % 95);
  }
  text.resize(100);
  ASSERT_EQ(Deflated(text), "");
  world_.endpoint.SendText(0, text);
  world_.Settle();
  EXPECT_EQ(ReadMessages(peer.Take()), Lines{text});
}

TEST_F(WebSocketDeflateOutTest, LongCompressedMessagesAreCutIntoFrames) {
  Peer peer = world_.Dial();
  world_.network.SetWindow(peer.socket(), 1 << 22);
  std::string text;
  for (unsigned i = 0, state = 1; text.size() < 300'000; ++i) {
    text += std::to_string((state = state * 1664525 + 1013904223) >> 8) + " ";
  }
  ASSERT_GT(Deflated(text).size(), 64u * 1024);
  world_.endpoint.SendText(0, text);
  world_.Settle();
  EXPECT_EQ(ReadMessages(peer.Take()), Lines{"deflated " + text});
}

TEST_F(WebSocketDeflateOutTest, ABroadcastIsSharedByThoseThatTakeItAndPlainForOthers) {
  std::vector<Peer> peers;
  peers.push_back(world_.Dial());
  world_.extensions = {};
  peers.push_back(world_.Dial());  // did not agree
  world_.extensions = {.deflate = true, .server_window_bits = 9, .malformed = false};
  peers.push_back(world_.Dial());  // cannot inflate what we make
  world_.extensions = {.deflate = true, .server_window_bits = 15, .malformed = false};
  peers.push_back(world_.Dial());

  std::string first(1000, 'x'), second(1000, 'y');
  for (const std::string& text : {first, second, first}) {
    base::SharedBytes frames = world_.endpoint.PrepareText(text);
    for (std::uint32_t slot = 0; slot < 4; ++slot) world_.endpoint.SendPrepared(slot, frames);
  }
  world_.Settle();
  Lines deflated{"deflated " + first, "deflated " + second, "deflated " + first};
  Lines plain{first, second, first};
  EXPECT_EQ(ReadMessages(peers[0].Take()), deflated);
  EXPECT_EQ(ReadMessages(peers[1].Take()), plain);
  EXPECT_EQ(ReadMessages(peers[2].Take()), plain);
  EXPECT_EQ(ReadMessages(peers[3].Take()), deflated);
  // Both are references to one block, which is what waits here.
  for (Peer& peer : peers) world_.network.SetWindow(peer.socket(), 0);
  std::size_t before = world_.sockets.queued_bytes(0);
  base::SharedBytes frames = world_.endpoint.PrepareText(first);
  world_.endpoint.SendPrepared(0, frames);
  EXPECT_LT(world_.sockets.queued_bytes(0) - before, 100u);
}

}  // namespace
}  // namespace gatehouse::net
