// Beyond AWS: with what code and reason DELETE @connections closes a connection. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "wire/websocket_frame.h"

namespace gatehouse::api {

// What the client's close frame and its $disconnect say.
struct CloseNotice {
  std::uint16_t code = wire::kCloseNormal;
  std::string reason = "Connection Closed Normally";  // at most 123 bytes of UTF-8 (RFC 6455 §5.5)
};

// Reads "code=4000&reason=bye", decoding it; other parameters mean nothing here. Without a code it
// is 1000; a code alone has no reason. Errors: kInvalidArgument with a sentence: a parameter given
// twice, a code that no server may send (RFC 6455 §7.4), a reason too long or not UTF-8.
Result<CloseNotice> ReadCloseNotice(std::string_view query);

}  // namespace gatehouse::api
