#include "api/integration_uri.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace gatehouse::api {
namespace {

constexpr std::string_view kVariable = "${stageVariables.";
constexpr std::string_view kPath = "path/2015-03-31/functions/";
constexpr std::string_view kInvocations = "/invocations";
constexpr std::size_t kFunctionNameMax = 64;

Error NoFunction(std::string_view uri) {
  return {ErrorCode::kInvalidArgument,
          "Invalid function ARN or invalid uri: " + std::string(uri.substr(0, 256))};
}

// "a:b:c" into at most count parts; the last holds the rest.
std::vector<std::string_view> Split(std::string_view text, std::size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) break;
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

// The function's ARN inside an invocations URI; uri itself if it is none.
std::string_view InnerArn(std::string_view uri) {
  std::vector<std::string_view> parts = Split(uri, 6);
  if (parts.size() != 6 || parts[2] != "apigateway" || parts[4] != "lambda") return uri;
  std::string_view path = parts[5];
  if (!path.starts_with(kPath) || !path.ends_with(kInvocations)) return {};
  path.remove_prefix(kPath.size());
  path.remove_suffix(std::min(kInvocations.size(), path.size()));
  return path;
}

bool IsFunctionName(std::string_view name) {
  return !name.empty() && name.size() <= kFunctionNameMax &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace

Result<std::string> ReplaceStageVariables(std::string_view text, const StageVariables& variables) {
  std::string out;
  while (true) {
    std::size_t start = std::min(text.find(kVariable), text.size());
    out.append(text.substr(0, start));
    text.remove_prefix(start);
    if (text.empty()) return out;
    std::size_t end = text.find('}');
    if (end == std::string_view::npos) return out.append(text);
    std::string name(text.substr(kVariable.size(), end - kVariable.size()));
    auto it = variables.find(name);
    if (it == variables.end()) {
      return Error{ErrorCode::kInvalidArgument, "the stage has no variable " + name};
    }
    out += it->second;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> FunctionNameOf(std::string_view uri) {
  std::vector<std::string_view> parts = Split(InnerArn(uri), 8);
  bool is_arn = (parts.size() == 7 || parts.size() == 8) && parts[0] == "arn" &&
                parts[2] == "lambda" && parts[5] == "function";
  if (!is_arn || !IsFunctionName(parts[6])) return NoFunction(uri);
  if (parts.size() == 8 && parts[7].empty()) return NoFunction(uri);
  return std::string(parts[6]);
}

bool IsFunctionUri(std::string_view uri) {
  if (uri.find(kVariable) == std::string_view::npos) return FunctionNameOf(uri).has_value();
  return InnerArn(uri).starts_with("arn:") || InnerArn(uri).starts_with(kVariable);
}

}  // namespace gatehouse::api
