#include "lambda/context.h"

#include "lambda/dynamodb_table.h"
#include "lambda/waiting.h"

namespace gatehouse::lambda {
namespace {

// https://{domainName}/{stage}, as AWS's guide tells handlers to write it.
Result<Endpoint> OwnEndpoint(const net::EnvironmentLookup& environment, const Event& event) {
  if (const RequestContext* context = event.request_context) {
    std::string stage = EncodeSegment(context->stage);
    return ParseEndpoint("https://" + std::string(context->domain_name) + "/" + stage);
  }
  std::string name = "AWS_ENDPOINT_URL_" + std::string(kConnectionsService);
  std::optional<std::string> url = environment(name);
  if (url && !url->empty()) return ParseEndpoint(*url);
  return Error{ErrorCode::kUnsupported,
               name + " does not say which stage a direct invocation posts to"};
}

}  // namespace

LambdaContext::LambdaContext(const ContextParts& parts, const Event& event)
    : parts_(parts),
      connections_(parts.client, OwnEndpoint(parts.environment, event)),
      functions_(parts.client,
                 ServiceEndpoint(parts.environment, "lambda", parts.client.region())) {}

Result<Connections*> LambdaContext::ConnectionsAt(std::string_view endpoint) {
  Result<Endpoint> parsed = ParseEndpoint(endpoint);
  if (!parsed) return parsed.error();
  elsewhere_.push_back(std::make_unique<ConnectionsClient>(parts_.client, std::move(parsed)));
  return elsewhere_.back().get();
}

std::unique_ptr<Table> LambdaContext::table(std::string_view table_name) {
  return std::make_unique<DynamodbTable>(
      parts_.client, ServiceEndpoint(parts_.environment, "dynamodb", parts_.client.region()),
      table_name);
}

std::string_view LambdaContext::env(std::string_view name) const {
  auto known = variables_.find(name);
  if (known == variables_.end()) {
    std::string key(name);
    known = variables_.emplace(key, parts_.environment(key).value_or("")).first;
  }
  return known->second;
}

std::chrono::milliseconds LambdaContext::Now() const { return parts_.client.loop().WallNow(); }

Task<bool> LambdaContext::Sleep(std::chrono::milliseconds duration) {
  Task<void> pause = Pause(parts_.client.loop(), duration);
  co_await pause;
  co_return true;
}

}  // namespace gatehouse::lambda
