#include "net/websocket/websocket.h"

#include <gtest/gtest.h>

#include "net/websocket/test_websockets.h"

namespace gatehouse::net {
namespace {

using wire::Opcode;
using Lines = std::vector<std::string>;

class WebSocketTest : public testing::Test {
 protected:
  NotingWebSocketHandler& handler() { return world_.handler; }
  Lines Ask(Peer& peer, std::string_view bytes) { return FrameLines(peer.Ask(bytes)); }

  WebSocketWorld world_;
  Peer peer_ = world_.Dial();
};

// ---- Messages ----

TEST_F(WebSocketTest, MessagesArriveWhateverCutsThem) {
  std::string bytes = ClientText("hello") + ClientText("") + ClientText(std::string(300, 'x'));
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    handler().messages.clear();
    peer_.Ask(bytes.substr(0, cut));
    peer_.Ask(bytes.substr(cut));
    EXPECT_EQ(handler().messages, (Lines{"hello", "", std::string(300, 'x')})) << cut;
  }
  for (char c : bytes) peer_.Ask({&c, 1});
  EXPECT_EQ(handler().messages.size(), 6u);
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
  EXPECT_EQ(world_.sockets.state(0), nullptr);
}

TEST_F(WebSocketTest, FragmentsBecomeOneMessageWithControlFramesBetween) {
  EXPECT_EQ(Ask(peer_, ClientFrame(Opcode::kText, "a", false) + ClientFrame(Opcode::kPing, "1") +
                           ClientFrame(Opcode::kContinuation, "", false) +
                           ClientFrame(Opcode::kPong, "") +
                           ClientFrame(Opcode::kContinuation, "b", true)),
            Lines{"pong 1"});
  EXPECT_EQ(handler().messages, Lines{"ab"});
  EXPECT_EQ(handler().pongs, 1);
  EXPECT_EQ(world_.sockets.state(0), nullptr) << "the partial message is still held";
}

TEST_F(WebSocketTest, ACharacterMayBeCutByFragments) {
  peer_.Ask(ClientFrame(Opcode::kText, "\xe2\x82", false));
  peer_.Ask(ClientFrame(Opcode::kContinuation, "\xac", true));
  EXPECT_EQ(handler().messages, Lines{"\u20ac"});
}

TEST_F(WebSocketTest, MessagesHavePaddingBehindThem) {
  unsigned sum = 0;
  handler().on_message = [&](std::uint32_t, std::string_view data) {
    for (std::size_t i = 0; i < Sockets::kReceivePadding; ++i) {
      sum += static_cast<unsigned char>(data.data()[data.size() + i]);
    }
  };
  peer_.Ask(ClientText("x"));
  peer_.Ask(ClientFrame(Opcode::kText, "a", false));
  peer_.Ask(ClientFrame(Opcode::kContinuation, "b", true));
  SUCCEED() << sum;  // the address sanitizer is the judge
}

TEST_F(WebSocketTest, FramesAndMessagesOfExactlyTheLimitPass) {
  std::string frame(32 * 1024, 'x');
  peer_.Ask(ClientText(frame));
  EXPECT_EQ(handler().messages.size(), 1u);
  peer_.Send(ClientFrame(Opcode::kText, frame, false));
  for (int i = 0; i < 2; ++i) peer_.Send(ClientFrame(Opcode::kContinuation, frame, false));
  peer_.Ask(ClientFrame(Opcode::kContinuation, frame, true));
  ASSERT_EQ(handler().messages.size(), 2u);
  EXPECT_EQ(handler().messages[1].size(), 128u * 1024);
  EXPECT_TRUE(handler().closes.empty());
}

// ---- What closes a connection ----

struct BadInput {
  const char* name;
  std::string bytes;
  int code;
};

class WebSocketBadInputTest : public testing::TestWithParam<BadInput> {};

TEST_P(WebSocketBadInputTest, ClosesWithItsCode) {
  WebSocketWorld world;
  Peer peer = world.Dial();
  Lines lines = FrameLines(peer.Ask(GetParam().bytes + ClientText("after")));
  ASSERT_EQ(lines.size(), 1u);
  std::string code = std::to_string(GetParam().code);
  EXPECT_TRUE(lines[0].starts_with("close " + code)) << lines[0];
  ASSERT_EQ(world.handler.closes.size(), 1u);
  EXPECT_TRUE(world.handler.closes[0].starts_with(code));
  EXPECT_TRUE(world.handler.messages.empty());
  EXPECT_EQ(world.sockets.state(0), nullptr);
  peer.Send(ClientClose(1000));
  peer.Finish();
  world.Settle();
  EXPECT_EQ(world.handler.closes.size(), 1u);
  EXPECT_EQ(world.handler.released.size(), 1u);
  EXPECT_EQ(world.sockets.open_count(), 0u);
  EXPECT_FALSE(peer.reset());
}

std::string TooManyFragments() {
  std::string bytes = ClientFrame(Opcode::kText, std::string(32 * 1024, 'x'), false);
  for (int i = 0; i < 3; ++i) {
    bytes += ClientFrame(Opcode::kContinuation, std::string(32 * 1024, 'x'), false);
  }
  return bytes + ClientFrame(Opcode::kContinuation, "x", true);
}

INSTANTIATE_TEST_SUITE_P(
    All, WebSocketBadInputTest,
    testing::Values(BadInput{"Unmasked", std::string("\x81\x01x"), 1002},
                    BadInput{"ReservedBit", std::string("\xc1\x80\0\0\0\0", 6), 1002},
                    BadInput{"ReservedOpcode", std::string("\x83\x80\0\0\0\0", 6), 1002},
                    BadInput{"LongPing", std::string("\x89\xfe\0\x7e", 4), 1002},
                    BadInput{"FragmentedPing", std::string("\x09\x80\0\0\0\0", 6), 1002},
                    BadInput{"ContinuationOfNothing", ClientFrame(Opcode::kContinuation, "x"),
                             1002},
                    BadInput{"MessageInsideMessage",
                             ClientFrame(Opcode::kText, "a", false) + ClientText("b"), 1002},
                    BadInput{"Binary", ClientFrame(Opcode::kBinary, "x"), 1003},
                    BadInput{"BinaryFragment", ClientFrame(Opcode::kBinary, "x", false), 1003},
                    BadInput{"NotUtf8", ClientText("\xff"), 1007},
                    BadInput{"NotUtf8InFragments",
                             ClientFrame(Opcode::kText, "\xe2", false) +
                                 ClientFrame(Opcode::kContinuation, "x", true),
                             1007},
                    BadInput{"LongFrame", ClientText(std::string(32 * 1024 + 1, 'x')), 1009},
                    BadInput{"LongMessage", TooManyFragments(), 1009},
                    BadInput{"CloseOfOneByte", ClientFrame(Opcode::kClose, "x"), 1002},
                    BadInput{"CloseWith1005", ClientClose(1005), 1002},
                    BadInput{"CloseWith999", ClientClose(999), 1002},
                    BadInput{"CloseReasonNotUtf8", ClientClose(1000, "\xff"), 1007}),
    [](const auto& each) { return each.param.name; });

// ---- The close handshake ----

TEST_F(WebSocketTest, ThePeersCloseIsEchoedAndReported) {
  EXPECT_EQ(Ask(peer_, ClientClose(4321, "enough") + ClientText("late")), Lines{"close 4321"});
  EXPECT_EQ(handler().closes, Lines{"4321 enough"});
  EXPECT_TRUE(handler().messages.empty());
  EXPECT_TRUE(peer_.ended()) << "the server closes first";
  EXPECT_TRUE(handler().released.empty());
  peer_.Close();
  world_.Settle();
  EXPECT_EQ(handler().released, std::vector<std::uint32_t>{0});
  EXPECT_EQ(handler().closes.size(), 1u);
}

TEST_F(WebSocketTest, ACloseWithoutCodeIs1005) {
  EXPECT_EQ(Ask(peer_, ClientFrame(Opcode::kClose, "")), Lines{"close"});
  EXPECT_EQ(handler().closes, Lines{"1005 Client-side close frame status not set"});
}

TEST_F(WebSocketTest, OurCloseWaitsForThePeers) {
  world_.endpoint.Close(0, 1000, "done");
  EXPECT_EQ(handler().closes, Lines{"1000 done"});
  EXPECT_FALSE(world_.endpoint.IsOpen(0));
  EXPECT_EQ(world_.endpoint.SendText(0, "x"), WebSockets::SendResult::kClosed);
  world_.endpoint.Close(0, 1001, "again");
  world_.Settle();
  EXPECT_EQ(FrameLines(peer_.Take()), Lines{"close 1000 done"});
  EXPECT_FALSE(peer_.ended());
  EXPECT_EQ(Ask(peer_, ClientText("crossing") + ClientFrame(Opcode::kPing, "") + ClientClose(1000)),
            Lines{});
  EXPECT_TRUE(peer_.ended());
  EXPECT_TRUE(handler().messages.empty());
  EXPECT_EQ(handler().closes.size(), 1u);
}

TEST_F(WebSocketTest, APeerThatNeverAnswersOurCloseIsLeftAfterFiveSeconds) {
  world_.endpoint.Close(0, 1000, "done");
  world_.Advance(4.9);
  peer_.Send(ClientText("I go on"));  // does not win time
  EXPECT_FALSE(peer_.ended());
  world_.Advance(0.9);
  EXPECT_TRUE(peer_.ended());
  world_.Advance(3);
  EXPECT_EQ(handler().closes.size(), 1u);
  EXPECT_EQ(handler().released.size(), 1u);
  EXPECT_EQ(world_.sockets.open_count(), 0u);
}

TEST_F(WebSocketTest, AnEndWithoutCloseIs1006Once) {
  for (bool reset : {false, true}) {
    WebSocketWorld world;
    Peer peer = world.Dial();
    peer.Ask(ClientFrame(Opcode::kText, "half", false));
    reset ? peer.Vanish() : peer.Finish();
    world.Settle();
    world.Advance(10);
    EXPECT_EQ(world.handler.closes, Lines{"1006"});
    EXPECT_EQ(world.handler.released.size(), 1u);
  }
}

TEST_F(WebSocketTest, ALongReasonIsCutAtACharacter) {
  std::string reason;
  for (int i = 0; i < 50; ++i) reason += "\u20ac";  // 150 bytes
  world_.endpoint.Close(0, 1000, reason);
  world_.Settle();
  EXPECT_EQ(FrameLines(peer_.Take()), Lines{"close 1000 " + reason.substr(0, 123)});
  WebSocketWorld other;
  Peer peer = other.Dial();
  other.endpoint.Close(0, 1000, "x" + reason);
  other.Settle();
  EXPECT_EQ(FrameLines(peer.Take()), Lines{"close 1000 x" + reason.substr(0, 120)});
}

TEST_F(WebSocketTest, ClosingInsideOnMessageEndsTheRest) {
  handler().on_message = [&](std::uint32_t slot, std::string_view) {
    world_.endpoint.Close(slot, 1000, "");
  };
  EXPECT_EQ(Ask(peer_, ClientText("a") + ClientText("b")), Lines{"close 1000"});
  EXPECT_EQ(handler().messages, Lines{"a"});
}

TEST_F(WebSocketTest, AbortingInsideOnMessageIsSafe) {
  handler().on_message = [&](std::uint32_t slot, std::string_view) { world_.sockets.Abort(slot); };
  peer_.Ask(ClientText("a") + ClientText("b"));
  EXPECT_TRUE(peer_.reset());
  EXPECT_EQ(handler().closes, Lines{"1006"});
  EXPECT_EQ(handler().messages.size(), 2u);  // what has arrived still counts
}

TEST_F(WebSocketTest, SendingInsideOnCloseGoesNowhere) {
  handler().on_close = [&](std::uint32_t slot) {
    EXPECT_EQ(world_.endpoint.SendText(slot, "too late"), WebSockets::SendResult::kClosed);
    world_.endpoint.SendPing(slot);
    world_.endpoint.Close(slot, 1000, "");
  };
  EXPECT_EQ(Ask(peer_, ClientClose(1000)), Lines{"close 1000"});
  WebSocketWorld other;
  Peer peer = other.Dial();
  peer.Vanish();
  other.Settle();
  EXPECT_EQ(other.handler.closes.size(), 1u);
}

// ---- Sending ----

TEST_F(WebSocketTest, LongMessagesAreCutIntoFrames) {
  for (bool prepared : {false, true}) {
    std::string text(32 * 1024 * 3 + 5, 'x');
    if (prepared) {
      world_.endpoint.SendPrepared(0, world_.endpoint.PrepareText(text));
    } else {
      world_.endpoint.SendText(0, text);
    }
    world_.Settle();
    std::vector<SeenFrame> frames = ServerFrames(peer_.Take());
    ASSERT_EQ(frames.size(), 4u);
    std::string joined;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(frames[i].fin, i == 3);
      EXPECT_EQ(frames[i].opcode, i == 0 ? Opcode::kText : Opcode::kContinuation);
      EXPECT_LE(frames[i].payload.size(), 32u * 1024);
      joined += frames[i].payload;
    }
    EXPECT_EQ(joined, text);
  }
}

TEST_F(WebSocketTest, MessagesOfEverySizeAroundALimitAreWhole) {
  for (std::size_t size : {0, 1, 125, 126, 65535, 65536, 32767, 32768, 32769, 65537}) {
    for (bool prepared : {false, true}) {
      std::string text(size, 'x');
      if (prepared) {
        world_.endpoint.SendPrepared(0, world_.endpoint.PrepareText(text));
      } else {
        world_.endpoint.SendText(0, text);
      }
      world_.Settle();
      std::vector<SeenFrame> frames = ServerFrames(peer_.Take());
      EXPECT_EQ(frames.size(), size == 0 ? 1 : (size + 32767) / 32768) << size;
      std::string joined;
      for (const SeenFrame& frame : frames) joined += frame.payload;
      EXPECT_EQ(joined, text);
      EXPECT_TRUE(frames.back().fin);
    }
  }
}

TEST_F(WebSocketTest, PreparedAndDirectMessagesKeepTheirOrder) {
  base::SharedBytes shared = world_.endpoint.PrepareText("all");
  Lines expected;
  for (int i = 0; i < 200; ++i) {
    world_.endpoint.SendText(0, std::to_string(i));
    world_.endpoint.SendPrepared(0, shared);
    expected.push_back("text " + std::to_string(i));
    expected.push_back("text all");
  }
  world_.Settle();
  EXPECT_EQ(FrameLines(peer_.Take()), expected);
}

TEST_F(WebSocketTest, AFullQueueTakesNoMore) {
  world_.network.SetWindow(peer_.socket(), 0);
  std::string text(100'000, 'x');
  int queued = 0;
  while (world_.endpoint.SendText(0, text) == WebSockets::SendResult::kQueued) ++queued;
  EXPECT_EQ(queued, 10);
  EXPECT_EQ(world_.endpoint.SendPrepared(0, world_.endpoint.PrepareText(text)),
            WebSockets::SendResult::kQueueFull);
  EXPECT_EQ(world_.endpoint.SendText(0, "small"), WebSockets::SendResult::kQueued);
  peer_.Send(ClientFrame(Opcode::kPing, "x"));
  world_.Settle();
  EXPECT_TRUE(handler().closes.empty());
  world_.network.SetWindow(peer_.socket(), 1 << 22);
  world_.Settle();
  EXPECT_EQ(world_.endpoint.SendText(0, text), WebSockets::SendResult::kQueued);
}

TEST_F(WebSocketTest, PingsWithoutReadingPongsDoNotGrowTheQueue) {
  world_.network.SetWindow(peer_.socket(), 0);
  std::string pings;
  for (int i = 0; i < 500; ++i) pings += ClientFrame(Opcode::kPing, std::string(125, 'x'));
  for (int i = 0; i < 40; ++i) peer_.Ask(pings);
  EXPECT_LE(world_.sockets.queued_bytes(0), (1u << 20) + 200);
  EXPECT_TRUE(handler().closes.empty());
}

TEST_F(WebSocketTest, APingIsAnsweredWithItsPayload) {
  EXPECT_EQ(Ask(peer_, ClientFrame(Opcode::kPing, "") + ClientFrame(Opcode::kPing, "beat")),
            (Lines{"pong", "pong beat"}));
}

TEST_F(WebSocketTest, PausedItReadsNoMoreUntilResumed) {
  handler().on_message = [&](std::uint32_t slot, std::string_view) {
    world_.sockets.PauseReading(slot);
  };
  peer_.Ask(ClientText("1") + ClientText("2") + ClientText("3"));
  EXPECT_EQ(handler().messages, Lines{"1"});
  for (const char* expected : {"2", "3"}) {
    world_.sockets.ResumeReading(0);
    world_.Settle();
    EXPECT_EQ(handler().messages.back(), expected);
  }
  EXPECT_EQ(world_.sockets.memory_bytes(0), 0u);
}

TEST_F(WebSocketTest, ItsOwnCloseEndsAPause) {
  world_.sockets.PauseReading(0);
  world_.endpoint.Close(0, 1000, "");
  EXPECT_EQ(Ask(peer_, ClientClose(1000)), Lines{"close 1000"});
  EXPECT_TRUE(peer_.ended());
}

TEST_F(WebSocketTest, TheEndpointMayGoBeforeItsSockets) {
  auto world = std::make_unique<WebSocketWorld>();
  Peer peer = world->Dial();
  peer.Ask(ClientFrame(Opcode::kText, "half", false));
  world.reset();  // the address sanitizer is the judge
}

}  // namespace
}  // namespace gatehouse::net
