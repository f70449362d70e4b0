// The chat's frames as text. JSON values of clients are copied as the bytes they came in.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::chat {

// {"connectionId":"…"}
std::string ConnectionIdFrame(std::string_view connection_id);
// {"type":"message","payload":{"user":"ann","message":"hi"}}; message is a JSON value.
std::string MessageFrame(std::string_view user, std::string_view message);
// {"operationType":"signing","from":"…","user":"ann","message":…}; operation_type and message are
// JSON values.
std::string DirectFrame(std::string_view operation_type, std::string_view from,
                        std::string_view user, std::string_view message);
// {"error":"…","action":"sendDirect","connectionId":"…"}; without connectionId when it is empty.
std::string ErrorFrame(std::string_view error, std::string_view action,
                       std::string_view connection_id);

}  // namespace gatehouse::chat
