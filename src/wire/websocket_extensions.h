// Extensions of a WebSocket handshake, RFC 6455 §9: which of a client's offers a server takes. The
// only one is permessage-deflate, RFC 7692, without context takeover in either direction.
#pragma once

#include <string>

#include "wire/http_parser.h"

namespace gatehouse::wire {

inline constexpr int kDeflateWindowBitsMin = 8;
inline constexpr int kDeflateWindowBitsMax = 15;

struct ExtensionChoice {
  bool deflate = false;  // permessage-deflate is agreed
  // The largest window that the client can inflate; 0: it did not say, so 15.
  int server_window_bits = 0;
  bool malformed = false;  // the fields are no list of extensions: fail the handshake (§9.1)

  // Whether the client inflates what Deflater makes; if not, messages to it go uncompressed.
  bool TakesFullWindow() const {
    return deflate && (server_window_bits == 0 || server_window_bits == kDeflateWindowBitsMax);
  }
};

// Takes the first offer that is wholly understood; one with an unknown, repeated or wrong parameter
// is passed over, as are other extensions.
ExtensionChoice ChooseExtensions(const HttpHead& head);

// The value of the answer's Sec-WebSocket-Extensions; empty if nothing was agreed.
std::string ExtensionsAnswer(const ExtensionChoice& choice);

}  // namespace gatehouse::wire
