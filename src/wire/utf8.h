// UTF-8 validation (RFC 3629: no surrogates, no overlong forms), by simdjson.
#pragma once

#include <string_view>

namespace gatehouse::wire {

bool IsUtf8(std::string_view text);

}  // namespace gatehouse::wire
