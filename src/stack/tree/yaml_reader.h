// YAML text into a template's tree, by yaml-cpp's events. CloudFormation's short tags become their
// long names ("!GetAtt A.B" is {"Fn::GetAtt": ["A", "B"]}), merge keys and aliases are expanded
// within bounds, duplicate keys and more than one document are errors.
#pragma once

#include <cstddef>
#include <string_view>

#include "stack/tree/value.h"

namespace gatehouse::stack {

// Values of a template with its aliases expanded.
inline constexpr std::size_t kYamlValuesMax = 200'000;

// On error problem says what and where, in CloudFormation's words.
// Of a key that is given twice the last one counts, as on AWS; duplicates, if not null, hears of
// it.
bool ReadYaml(std::string_view text, Value& value, Problem& problem,
              Problems* duplicates = nullptr);

}  // namespace gatehouse::stack
