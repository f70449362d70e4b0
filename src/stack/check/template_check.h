// `gatehouse check`: what is wrong with a template, or not supported, without making anything.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "function/define/definition.h"
#include "stack/template/parameters.h"
#include "stack/tree/value.h"

namespace gatehouse::stack {

// Why a function's code will not start; empty: nothing is known.
using CodeFault = std::function<std::string(const function::FunctionDefinition&)>;

struct CheckOptions {
  std::string source_directory;  // of local code: the template's own folder
  // In-process handlers that there are; nothing: not checked.
  std::optional<std::vector<std::string>> in_process_names;
  ParameterInputs parameters = {};
  bool strict_types = false;  // as for up
  CodeFault code_fault = {};  // null: code is not looked at
};

struct CheckResult {
  Problems problems;  // why it cannot be deployed
  Problems unserved;  // what makes $connect answer 500 or 502 to everybody
  Problems warnings;  // what else will answer errors
  Problems notices;   // accepted without effect

  bool is_good() const { return problems.empty() && unserved.empty(); }
};

// Everything wrong is told at once. Parameters have the values given, their defaults, or a value
// that fits their constraints; what hangs on the last is not judged.
CheckResult Check(std::string_view text, const CheckOptions& options);

}  // namespace gatehouse::stack
