#include "function/define/definition_check.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "aws/name.h"

namespace gatehouse::function {
namespace {

constexpr std::array kReserved{
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// [a-zA-Z][a-zA-Z0-9_]+
bool IsVariableName(std::string_view name) {
  return name.size() >= 2 && IsLetter(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
           return IsLetter(c) || IsDigit(c) || c == '_';
         });
}

Error Invalid(const FunctionDefinition& definition, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("function {}: {}", definition.name, what)};
}

Result<void> CheckEnvironment(const FunctionDefinition& definition) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : definition.environment) {
    bytes += name.size() + value.size();
    if (!IsVariableName(name)) {
      return Invalid(
          definition,
          fmt::format("the environment variable \"{}\" has no valid name; a letter, then "
                      "letters, digits and _, two characters at least",
                      name));
    }
    if (value.find('\0') != std::string::npos) {
      return Invalid(definition,
                     fmt::format("the environment variable {} has a NUL in its value", name));
    }
    if (IsReservedVariable(name)) {
      return Invalid(
          definition,
          fmt::format("Lambda was unable to configure your environment variables because "
                      "the environment variables you have provided contains reserved "
                      "keys that are currently not supported for modification. Reserved "
                      "keys used in this request: {}",
                      name));
    }
  }
  if (bytes <= kEnvironmentBytesMax) return {};
  return Invalid(definition, fmt::format("its environment variables have {} bytes; {} are allowed",
                                         bytes, kEnvironmentBytesMax));
}

Result<void> CheckInlineCode(const FunctionDefinition& definition, RuntimeFamily family) {
  if (family != RuntimeFamily::kPython && family != RuntimeFamily::kNode) {
    return Invalid(definition, "inline code is possible for Python and Node.js only");
  }
  if (definition.code.text.size() > kInlineBytesMax) {
    return Invalid(definition, fmt::format("inline code has {} bytes; {} are allowed",
                                           definition.code.text.size(), kInlineBytesMax));
  }
  return {};
}

Result<void> CheckProcess(const FunctionDefinition& definition) {
  RuntimeFamily family = FamilyOf(definition.runtime);
  if (family == RuntimeFamily::kUnknown) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("function {}: gatehouse does not run the runtime \"{}\"; it runs "
                             "python3.*, nodejs*, provided* and go1.x",
                             definition.name, definition.runtime)};
  }
  bool blank = std::any_of(definition.handler.begin(), definition.handler.end(),
                           [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (blank || definition.handler.size() > kHandlerCharactersMax) {
    return Invalid(definition, fmt::format("its handler has blanks or more than {} characters",
                                           kHandlerCharactersMax));
  }
  if (definition.handler.empty() && family != RuntimeFamily::kCustom) {
    return Invalid(definition, "it has no handler");
  }
  if (definition.code.kind == CodeSource::kNone || definition.code.text.empty()) {
    return Invalid(definition, "it has no code");
  }
  if (definition.code.kind == CodeSource::kInline) return CheckInlineCode(definition, family);
  return {};
}

}  // namespace

RuntimeFamily FamilyOf(std::string_view runtime) {
  if (runtime.starts_with("python3.")) return RuntimeFamily::kPython;
  if (runtime.starts_with("nodejs")) return RuntimeFamily::kNode;
  if (runtime.starts_with("provided")) return RuntimeFamily::kCustom;
  return runtime == "go1.x" ? RuntimeFamily::kGo : RuntimeFamily::kUnknown;
}

bool IsReservedVariable(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

Result<void> CheckDefinition(const FunctionDefinition& definition) {
  std::vector<Error> errors = DefinitionErrors(definition);
  if (errors.empty()) return {};
  return std::move(errors.front());
}

std::vector<Error> DefinitionErrors(const FunctionDefinition& definition) {
  using std::chrono::seconds;
  std::vector<Error> errors;
  auto invalid = [&](std::string_view what) { errors.push_back(Invalid(definition, what)); };
  if (!aws::IsFunctionName(definition.name)) {
    errors.push_back({ErrorCode::kInvalidArgument,
                      fmt::format("\"{}\" is no name of a function: 1 to {} letters, digits, - "
                                  "and _",
                                  definition.name, kNameCharactersMax)});
  }
  base::Millis timeout = definition.timeout;
  if (timeout < seconds{kTimeoutSecondsMin} || timeout > seconds{kTimeoutSecondsMax} ||
      timeout % seconds{1} != base::Millis{0}) {
    invalid(fmt::format("its timeout is {} ms; {} to {} whole seconds are allowed", timeout.count(),
                        kTimeoutSecondsMin, kTimeoutSecondsMax));
  }
  if (definition.memory_mb < kMemoryMbMin || definition.memory_mb > kMemoryMbMax) {
    invalid(fmt::format("its memory size is {} MB; {} to {} are allowed", definition.memory_mb,
                        kMemoryMbMin, kMemoryMbMax));
  }
  if (definition.description.size() > kDescriptionCharactersMax) {
    invalid(fmt::format("its description has more than {} characters", kDescriptionCharactersMax));
  }
  if (definition.tags.size() > kTagsMax) {
    invalid(fmt::format("it has more than {} tags", kTagsMax));
  }
  auto add = [&](Result<void> fine) {
    if (!fine) errors.push_back(std::move(fine).error());
  };
  add(CheckEnvironment(definition));
  if (definition.in_process.empty()) add(CheckProcess(definition));
  return errors;
}

Result<void> CheckPermission(const Permission& permission) {
  const std::string& id = permission.statement_id;
  bool valid_id = !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '-' || c == '_';
  });
  if (!valid_id) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("\"{}\" is no statement id: 1 to 100 letters, digits, - and _", id)};
  }
  if (permission.action != "*" && permission.action != "lambda:*" &&
      (!permission.action.starts_with("lambda:") || permission.action.size() < 8)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("\"{}\" is no action of Lambda, such as lambda:InvokeFunction",
                             permission.action)};
  }
  if (permission.principal.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("the permission {} names no principal", id)};
  }
  return {};
}

Result<void> CheckPolicySize(std::span<const Permission> permissions) {
  constexpr std::size_t kStatementBytes = 120;  // what AWS writes around the values, about
  std::size_t bytes = 0;
  for (const Permission& p : permissions) {
    bytes += kStatementBytes + p.statement_id.size() + p.action.size() + p.principal.size() +
             p.source_arn.size() + p.source_account.size();
  }
  if (bytes <= kPolicyBytesMax) return {};
  return Error{ErrorCode::kLimitExceeded,
               fmt::format("The final policy size ({}) is bigger than the limit ({}).", bytes,
                           kPolicyBytesMax)};
}

}  // namespace gatehouse::function
