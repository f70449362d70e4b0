// A table of properties from a short text.
//
//   "Name:s! Timeout:i Tags:[{Key:s! Value:s}] StageVariables:<s> Code:j VpcConfig~:j"
//
// s text, i integer, n number, b boolean, j anything, [T] list, {…} object, <T> map whose keys are
// the user's. After the name: "~" accepted but without effect, and said so; "-" likewise, but not
// worth saying; "^" known, not supported yet: an error. After the type: "!" required.
#pragma once

#include <span>
#include <string_view>

#include "aws/resource_type.h"

namespace gatehouse::stack {

// replacing: properties whose change replaces, separated by blanks; "*": all. Both texts must live
// as long as the program. A text that cannot be read is our bug (CHECK).
std::span<const aws::Property> ParseSchema(std::string_view text, std::string_view replacing);

}  // namespace gatehouse::stack
