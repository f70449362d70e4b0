// A stack's parameters: what was given, checked against what the template declares.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "stack/template/template.h"

namespace gatehouse::stack {

inline constexpr std::size_t kParameterValueBytesMax = 4096;

struct ParameterInput {
  std::string value;
  bool use_previous = false;
};
using ParameterInputs = std::map<std::string, ParameterInput, std::less<>>;
using ParameterTexts = std::map<std::string, std::string, std::less<>>;

// The text of every declared parameter. previous: those of the stack as it is; null when it is
// created, and then nothing may refer to them. Appends what is wrong.
ParameterTexts ResolveParameters(const Template& source, const ParameterInputs& given,
                                 const ParameterTexts* previous, Problems& problems);

// The values that are given, or kept of previous; for what must know them before the template is
// read.
ParameterTexts GivenParameters(const ParameterInputs& given, const ParameterTexts* previous);

// What Ref gives: a string, or a list for the list types.
Value ParameterValue(const ParameterDeclaration& declaration, const std::string& text);

}  // namespace gatehouse::stack
