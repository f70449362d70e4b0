// Text forms of bytes: base64 (standard and URL-safe, padded), hexadecimal, percent-encoding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::base {

std::string EncodeBase64(std::string_view bytes);
// Nothing unless text is padded base64 without foreign characters.
std::optional<std::string> DecodeBase64(std::string_view text);

std::string EncodeHex(std::string_view bytes);  // lower case

// "%3D" → "="; with plus_is_space also "+" → " ". Malformed escapes stay as they are.
std::string DecodePercent(std::string_view text, bool plus_is_space = false);

}  // namespace gatehouse::base
