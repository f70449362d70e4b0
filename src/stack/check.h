// `gatehouse check`: what is wrong with a template, or not supported, without making anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/value.h"

namespace gatehouse::stack {

struct CheckOptions {
  std::string source_directory;  // of local code: the template's own folder
  // In-process handlers that there are; nothing: not checked.
  std::optional<std::vector<std::string>> in_process_names;
};

struct CheckResult {
  Problems problems;  // empty: the template can be deployed
  Problems notices;   // accepted without effect
};

// Parameters have their defaults, or a value that fits their constraints.
CheckResult Check(std::string_view text, const CheckOptions& options);

}  // namespace gatehouse::stack
