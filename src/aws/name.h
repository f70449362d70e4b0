// Names and ids whose form AWS fixes and that more than one service reads. Pure functions.
#pragma once

#include <string_view>

namespace gatehouse::aws {

bool IsAccountId(std::string_view text);     // twelve digits
bool IsFunctionName(std::string_view text);  // 1 to 64 letters, digits, "-" and "_"

}  // namespace gatehouse::aws
