// The terminal client: `gatehouse chat [URL] [--username NAME]`.
#pragma once

#include <chrono>
#include <string>

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

// Runs until the user leaves, the input ends or a signal comes. It takes over the process: signals,
// the terminal, stdin, stdout, stderr. Call from the main thread before there are others.
// Exit codes:
//   0    left by /quit, Ctrl-D or the end of input; or whoever read our output has left
//   1    could not connect, or lost the connection for good, or left while there was none, or could
//        not write the output; as a filter also: the server answered with an error
//   2    wrong options; as a filter also: an input line was refused (the others were sent)
//   128+N  ended by signal N: 130 Ctrl-C, 143 SIGTERM
int RunChat(const ChatOptions& options);

}  // namespace gatehouse::chat
