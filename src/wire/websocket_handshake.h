// The opening handshake of WebSocket, RFC 6455 §4, both sides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/http_parser.h"

namespace gatehouse::wire {

// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string AcceptKey(std::string_view key);

struct UpgradeCheck {
  bool ok = false;
  int status = 0;           // else: 400; 426 with Sec-WebSocket-Version: 13 for other versions
  std::string_view reason;  // a literal
  std::string_view key;     // inside the head
};

// Whether head asks for a WebSocket at all: GET with "Upgrade: websocket" and "Connection:
// upgrade".
bool IsWebSocketUpgrade(const HttpHead& head);

// Whether such a request is well formed: HTTP/1.1, no body, one Sec-WebSocket-Key of 16 bytes in
// base64, one Sec-WebSocket-Version, which is 13.
UpgradeCheck CheckUpgrade(const HttpHead& head);

// Client side: whether a response to our key, which offered no extensions, accepts the upgrade.
// Nothing if so, else why not.
std::optional<std::string> CheckUpgradeResponse(const HttpHead& head, std::string_view key);

}  // namespace gatehouse::wire
