#include "server/command/code_faults.h"

#include <utility>

#include "function/define/function_variables.h"

namespace gatehouse::server {

CodeFaults::CodeFaults(net::Loop& loop, process::ChildSpawner& children, const std::string& python,
                       const std::string& node)
    : loop_(loop),
      interpreters_(children, loop, function::BaseVariables().at("PATH"), python, node) {}

std::string CodeFaults::Of(const function::FunctionDefinition& definition) {
  function::CodeLook look = function::LookAtCode(definition);
  if (!look.fault.empty()) return std::move(look.fault);
  if (look.interpreter == function::RuntimeFamily::kUnknown) return {};
  // One that is there is believed to run, so that a start need not wait for it.
  if (look.sdk.empty() && interpreters_.HasCandidates(look.interpreter)) return {};
  return function::InterpreterFault(definition, look, Find(look.interpreter));
}

const Result<function::Interpreter>& CodeFaults::Find(function::RuntimeFamily family) {
  auto known = found_.find(family);
  if (known != found_.end()) return known->second;
  std::optional<Result<function::Interpreter>> answer;
  interpreters_.Find(
      family, [&](Result<function::Interpreter> found) { answer.emplace(std::move(found)); });
  while (!answer) loop_.Turn(std::nullopt);
  return found_.emplace(family, *std::move(answer)).first->second;
}

}  // namespace gatehouse::server
