#include "apps/chat/client/dialogue.h"

#include <utility>

#include "apps/chat/client/commands.h"
#include "base/log.h"

namespace gatehouse::chat {

Dialogue::Dialogue(net::Sockets& sockets, base::Random& random, net::Resolver& resolver,
                   LineQueue& input, OutputQueue& output, SessionOptions session,
                   DialogueOptions options, base::UniqueFunction<void(int)> on_end)
    : loop_(sockets.loop()),
      input_(input),
      output_(output),
      options_(options),
      on_end_(std::move(on_end)),
      session_(sockets, random, resolver, std::move(session), *this) {
  // After the sockets' own turn end, so that what this one sees of the queue is what they left.
  loop_.AddTurnEnd(*this);
  output_.set_on_room([this] { session_.ResumeReading(); });
}

// ---- Lines in ----

// A line a turn: it is with the kernel, or waits there, before the next one is taken.
bool Dialogue::OnTurnEnd() {
  if (quitting_ || lingering_) return false;
  if (!pending_) {
    if (auto line = input_.TryPop()) {
      Handle(*line);
    } else if (input_.AtEnd()) {
      OnInputEnd();
    }
  }
  if (!pending_) return !quitting_ && HasInput();
  if (session_.Send(*pending_)) {
    pending_.reset();
    said_waiting_ = false;
    return true;
  }
  if (options_.interactive && session_.state() != Session::State::kOpen && !said_waiting_) {
    said_waiting_ = true;
    OnStatus("not connected; this will be sent when we are");
  }
  return false;
}

bool Dialogue::HasInput() { return !input_.IsEmpty(); }

void Dialogue::Handle(const InputLine& line) {
  if (line.too_long) return Refuse("not sent: a line may have 131,072 bytes");
  if (options_.interactive && line.text.empty()) return;
  Command command = options_.raw ? RawLine(line.text) : ParseLine(line.text);
  switch (command.kind) {
    case Command::kAskId:
      asked_for_id_ = true;
      [[fallthrough]];
    case Command::kSend:
      pending_ = std::move(command.text);
      return;
    case Command::kHelp:
      output_.Put(Stream::kErr, HelpText());
      return;
    case Command::kQuit:
      return Leave();
    case Command::kRefused:
      return Refuse(command.text);
  }
}

// A script learns of a line that could not be sent by the exit code.
void Dialogue::Refuse(std::string_view why) {
  OnStatus(why);
  if (!options_.interactive) exit_code_ = kExitUsage;
}

// Nothing is sent any more once the last frame is with the kernel; then the answers are waited for.
void Dialogue::OnInputEnd() {
  if (options_.interactive) return Leave();
  if (!session_.CanSend()) return;
  lingering_ = true;
  linger_from_ = loop_.Now();
  Linger();
}

void Dialogue::Linger() {
  if (options_.linger.count() < 0) return;
  loop_.Cancel(linger_timer_);
  auto left = linger_from_ + kLingersMax * options_.linger - loop_.Now();
  linger_timer_ = loop_.After(std::min(left, options_.linger), [this] { Quit(exit_code_); });
}

// ---- Frames out ----

void Dialogue::OnFrame(std::string_view frame) {
  if (ended_) return;
  ShownFrame shown = FormatFrame(frame);
  if (shown.is_connection_id && !options_.raw && (asked_for_id_ || shown.text != shown_id_)) {
    asked_for_id_ = false;
    shown_id_ = shown.text;
    OnStatus("connection id: " + shown.text);
  }
  Show(frame, shown, std::exchange(reason_, {}));
  NoteFailure(shown);
  if (output_.IsFull()) session_.PauseReading();
  if (lingering_ && !quitting_) Linger();
}

void Dialogue::OnReason(std::string_view reason) { reason_ = reason; }

void Dialogue::Show(std::string_view frame, const ShownFrame& shown, const std::string& reason) {
  if (options_.json || options_.raw) {
    output_.Put(Stream::kOut, FormatRaw(frame, options_.output_is_terminal) + "\n");
    if (!reason.empty()) OnStatus(reason);
  } else if (!shown.is_connection_id) {
    std::string why = reason.empty() ? "" : ": " + base::EscapeForTerminal(reason);
    output_.Put(Stream::kOut, shown.text + why + "\n");
  }
}

// Who never gets an id may be talking to another app: then one of the errors was for asking.
void Dialogue::NoteFailure(const ShownFrame& shown) {
  if (options_.raw ? !shown.is_gateway_error : !shown.is_failure) return;
  bool is_first = ++failures_ == 1;
  if (is_first && shown.is_gateway_error && shown_id_.empty() && !options_.raw) {
    OnStatus("if this app is not the chat: --raw sends each line as it is");
  }
}

void Dialogue::OnStatus(std::string_view text) {
  output_.Put(Stream::kErr, base::EscapeForTerminal(text) + "\n");
}

// ---- Ends ----

bool Dialogue::OnLost(std::uint16_t code) {
  if (!lingering_ || options_.linger.count() < 0) return true;
  if (code != wire::kCloseNormal && exit_code_ == kExitOk) exit_code_ = kExitFailed;
  return false;
}

void Dialogue::OnGivenUp() {
  exit_code_ = kExitFailed;
  End();
}

void Dialogue::OnEnded() { End(); }

// By the person's or the script's own wish. Who leaves while an attempt has failed has failed.
void Dialogue::Leave() {
  bool is_down = session_.state() == Session::State::kPausing;
  Quit(is_down && exit_code_ == kExitOk ? kExitFailed : exit_code_);
}

void Dialogue::Quit(int exit_code) {
  if (quitting_) return End();
  quitting_ = true;
  exit_code_ = exit_code;
  loop_.Cancel(linger_timer_);
  session_.Close();
}

void Dialogue::End() {
  if (ended_) return;
  ended_ = quitting_ = true;
  int of_asking = shown_id_.empty() && !options_.raw ? 1 : 0;
  bool has_failed = !options_.interactive && failures_ > of_asking;
  if (exit_code_ == kExitOk && has_failed) exit_code_ = kExitFailed;
  loop_.Cancel(linger_timer_);
  on_end_(exit_code_);
}

}  // namespace gatehouse::chat
