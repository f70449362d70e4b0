// `up --inspect FUNCTION[=PORT]`: a function whose process a debugger can join. It has one process,
// which no time limit ends. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "function/define/definition.h"
#include "function/define/definition_check.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

// What an inspected function is told of its time: a debugger may hold it for long.
inline constexpr std::chrono::hours kInspectedTime{24};

// Function, as its name or its logical id in a template → port; 0: the debugger's usual one.
using Inspected = std::map<std::string, std::uint16_t, std::less<>>;

// Errors: kInvalidArgument.
Result<std::pair<std::string, std::uint16_t>> ReadInspect(std::string_view text);

// Nothing: it is not inspected. Node.js and Python only.
std::optional<std::uint16_t> InspectPort(const Inspected& inspected,
                                         const FunctionDefinition& function);

// What stands between the interpreter and our runtime's file.
std::vector<std::string> DebuggerArguments(RuntimeFamily family, std::uint16_t port);

}  // namespace gatehouse::function
