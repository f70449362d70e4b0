// What the terminal client may be told: each option is a field and its row (base/option.h).
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "base/option.h"

namespace gatehouse::chat {

struct ChatOptions {
  std::string url = "ws://localhost:4566/production";
  std::string username;  // empty: none is told
  // An authority (PEM file) that wss:// trusts beside the system's and the local one.
  std::string ca_file;
  // Prints the frames themselves, one a line, all that arrive. A frame that is JSON keeps its
  // bytes, except that newlines between its tokens become blanks.
  bool json = false;
  // Each line of input is a frame, each frame a line of output as with json; no commands, and
  // nothing is sent unasked: for apps that are not this chat.
  bool raw = false;
  std::chrono::nanoseconds ping_interval = std::chrono::minutes(4);     // 0: never
  std::chrono::nanoseconds refresh_interval = std::chrono::minutes(8);  // 0: never
  // When stdin or stdout is no terminal: after the end of input, how long nothing must have arrived
  // before it leaves (in all at most ten times as long). Negative: it stays.
  std::chrono::nanoseconds linger = std::chrono::seconds(1);
  // When stdin or stdout is no terminal: attempts to connect in a row that may fail. A status such
  // as 403 ends it at once, or after five in a row if there was a connection before.
  int attempts_max = 6;
};

inline std::span<const base::OptionRow<ChatOptions>> ChatRows() {
  using Chat = ChatOptions;
  static constexpr base::OptionRow<ChatOptions> kRows[] = {
      base::TextOption<&Chat::username>({"username", "NAME", "Your name, as others see it"}),
      base::SwitchOption<&Chat::json>({"json", "", "Print the frames themselves, one a line"}),
      base::SwitchOption<&Chat::raw>(
          {"raw", "", "For apps that are not the chat: each line is a frame, each frame a line"}),
      base::TextOption<&Chat::ca_file>({"ca", "FILE",
                                        "A certificate authority (PEM) that wss:// trusts too, "
                                        "beside the system's and the local "
                                        "one"}),
      base::SecondsOption<&Chat::ping_interval>(
          {"ping-seconds", "SECONDS", "Ping the server this often; 0: never"}),
      base::SecondsOption<&Chat::refresh_interval>(
          {"refresh-seconds", "SECONDS",
           "After this long without data ask for the connection id again; 0: never"}),
      base::SecondsOption<&Chat::linger>(
          {"linger-seconds", "SECONDS",
           "In scripts: after the end of input leave once nothing has arrived for this long"}),
      base::WholeOption<&Chat::attempts_max>(
          {.name = "attempts",
           .unit = "N",
           .sentence = "In scripts: attempts to connect in a row that may fail",
           .min = 1,
           .max = 2147483647,
           .expected = "a number from 1 on"}),
  };
  return kRows;
}

}  // namespace gatehouse::chat
