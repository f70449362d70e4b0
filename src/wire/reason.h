// Why gatehouse refuses, for people, beside AWS's own words, which stay as they are: a header of
// refusals to clients of this machine, and pongs to our own client before an error frame. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::wire {

inline constexpr std::string_view kReasonField = "x-gatehouse-reason";
inline constexpr std::size_t kReasonBytesMax = 1000;
// What one pong carries of it: the payload of a control frame (RFC 6455 §5.5).
inline constexpr std::size_t kReasonPartBytesMax = 125;
// How our own client calls itself.
inline constexpr std::string_view kOwnUserAgent = "gatehouse";

// A sentence as the value of a header: visible ASCII and blanks, everything else as \xNN, cut at
// kReasonBytesMax. It may quote what a client sent.
std::string ReasonValue(std::string_view sentence);

}  // namespace gatehouse::wire
