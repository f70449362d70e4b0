#include "api/stage_compile.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/integration_uri.h"
#include "api/resource_rules.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;
using enum ResourceKind;

StageVariables VariablesOf(const Properties& stage) {
  StageVariables variables;
  const bj::value* given = stage.if_contains("stageVariables");
  if (!given || !given->is_object()) return variables;
  for (const auto& [name, value] : given->get_object()) {
    if (value.is_string()) variables.emplace(name, value.get_string());
  }
  return variables;
}

// Errors: kInvalidArgument (why no function can be named).
Result<std::string> FunctionOf(const Properties& integration, const StageVariables& variables) {
  std::string_view type = TextOf(integration, "integrationType");
  if (type != "AWS_PROXY") {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("integrations of type {} do not run yet in gatehouse", type)};
  }
  Result<std::string> uri = ReplaceStageVariables(TextOf(integration, "integrationUri"), variables);
  if (!uri) return uri.error();
  return FunctionNameOf(*uri);
}

IntegrationDefinition IntegrationOf(const Resource& resource, const StageVariables& variables) {
  IntegrationDefinition integration;
  integration.integration_id = resource.id;
  Result<std::string> function = FunctionOf(resource.properties, variables);
  if (function) {
    integration.function_name = *std::move(function);
  } else {
    integration.refusal = std::move(function).error().message;
  }
  const bj::value* timeout = resource.properties.if_contains("timeoutInMillis");
  if (timeout && timeout->is_int64()) integration.timeout = base::Millis{timeout->get_int64()};
  return integration;
}

// Nobody gets in where access control was asked for that does not run yet.
std::string RefusalOf(const Properties& route) {
  std::string_view type = TextOf(route, "authorizationType");
  if (!type.empty() && type != "NONE") {
    return fmt::format("AuthorizationType {} does not run yet in gatehouse", type);
  }
  bool is_connect = TextOf(route, "routeKey") == "$connect";
  if (is_connect && IsTrue(route, "apiKeyRequired")) {
    return "ApiKeyRequired does not run yet in gatehouse";
  }
  return {};
}

bool HasRouteResponse(const ApiState& snapshot, std::string_view route_id) {
  const auto& responses = snapshot.Of(kRouteResponse);
  return std::any_of(responses.begin(), responses.end(),
                     [&](const Resource& response) { return response.parent_id == route_id; });
}

// The route response makes a route two-way. Whether the expression alone would do so on AWS is
// unknown, so its reader is warned.
RouteDefinition RouteOf(const ApiState& snapshot, const Resource& resource,
                        std::vector<std::string>& warnings) {
  const Properties& properties = resource.properties;
  RouteDefinition route;
  route.route_key = TextOf(properties, "routeKey");
  route.integration_id = IntegrationIdOf(TextOf(properties, "target"));
  route.refusal = RefusalOf(properties);
  bool has_expression = !TextOf(properties, "routeResponseSelectionExpression").empty();
  bool has_response = HasRouteResponse(snapshot, resource.id);
  route.route_response = has_response;
  if (has_expression && !has_response) {
    warnings.push_back(
        fmt::format("route {} has a RouteResponseSelectionExpression but no "
                    "RouteResponse: its answers are not sent",
                    route.route_key));
  }
  if (!TextOf(properties, "modelSelectionExpression").empty()) {
    warnings.push_back(
        fmt::format("route {} has a ModelSelectionExpression; messages are not "
                    "validated yet in gatehouse",
                    route.route_key));
  }
  return route;
}

void WarnOfRefusals(const ApiDefinition& api, std::vector<std::string>& warnings) {
  for (const RouteDefinition& route : api.routes) {
    std::string why = route.refusal;
    for (const IntegrationDefinition& integration : api.integrations) {
      if (integration.integration_id == route.integration_id && why.empty()) {
        why = integration.refusal;
      }
    }
    if (why.empty()) continue;
    warnings.push_back(fmt::format("route {} answers {}: {}", route.route_key,
                                   route.route_key == "$connect" ? "500" : "Internal server error",
                                   why));
  }
}

}  // namespace

Result<CompiledStage> CompileStage(const ApiState& snapshot, const Properties& stage) {
  CompiledStage compiled;
  StageVariables variables = VariablesOf(stage);
  ApiDefinition api;
  api.api_id = TextOf(snapshot.api, "apiId");
  api.name = TextOf(snapshot.api, "name");
  api.route_selection_expression = TextOf(snapshot.api, "routeSelectionExpression");
  for (const Resource& integration : snapshot.Of(kIntegration)) {
    api.integrations.push_back(IntegrationOf(integration, variables));
  }
  for (const Resource& route : snapshot.Of(kRoute)) {
    api.routes.push_back(RouteOf(snapshot, route, compiled.warnings));
  }
  WarnOfRefusals(api, compiled.warnings);
  std::string name(TextOf(stage, "stageName"));
  auto result = Stage::Compile(std::move(api), {std::move(name), std::move(variables)});
  if (!result) return result.error();
  compiled.stage = *std::move(result);
  return compiled;
}

}  // namespace gatehouse::api
