// From a definition to what starts its process: code in its place, interpreter, bootstrap, and the
// variables that belong to them. Loop thread only.
#pragma once

#include <memory>
#include <string>

#include "base/function.h"
#include "function/code/code_store.h"
#include "function/code/interpreters.h"
#include "function/process/execution_environment.h"

namespace gatehouse::function {

// Our runtimes for Python and Node.js (bootstrap/).
extern const std::string_view kPythonBootstrap;
extern const std::string_view kNodeBootstrap;

// NODE_PATH of a function: the folders in which its modules are looked for after its own.
std::string NodePath(const std::string& interpreter, const std::string& task_root,
                     const std::string& project);

// "@aws-sdk/client-dynamodb 3.1 of /folder": the SDK that AWS has with that runtime (version 2
// until nodejs16.x), or "none".
std::string NodeSdk(std::string_view node_path, std::string_view runtime);

class Launcher {
 public:
  // Writes the bootstraps below the base directory. Blocks; for start-up. Errors: kIo.
  static Result<std::unique_ptr<Launcher>> Create(const ProcessOptions& options,
                                                  process::ChildSpawner& children, net::Loop& loop);

  // done comes later. Errors: those of CodeStore and Interpreters; kInvalidArgument (no executable
  // bootstrap).
  void Prepare(std::shared_ptr<const FunctionDefinition> function,
               base::UniqueFunction<void(Result<Launch>)> done);

  // The interpreter of a function in Python or Node.js and what SDK AWS's runtime of that name
  // would have, "none" if there is none here. done comes later, or never: there is no interpreter.
  void Describe(const FunctionDefinition& function,
                base::UniqueFunction<void(const Interpreter&, const std::string& sdk)> done);

  CodeStore& code() { return code_; }

 private:
  Launcher(const ProcessOptions& options, process::ChildSpawner& children, net::Loop& loop);
  void ChooseProgram(std::shared_ptr<const FunctionDefinition> held, std::string task_root,
                     base::UniqueFunction<void(Result<Launch>)> done);
  Result<Launch> CustomLaunch(const FunctionDefinition& function, std::string task_root) const;
  Launch ManagedLaunch(const FunctionDefinition& function, const std::string& interpreter,
                       std::string task_root) const;

  const std::string runtime_directory_;
  const Variables base_;
  const Inspected inspected_;
  CodeStore code_;
  Interpreters interpreters_;
};

}  // namespace gatehouse::function
