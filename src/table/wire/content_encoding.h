// Compressed request bodies. Plain function: any thread. Source: docs/aws/dynamodb.md §1.1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::table {

inline constexpr std::size_t kRequestBytesMax = 16 << 20;  // also of what is compressed in it

// Whether a Content-Encoding says that a body is compressed in a way that we read: gzip, deflate.
bool IsCompressed(std::string_view content_encoding);

// Errors: kInvalidArgument (it is no such data), kPayloadTooLarge (more than kRequestBytesMax).
Result<std::string> Decompress(std::string_view content_encoding, std::string_view body);

}  // namespace gatehouse::table
