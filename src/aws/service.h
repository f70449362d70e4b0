// The services that gatehouse has or names: their signing names (the service of a credential scope,
// an ARN's third part) and the protocol family that each speaks. Plain values.
#pragma once

#include <string_view>

namespace gatehouse::aws {

inline constexpr std::string_view kApiGateway = "apigateway";
inline constexpr std::string_view kCloudFormation = "cloudformation";
inline constexpr std::string_view kDynamoDb = "dynamodb";
inline constexpr std::string_view kEvents = "events";
inline constexpr std::string_view kExecuteApi = "execute-api";
inline constexpr std::string_view kIam = "iam";
inline constexpr std::string_view kLambda = "lambda";
inline constexpr std::string_view kScheduler = "scheduler";
inline constexpr std::string_view kSsm = "ssm";
inline constexpr std::string_view kSts = "sts";

enum class ServiceFamily {
  kRestJson,  // Lambda, @connections, API Gateway's control plane, EventBridge Scheduler
  kJson,      // DynamoDB (JSON 1.0), EventBridge, Systems Manager (JSON 1.1)
  kQuery,     // CloudFormation, STS, IAM
};

// Of a signing name; what is not known here speaks REST-JSON, as most services do.
constexpr ServiceFamily FamilyOf(std::string_view service) {
  if (service == kDynamoDb || service == kEvents || service == kSsm) return ServiceFamily::kJson;
  bool query = service == kCloudFormation || service == kSts || service == kIam;
  return query ? ServiceFamily::kQuery : ServiceFamily::kRestJson;
}

}  // namespace gatehouse::aws
