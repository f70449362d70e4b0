// JSON text into a template's tree, with lines. RFC 8259, strictly; a duplicate name is an error.
#pragma once

#include <string_view>

#include "stack/tree/value.h"

namespace gatehouse::stack {

// On error problem says what and where, in CloudFormation's words.
// Of a name that is given twice the last one counts, as on AWS; duplicates, if not null, hears of
// it.
bool ReadJson(std::string_view text, Value& value, Problem& problem,
              Problems* duplicates = nullptr);

}  // namespace gatehouse::stack
