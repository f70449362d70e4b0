#include "api/define/integration_uri.h"

#include <algorithm>
#include <optional>

#include "aws/arn.h"
#include "aws/name.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kVariable = "${stageVariables.";
constexpr std::string_view kPath = "path/2015-03-31/functions/";
constexpr std::string_view kInvocations = "/invocations";

Error NoFunction(std::string_view uri) {
  return {ErrorCode::kInvalidArgument,
          "Invalid function ARN or invalid uri: " + std::string(uri.substr(0, 256))};
}

// The function's ARN inside an invocations URI; uri itself if it is none.
std::string_view InnerArn(std::string_view uri) {
  std::optional<aws::ArnParts> parts = aws::ParseArn(uri);
  if (!parts || parts->service != aws::kApiGateway || parts->account_id != aws::kLambda) return uri;
  std::string_view path = parts->resource;
  if (!path.starts_with(kPath) || !path.ends_with(kInvocations)) return {};
  path.remove_prefix(kPath.size());
  path.remove_suffix(std::min(kInvocations.size(), path.size()));
  return path;
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
  std::optional<aws::FunctionArnParts> parts = aws::ParseFunctionArn(InnerArn(uri));
  if (!parts || !aws::IsFunctionName(parts->name)) return NoFunction(uri);
  if (parts->qualifier && parts->qualifier->empty()) return NoFunction(uri);
  return std::string(parts->name);
}

std::string QualifierOf(std::string_view uri) {
  std::optional<aws::FunctionArnParts> parts = aws::ParseFunctionArn(InnerArn(uri));
  if (!parts || !parts->qualifier || *parts->qualifier == "$LATEST") return {};
  return std::string(*parts->qualifier);
}

bool IsFunctionUri(std::string_view uri) {
  if (uri.find(kVariable) == std::string_view::npos) return FunctionNameOf(uri).has_value();
  return aws::IsArn(InnerArn(uri)) || InnerArn(uri).starts_with(kVariable);
}

}  // namespace gatehouse::api
