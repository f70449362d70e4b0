// Whether a definition keeps AWS's bounds. Pure functions; the messages are for people.
// Source: AWS Lambda API, CreateFunction and AddPermission; quotas of gettingstarted-limits.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "function/define/definition.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

inline constexpr std::size_t kNameCharactersMax = 64;
inline constexpr std::size_t kEnvironmentBytesMax = 4 * 1024;  // names and values of one function
inline constexpr std::size_t kInlineBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kDescriptionCharactersMax = 256;
inline constexpr std::size_t kHandlerCharactersMax = 128;
inline constexpr int kTimeoutSecondsMin = 1, kTimeoutSecondsMax = 900;
inline constexpr int kMemoryMbMin = 128, kMemoryMbMax = 10'240;
inline constexpr std::size_t kTagsMax = 50;
inline constexpr std::size_t kPolicyBytesMax = 20 * 1024;

enum class RuntimeFamily { kPython, kNode, kCustom, kGo, kUnknown };
RuntimeFamily FamilyOf(std::string_view runtime);

bool IsFunctionName(std::string_view name);

// Variables that the platform sets and a function's definition may not.
bool IsReservedVariable(std::string_view name);

// Errors: kInvalidArgument, kUnsupported (a runtime that gatehouse does not run).
Result<void> CheckDefinition(const FunctionDefinition& definition);
// The same, everything that is wrong.
std::vector<Error> DefinitionErrors(const FunctionDefinition& definition);
Result<void> CheckPermission(const Permission& permission);
Result<void> CheckPolicySize(std::span<const Permission> permissions);

}  // namespace gatehouse::function
