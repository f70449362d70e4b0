#include "aws/arn.h"

#include <array>

#include <fmt/format.h>

namespace gatehouse::aws {

std::string Arn(std::string_view service, std::string_view region, std::string_view account_id,
                std::string_view resource) {
  return fmt::format("arn:aws:{}:{}:{}:{}", service, region, account_id, resource);
}

std::string FunctionArn(std::string_view region, std::string_view account_id, std::string_view name,
                        std::string_view qualifier) {
  std::string arn = fmt::format("arn:aws:lambda:{}:{}:function:{}", region, account_id, name);
  if (!qualifier.empty()) arn.append(":").append(qualifier);
  return arn;
}

std::string TableArn(std::string_view region, std::string_view account_id, std::string_view name) {
  return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", region, account_id, name);
}

std::string IamArn(std::string_view account_id, std::string_view resource) {
  return Arn(kIam, {}, account_id, resource);
}

std::string ExecuteApiArn(std::string_view region, std::string_view account_id,
                          std::string_view api_id, std::string_view what) {
  return fmt::format("arn:aws:execute-api:{}:{}:{}/{}", region, account_id, api_id, what);
}

std::optional<ArnParts> ParseArn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    std::size_t colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn") return std::nullopt;
  return ArnParts{parts[1], parts[2], parts[3], parts[4], text};
}

std::optional<FunctionArnParts> ParseFunctionArn(std::string_view text) {
  constexpr std::string_view kFunction = "function:";
  std::optional<ArnParts> arn = ParseArn(text);
  if (!arn || arn->service != kLambda || !arn->resource.starts_with(kFunction)) return std::nullopt;
  std::string_view rest = arn->resource.substr(kFunction.size());
  std::size_t colon = rest.find(':');
  FunctionArnParts parts{arn->partition, arn->region, arn->account_id, rest.substr(0, colon), {}};
  if (parts.name.empty()) return std::nullopt;
  if (colon != rest.npos) parts.qualifier = rest.substr(colon + 1);
  return parts;
}

}  // namespace gatehouse::aws
