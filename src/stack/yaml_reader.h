// YAML text into a template's tree, by yaml-cpp's events. CloudFormation's short tags become their
// long names ("!GetAtt A.B" is {"Fn::GetAtt": ["A", "B"]}), merge keys and aliases are expanded
// within bounds, duplicate keys and more than one document are errors.
#pragma once

#include <cstddef>
#include <string_view>

#include "stack/value.h"

namespace gatehouse::stack {

// Values of a template with its aliases expanded.
inline constexpr std::size_t kYamlValuesMax = 200'000;

// On error problem says what and where, in CloudFormation's words.
bool ReadYaml(std::string_view text, Value& value, Problem& problem);

}  // namespace gatehouse::stack
