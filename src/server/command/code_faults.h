// Why a function's code will not start on this machine (function/process/code_fault.h), with the
// interpreter that would run it: for `check`, and for `up` before it is ready. First loop only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "function/code/interpreters.h"
#include "function/process/code_fault.h"
#include "net/loop/loop.h"
#include "process/child_processes.h"

namespace gatehouse::server {

class CodeFaults {
 public:
  // python, node: as the options of that name. Everything given must outlive this.
  CodeFaults(net::Loop& loop, process::ChildSpawner& children, const std::string& python,
             const std::string& node);

  // Empty: nothing is known. Turns the loop while an interpreter is asked for its SDK, which is
  // done once and only if a function imports it (at most function::kProbeTimeMax for each
  // candidate).
  std::string Of(const function::FunctionDefinition& definition);

 private:
  const Result<function::Interpreter>& Find(function::RuntimeFamily family);

  net::Loop& loop_;
  function::Interpreters interpreters_;
  std::map<function::RuntimeFamily, Result<function::Interpreter>> found_;
};

}  // namespace gatehouse::server
