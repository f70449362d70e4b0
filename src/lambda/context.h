// What a handler has at hand in a Lambda function: DynamoDB, @connections and Lambda over HTTPS.
// Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "gatehouse/handler.h"
#include "lambda/aws_client.h"
#include "lambda/connections_client.h"
#include "lambda/functions_client.h"
#include "net/loop/env_variables.h"

namespace gatehouse::lambda {

// The variable that says which stage a function that is invoked directly posts to:
// https://{api}.execute-api.{region}.amazonaws.com/{stage}. AWS's own name for it.
inline constexpr std::string_view kConnectionsService = "APIGATEWAYMANAGEMENTAPI";

// For the whole process; all outlive every context.
struct ContextParts {
  AwsClient& client;
  const net::EnvironmentLookup& environment;
  std::function<void(std::string_view line)> log;  // one line
};

// Of one invocation.
class LambdaContext final : public Context {
 public:
  LambdaContext(const ContextParts& parts, const Event& event);

  Connections& connections() override { return connections_; }
  Result<Connections*> ConnectionsAt(std::string_view endpoint) override;
  std::unique_ptr<Table> table(std::string_view table_name) override;
  Functions& functions() override { return functions_; }
  std::string_view env(std::string_view name) const override;
  std::chrono::milliseconds Now() const override;
  Task<bool> Sleep(std::chrono::milliseconds duration) override;
  void Log(std::string_view line) override { parts_.log(line); }

 private:
  const ContextParts& parts_;
  ConnectionsClient connections_;
  FunctionsClient functions_;
  std::vector<std::unique_ptr<ConnectionsClient>> elsewhere_;
  mutable std::map<std::string, std::string, std::less<>> variables_;  // those that were asked for
};

}  // namespace gatehouse::lambda
