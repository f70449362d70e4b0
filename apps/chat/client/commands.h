// What a line that was typed or piped in means. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::chat {

inline constexpr std::string_view kAskIdFrame = R"({"action":"getConnectionId"})";

// API Gateway's quota for a message; the server would close the connection with 1009.
inline constexpr std::size_t kFrameBytesMax = 128 * 1024;

struct Command {
  enum Kind {
    kSend,   // text is the frame
    kAskId,  // /id
    kHelp,
    kQuit,
    kRefused,  // text says why; nothing is sent
  };
  Kind kind = kRefused;
  std::string text;
};

// Text is a broadcast; a line that begins with a slash is a command, with two it is text that
// begins with one. `/direct ID TYPE JSON` keeps JSON's bytes.
Command ParseLine(std::string_view line);

// For apps that are not this chat: the line is the frame.
Command RawLine(std::string_view line);

std::string HelpText();

}  // namespace gatehouse::chat
