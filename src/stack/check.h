// `gatehouse check`: what is wrong with a template, or not supported, without making anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/parameters.h"
#include "stack/value.h"

namespace gatehouse::stack {

struct CheckOptions {
  std::string source_directory;  // of local code: the template's own folder
  // In-process handlers that there are; nothing: not checked.
  std::optional<std::vector<std::string>> in_process_names;
  ParameterInputs parameters = {};
};

struct CheckResult {
  Problems problems;  // empty: the template can be deployed
  Problems notices;   // accepted without effect
};

// Everything wrong is told at once. Parameters have the values given, their defaults, or a value
// that fits their constraints; what hangs on the last is not judged.
CheckResult Check(std::string_view text, const CheckOptions& options);

}  // namespace gatehouse::stack
