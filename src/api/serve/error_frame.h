// What API Gateway itself says to clients: error frames, and bodies of refused upgrades in the same
// form. Source: docs/aws/websocket-api.md §4.3 (the spacing is AWS's).
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::api {

inline constexpr std::string_view kForbidden = "Forbidden";
inline constexpr std::string_view kInternalServerError = "Internal server error";
inline constexpr std::string_view kEndpointTimedOut = "Endpoint request timed out";
inline constexpr std::string_view kInvalidRequestBody = "Invalid request body";
inline constexpr std::string_view kTooManyRequests = "Too Many Requests";

// {"message": "Forbidden", "connectionId":"…", "requestId":"…"}
std::string ErrorFrame(std::string_view message, std::string_view connection_id,
                       std::string_view request_id);

}  // namespace gatehouse::api
