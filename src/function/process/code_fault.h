// What files tell of a function's code before it ever runs: whether its handler's file is there,
// whether what it imports of the AWS SDK can be found. Reads files; blocks.
//
// Only what is certain to fail is a fault: a handler that is generated, or an SDK that is imported
// inside a function, is not looked for. Imports are those of the handler's file and of the files of
// its own that this one imports.
#pragma once

#include <string>

#include "function/code/interpreters.h"
#include "function/define/definition.h"
#include "function/define/definition_check.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

struct CodeLook {
  std::string fault;  // a sentence that says what to do; empty: none found
  // The machine's interpreter that would run it: kPython, kNode; kUnknown: none, or its own.
  RuntimeFamily interpreter = RuntimeFamily::kUnknown;
  std::string sdk;  // what it imports of the SDK and does not have beside it; empty: nothing
  // What its handler's file names of AWS: the management API of connections, Lambda's API.
  bool names_connections = false;
  bool names_lambda = false;
};

// In-process functions have no fault.
CodeLook LookAtCode(const FunctionDefinition& definition);

// What is wrong with the interpreter that was found for it; empty: nothing.
std::string InterpreterFault(const FunctionDefinition& definition, const CodeLook& look,
                             const Result<Interpreter>& found);

}  // namespace gatehouse::function
