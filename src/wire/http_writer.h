// HTTP/1.1 heads as text.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "wire/http_parser.h"

namespace gatehouse::wire {

std::string_view ReasonPhrase(int status);  // "Not Found"; "Unknown" for what we do not know

// "Sun, 22 Nov 2026 20:45:32 GMT"
std::string HttpDate(base::Millis wall);

// Appends status line, Date, the fields, Content-Length (unless absent), lines as they are (each
// with its end), and the blank line.
// Fields whose name is no token or whose value has CR, LF or NUL are left out: they would forge
// others.
void AppendResponseHead(std::string& out, int status, base::Millis wall,
                        std::span<const HttpField> fields,
                        std::optional<std::size_t> content_length, std::string_view lines = {});

// Appends request line, fields (as above) and the blank line. method must be a token; blanks and
// control characters in target are written %XX.
void AppendRequestHead(std::string& out, std::string_view method, std::string_view target,
                       std::span<const HttpField> fields);

}  // namespace gatehouse::wire
