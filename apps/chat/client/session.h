// The life of the client's connection: resolve, connect (each address in turn), ask for the
// connection id first of all, ping, ask again when there was no data for long, and come back after
// a loss. Loop thread only.
//
// What can be lost: a frame that Send took is written at the turn's end; if the connection breaks
// before the server has read it, it is gone, and so is whatever the kernel still held. Sending it
// again could deliver it twice, so nobody does. Send takes a frame only while all earlier ones are
// with the kernel; a frame not taken is still the caller's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/client/chat_url.h"
#include "apps/chat/client/pauses.h"
#include "base/random.h"
#include "net/dial/proxy.h"
#include "net/dial/resolver.h"
#include "net/loop/loop.h"
#include "net/socket/sockets.h"
#include "net/websocket/websocket_client.h"

namespace gatehouse::chat {

struct SessionOptions {
  ChatUrl url;
  net::TlsClient* tls = nullptr;  // for wss://
  net::ProxySettings proxies;     // for wss:// too, as HTTPS_PROXY
  std::chrono::nanoseconds ping_interval = std::chrono::minutes(4);  // 0: never
  // After that long without data either way the id is asked for again, for pings are no traffic to
  // API Gateway's idle limit of 10 minutes. 0: never.
  std::chrono::nanoseconds refresh_interval = std::chrono::minutes(8);
  std::chrono::nanoseconds pong_wait = std::chrono::seconds(30);  // then the connection is dead
  std::chrono::nanoseconds close_wait = std::chrono::seconds(2);  // for the server's close frame
  std::chrono::nanoseconds lasted = std::chrono::seconds(10);  // such a connection was a good one
  // Attempts in a row that may fail before OnGivenUp; 0: any number.
  int attempts_max = 0;
  // Refusals (see Refused) in a row, once we have been connected: a server that starts again may
  // not have its stages yet, but about 15 s later what we were connected to has been deleted. One
  // that has never taken us refuses once.
  int refusals_max = 5;
  bool asks_id = true;  // of the chat; else nothing is sent but what Send takes
  std::size_t message_bytes_max = 1024 * 1024;  // received
};

class Session final : private net::WebSocketClient::Observer {
 public:
  enum class State { kIdle, kResolving, kConnecting, kOpen, kPausing, kClosing, kEnded };

  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void OnStatus(std::string_view text) = 0;  // for a person
    // Why the server sends the frame that comes next, in its own words.
    virtual void OnReason(std::string_view /*reason*/) {}
    virtual void OnFrame(std::string_view frame) = 0;
    // The connection was lost. False: do not come back (OnEnded follows).
    virtual bool OnLost(std::uint16_t code) = 0;
    virtual void OnGivenUp() = 0;  // too many failures or refusals; the session has ended
    virtual void OnEnded() = 0;    // after Close or a loss without coming back
  };

  Session(net::Sockets& sockets, base::Random& random, net::Resolver& resolver,
          SessionOptions options, Observer& observer);
  ~Session() override;

  State state() const { return state_; }

  void Start();
  bool CanSend() const;  // open, and all earlier frames are with the kernel
  bool Send(std::string_view frame);
  void PauseReading() { client_.PauseReading(); }
  void ResumeReading() { client_.ResumeReading(); }
  // Closes with 1000 or gives up trying; OnEnded follows, within close_wait.
  void Close();

 private:
  void OnOpen() override;
  void OnText(std::string_view text) override;
  void OnPong(std::string_view payload) override;
  void OnFailed(int status, std::string_view why) override;
  void OnClose(std::uint16_t code, std::string_view reason) override;

  void Resolve();
  void ConnectNext();
  void AttemptFailed(bool refused, std::string_view why);
  void Pause(std::chrono::nanoseconds pause);
  void End();
  void KeepPinging();
  void KeepRefreshing();
  void AskId();
  void CancelTimers();

  net::Loop& loop_;
  net::Resolver& resolver_;
  const SessionOptions options_;
  Observer& observer_;
  const net::Proxy* const proxy_;  // in options_; null: none
  net::WebSocketClient client_;
  Pauses pauses_;

  State state_ = State::kIdle;
  std::vector<net::Address> addresses_;
  std::size_t next_address_ = 0;
  int failed_attempts_ = 0;  // in a row
  int refusals_ = 0;         // likewise
  bool was_open_ = false;
  std::string reason_;
  std::chrono::nanoseconds opened_at_{};
  std::chrono::nanoseconds last_data_{};   // sent or received
  std::chrono::nanoseconds last_heard_{};  // data or a pong
  net::Loop::TimerId pause_timer_{}, ping_timer_{}, pong_timer_{}, refresh_timer_{}, close_timer_{};
};

}  // namespace gatehouse::chat
