// JSON text into a template's tree, with lines. RFC 8259, strictly; a duplicate name is an error.
#pragma once

#include <string_view>

#include "stack/value.h"

namespace gatehouse::stack {

// On error problem says what and where, in CloudFormation's words.
bool ReadJson(std::string_view text, Value& value, Problem& problem);

}  // namespace gatehouse::stack
