#include "function/define/function_name.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "aws/arn.h"
#include "aws/name.h"
#include "function/define/definition_check.h"

namespace gatehouse::function {
namespace {

std::vector<std::string_view> SplitAtColons(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

bool IsQualifier(std::string_view text) {
  return text == "$LATEST" || (text.size() <= 128 && aws::IsFunctionName(text.substr(0, 64)) &&
                               (text.size() <= 64 || aws::IsFunctionName(text.substr(64))));
}

}  // namespace

Result<FunctionReference> ParseFunctionName(std::string_view text, std::string_view qualifier,
                                            std::string_view region, std::string_view account_id) {
  Error invalid{ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" names no function: a name, a partial or a full ARN", text)};
  if (text.size() > kFunctionReferenceMax) return invalid;
  std::vector<std::string_view> parts = SplitAtColons(text);
  FunctionReference reference;
  std::size_t at = 0;
  if (parts[0] == "arn") {
    std::optional<aws::FunctionArnParts> arn = aws::ParseFunctionArn(text);
    if (!arn || !arn->partition.starts_with("aws")) return invalid;
    reference.foreign = arn->region != region || arn->account_id != account_id;
    at = 6;
  } else if (parts.size() >= 3 && parts[1] == "function") {
    reference.foreign = parts[0] != account_id;
    at = 2;
  } else if (parts.size() >= 2 && parts[0] == "function") {
    at = 1;
  }
  if (parts.size() > at + 2 || !aws::IsFunctionName(parts[at])) return invalid;
  reference.name = parts[at];
  if (parts.size() == at + 2) {
    if (parts[at + 1].empty()) return invalid;
    reference.qualifier = parts[at + 1];
  }
  if (!qualifier.empty()) {
    if (!reference.qualifier.empty() && reference.qualifier != qualifier) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("The derived qualifier from the function name does not match the "
                               "specified qualifier {}.",
                               qualifier)};
    }
    reference.qualifier = qualifier;
  }
  if (!reference.qualifier.empty() && !IsQualifier(reference.qualifier)) return invalid;
  return reference;
}

std::string_view NameForPeople(std::string_view function_name) {
  constexpr std::size_t kRandomPart = 12;
  std::size_t dash = function_name.rfind('-');
  if (dash == function_name.npos || function_name.size() - dash - 1 != kRandomPart) {
    return function_name;
  }
  std::string_view random = function_name.substr(dash + 1);
  bool made = std::all_of(random.begin(), random.end(),
                          [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  std::string_view rest = function_name.substr(0, dash);
  std::size_t before = rest.rfind('-');  // logical ids have letters and digits only
  if (!made || before == rest.npos || before + 1 == rest.size()) return function_name;
  return rest.substr(before + 1);
}

}  // namespace gatehouse::function
