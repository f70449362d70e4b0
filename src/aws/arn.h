// Amazon Resource Names, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE: made and read. Pure
// functions; what is read are views into the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/service.h"

namespace gatehouse::aws {

struct Place {  // where resources are
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

inline constexpr std::string_view kArnStart = "arn:";
// Whether somebody means an ARN rather than a name, not whether it is a good one.
inline bool IsArn(std::string_view text) { return text.starts_with(kArnStart); }

// Of partition aws. Some services leave region or account empty (IAM, API Gateway).
std::string Arn(std::string_view service, std::string_view region, std::string_view account_id,
                std::string_view resource);
inline std::string Arn(std::string_view service, const Place& place, std::string_view resource) {
  return Arn(service, place.region, place.account_id, resource);
}

// "arn:aws:lambda:REGION:ACCOUNT:function:NAME", and ":QUALIFIER" unless that is empty.
std::string FunctionArn(std::string_view region, std::string_view account_id, std::string_view name,
                        std::string_view qualifier = {});
std::string TableArn(std::string_view region, std::string_view account_id, std::string_view name);
// resource: "role/path/name", "policy/name", "root"
std::string IamArn(std::string_view account_id, std::string_view resource);
// what: "STAGE/ROUTE", "STAGE/POST/@connections/ID", "*"
std::string ExecuteApiArn(std::string_view region, std::string_view account_id,
                          std::string_view api_id, std::string_view what);

struct ArnParts {
  std::string_view partition, service, region, account_id;
  std::string_view resource;  // whatever follows, with its colons
};
// Nothing unless it has all six parts and begins with "arn".
std::optional<ArnParts> ParseArn(std::string_view text);

struct FunctionArnParts {
  std::string_view partition, region, account_id;
  std::string_view name;                      // not empty, else unchecked
  std::optional<std::string_view> qualifier;  // whatever follows, with its colons
};
// Nothing if it is no ARN of a Lambda function.
std::optional<FunctionArnParts> ParseFunctionArn(std::string_view text);

}  // namespace gatehouse::aws
