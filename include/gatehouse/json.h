// Enough JSON for a handler that passes values through: members are found and copied as the bytes
// they came in, never parsed and written anew, so 1.50, 1e400 and duplicate keys survive.
// RFC 8259, strictly; nesting at most 64. Implemented by the wire room, in gatehouse's binary also
// for the files of --handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::json {

// The bytes of one member's value in an object's text, without surrounding blanks. Nothing if the
// text is no valid JSON object or has no such member. Of duplicate members the last counts.
std::optional<std::string_view> Member(std::string_view object, std::string_view name);

// Whether text is one valid JSON value, or one valid JSON object.
bool IsValid(std::string_view text);
bool IsObject(std::string_view text);

// The decoded text of a JSON string ("a\u00e9" → aé); nothing if value is no valid string.
// A lone surrogate becomes U+FFFD.
std::optional<std::string> String(std::string_view value);

// Appends text as a JSON string with its quotes. Escapes ", \ and control characters only; text
// must be UTF-8.
void AppendQuoted(std::string& out, std::string_view text);
std::string Quoted(std::string_view text);

}  // namespace gatehouse::json
