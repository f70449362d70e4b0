// The terminal client: `gatehouse chat [URL] [--username NAME]`.
#pragma once

#include "apps/chat/client/chat_options.h"

namespace gatehouse::chat {

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
