// Frames that arrive, as lines for a person or a script. Pure. What a line shows of the frame has
// its control, escape and bidirectional characters escaped (base::EscapeForTerminal), so that no
// sender can drive the terminal or forge a line.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::chat {

struct ShownFrame {
  // The answer to getConnectionId is no message: it is for the status, on stderr.
  bool is_connection_id = false;
  bool is_gateway_error = false;  // "Forbidden" and such, whatever the app
  bool is_failure = false;        // the chat's own, or the gateway's
  std::string text;               // a line without its newline, or the connection id
};

// The frames of the chat and of the gateway by what they mean, everything else as
// "📨 Message from server: TEXT". A direct message's value is shown as the bytes it came in.
ShownFrame FormatFrame(std::string_view frame);

// One line that holds the frame itself. Newlines in JSON can stand only between its tokens and
// become blanks, so that one line is one frame and every value keeps its bytes; in a frame that is
// no JSON they become \n and \r. For a terminal, characters that drive it are escaped as well.
std::string FormatRaw(std::string_view frame, bool for_terminal);

}  // namespace gatehouse::chat
