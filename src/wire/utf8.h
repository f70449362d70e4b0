// UTF-8 validation (RFC 3629: no surrogates, no overlong forms), by simdjson, and repair.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::wire {

bool IsUtf8(std::string_view text);

// text with what is no UTF-8 in it replaced: U+FFFD for each longest start of a sequence that
// cannot go on, and for each byte that starts none (Unicode 15, §3.9, "U+FFFD Substitution of
// Maximal Subparts").
std::string ToUtf8(std::string_view text);

}  // namespace gatehouse::wire
