// What a chat does between its input, its connection and its output: lines become frames, frames
// become lines, and it knows when to leave and with which exit code. Loop thread only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "apps/chat/client/format.h"
#include "apps/chat/client/line_queue.h"
#include "apps/chat/client/output_queue.h"
#include "apps/chat/client/session.h"
#include "base/function.h"

namespace gatehouse::chat {

struct DialogueOptions {
  bool interactive = false;  // somebody types: blank lines and the end of input mean something else
  bool json = false;
  bool raw = false;  // lines are frames, frames are lines: for apps that are not this chat
  bool output_is_terminal = false;  // of json and raw: escape what drives a terminal
  // As a filter, after the end of input: leave when nothing has arrived for that long, or after
  // kLingersMax times as long in all. Negative: stay.
  std::chrono::nanoseconds linger = std::chrono::seconds(1);
};

class Dialogue final : private Session::Observer, private net::Loop::TurnEnd {
 public:
  static constexpr int kLingersMax = 10;
  static constexpr int kExitOk = 0, kExitFailed = 1, kExitUsage = 2;

  // on_end is called once, with the exit code.
  Dialogue(net::Sockets& sockets, base::Random& random, net::Resolver& resolver, LineQueue& input,
           OutputQueue& output, SessionOptions session, DialogueOptions options,
           base::UniqueFunction<void(int)> on_end);

  void Start() { session_.Start(); }
  // Closes with 1000 and ends; the second time at once.
  void Quit(int exit_code);
  bool is_quitting() const { return quitting_; }

 private:
  bool OnTurnEnd() override;
  void OnStatus(std::string_view text) override;
  void OnReason(std::string_view reason) override;
  void OnFrame(std::string_view frame) override;
  bool OnLost(std::uint16_t code) override;
  void OnGivenUp() override;
  void OnEnded() override;

  bool HasInput();
  void Handle(const InputLine& line);
  void Refuse(std::string_view why);
  void Show(std::string_view frame, const ShownFrame& shown, const std::string& reason);
  void NoteFailure(const ShownFrame& shown);
  void Leave();
  void OnInputEnd();
  void Linger();
  void End();

  net::Loop& loop_;
  LineQueue& input_;
  OutputQueue& output_;
  const DialogueOptions options_;
  base::UniqueFunction<void(int)> on_end_;
  Session session_;

  std::optional<std::string> pending_;  // a frame the session has not taken yet
  bool asked_for_id_ = false;           // by /id: show it even if we know it
  std::string shown_id_;
  bool said_waiting_ = false;
  std::string reason_;  // of the frame that comes next
  int failures_ = 0;    // error frames that came

  bool lingering_ = false;
  std::chrono::nanoseconds linger_from_{};
  net::Loop::TimerId linger_timer_{};
  bool quitting_ = false;
  bool ended_ = false;
  int exit_code_ = kExitOk;
};

}  // namespace gatehouse::chat
