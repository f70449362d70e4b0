// Stored items as DynamoDB's JSON, straight from their bytes: what most reads answer, without a
// tree in between. Plain function: no thread rules.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::table {

// Appends what AppendJson makes of DecodeItem(encoded), and answers the item's size, as ItemSize.
// Errors as DecodeItem's; then `out` has got some of it.
Result<std::size_t> AppendStoredJson(std::string& out, std::string_view encoded);

}  // namespace gatehouse::table
