// For tests: a WebSocket server of a few lines at the other end of a MemoryNetwork, and the turns
// of the loop under test.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/dial/resolver.h"
#include "net/loop/loop.h"
#include "net/loop/memory_network.h"
#include "net/socket/sockets.h"
#include "wire/websocket_frame.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::chat {

class FakeResolver final : public net::Resolver {
 public:
  explicit FakeResolver(base::Executor& loop) : loop_(loop) {}
  void Resolve(const std::string& host, std::uint16_t port, Answer answer) override {
    ++asked;
    last_host = host;
    std::vector<net::Address> all = addresses;
    for (net::Address& address : all) {
      if (address.port == 0) address.port = port;
    }
    loop_.Post([answer = std::move(answer), all]() mutable {
      if (all.empty()) return answer(Error{ErrorCode::kNotFound, "no address"});
      answer(all);
    });
  }

  std::vector<net::Address> addresses{{"127.0.0.1", 0}};
  int asked = 0;
  std::string last_host;

 private:
  base::Executor& loop_;
};

class TestServer {
 public:
  static constexpr std::uint16_t kPort = 4566;

  explicit TestServer(net::MemoryNetwork& network) : network_(network) { Listen(); }

  void Listen() { listener_ = *network_.Listen({"127.0.0.1", kPort}, false); }
  void StopListening() { network_.Close(std::exchange(listener_, -1), false); }

  // Does what a server would: accepts, answers the handshake, reads frames.
  void Serve() {
    if (listener_ >= 0) {
      net::Accepted accepted = network_.Accept(listener_);
      if (accepted.socket >= 0) {
        socket_ = accepted.socket;
        open_ = false;
        input_.clear();
        ++connections;
      }
    }
    if (socket_ < 0 || deaf) return;
    input_ += network_.TakeReceived(socket_);
    if (!open_) Handshake();
    if (open_) ReadFrames();
    if (socket_ >= 0 && network_.PeerEnded(socket_)) Drop(false);
  }

  void SendText(std::string_view text) { SendFrame(wire::Opcode::kText, text); }
  void SendPong(std::string_view payload) { SendFrame(wire::Opcode::kPong, payload); }
  void SendClose(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 255)};
    SendFrame(wire::Opcode::kClose, payload.append(reason));
  }
  void Drop(bool reset) {
    network_.Close(std::exchange(socket_, -1), reset);
    open_ = false;
  }
  bool open() const { return open_; }
  int socket() const { return socket_; }

  std::string TakeText() {
    if (texts.empty()) return "nothing";
    std::string text = texts.front();
    texts.pop_front();
    return text;
  }

  std::string refusal;  // a response's head instead of the 101
  bool deaf = false;    // reads nothing
  bool answers_pings = true;
  bool answers_close = true;
  int connections = 0;
  int pings = 0;
  std::string request;  // the last head
  std::deque<std::string> texts;
  std::vector<std::uint16_t> closes;

 private:
  void Handshake() {
    std::size_t end = input_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    request = input_.substr(0, end);
    input_.erase(0, end + 4);
    if (!refusal.empty()) {
      Send(refusal);
      return Drop(false);
    }
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    std::size_t key = request.find(kKey);
    ASSERT_NE(std::string::npos, key);
    Send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        wire::AcceptKey(request.substr(key + kKey.size(), 24)) + "\r\n\r\n");
    open_ = true;
  }

  void ReadFrames() {
    while (open_) {
      wire::FrameRules rules;
      wire::FrameRead read = wire::ReadFrame(std::span(input_), rules);
      ASSERT_NE(wire::FrameRead::kError, read.status) << read.reason;
      if (read.status == wire::FrameRead::kNeedMore) return;
      OnFrame(read.frame);
      input_.erase(0, read.consumed);
    }
  }

  void OnFrame(const wire::Frame& frame) {
    std::string payload(frame.payload.data(), frame.payload.size());
    if (frame.opcode == wire::Opcode::kPing) {
      ++pings;
      if (answers_pings) SendFrame(wire::Opcode::kPong, payload);
    } else if (frame.opcode == wire::Opcode::kClose) {
      auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload.at(i)); };
      int code = payload.size() < 2 ? int{wire::kCloseNoStatus} : byte(0) << 8 | byte(1);
      closes.push_back(static_cast<std::uint16_t>(code));
      if (!answers_close) return;
      SendFrame(wire::Opcode::kClose, payload);
      Drop(false);
    } else if (!wire::IsControl(frame.opcode)) {
      partial_ += payload;
      if (frame.fin) texts.push_back(std::exchange(partial_, {}));
    }
  }

  void SendFrame(wire::Opcode opcode, std::string_view payload) {
    char header[wire::kFrameHeaderBytesMax];
    std::size_t size = wire::WriteFrameHeader(header, opcode, true, payload.size());
    Send(std::string(header, size).append(payload));
  }
  void Send(std::string bytes) {
    ASSERT_GE(socket_, 0);
    iovec part{bytes.data(), bytes.size()};
    ASSERT_EQ(static_cast<ssize_t>(bytes.size()), network_.Send(socket_, {&part, 1}));
  }

  net::MemoryNetwork& network_;
  int listener_ = -1;
  int socket_ = -1;
  bool open_ = false;
  std::string input_;
  std::string partial_;
};

// A loop over a simulated network and clock, and a server on it.
class SimulatedTest : public testing::Test {
 protected:
  // Turns until nothing more happens at this moment.
  void Settle() {
    for (int i = 0; i < 12; ++i) {
      server_.Serve();
      loop_.Turn(std::chrono::nanoseconds(0));
    }
    server_.Serve();
  }
  // Lets that much time pass, everything that is due in it happening.
  void Pass(std::chrono::nanoseconds time) {
    auto end = clock_.Now() + time;
    while (clock_.Now() < end) {
      server_.Serve();
      loop_.Turn(end - clock_.Now());
    }
    Settle();
  }

  net::MemoryClock clock_;
  net::MemoryNetwork network_{clock_};
  net::Loop loop_{network_, clock_};
  net::Sockets sockets_{loop_};
  base::SeededRandom random_{1};
  FakeResolver resolver_{loop_};
  TestServer server_{network_};
};

}  // namespace gatehouse::chat
