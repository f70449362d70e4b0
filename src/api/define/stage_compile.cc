#include "api/define/stage_compile.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/define/integration_uri.h"
#include "api/define/resource_rules.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;
using enum ResourceKind;

std::map<std::string, std::string> StringsOf(const Properties& properties, std::string_view name) {
  std::map<std::string, std::string> strings;
  const bj::value* given = properties.if_contains(name);
  if (!given || !given->is_object()) return strings;
  for (const auto& [key, value] : given->get_object()) {
    if (value.is_string()) strings.emplace(key, value.get_string());
  }
  return strings;
}

// The URI of the function. Errors: kInvalidArgument (why none can be named).
Result<std::string> FunctionUriOf(const Properties& integration, const StageVariables& variables) {
  std::string refusal = IntegrationRefusal(TextOf(integration, "integrationType"));
  if (!refusal.empty()) return Error{ErrorCode::kUnsupported, std::move(refusal)};
  Result<std::string> uri = ReplaceStageVariables(TextOf(integration, "integrationUri"), variables);
  if (!uri) return uri.error();
  if (Result<std::string> name = FunctionNameOf(*uri); !name) return name;
  return uri;
}

MockDefinition MockOf(const ApiState& snapshot, const Resource& resource) {
  constexpr std::string_view kExpression = "templateSelectionExpression";
  MockDefinition mock;
  mock.request_templates = StringsOf(resource.properties, "requestTemplates");
  mock.template_selection_expression = TextOf(resource.properties, kExpression);
  mock.passthrough_behavior = TextOf(resource.properties, "passthroughBehavior");
  for (const Resource& response : snapshot.Of(kIntegrationResponse)) {
    if (response.parent_id != resource.id) continue;
    const Properties& properties = response.properties;
    mock.responses.push_back({std::string(TextOf(properties, "integrationResponseKey")),
                              StringsOf(properties, "responseTemplates"),
                              std::string(TextOf(properties, kExpression))});
  }
  return mock;
}

IntegrationDefinition IntegrationOf(const ApiState& snapshot, const Resource& resource,
                                    const StageVariables& variables) {
  IntegrationDefinition integration;
  integration.integration_id = resource.id;
  if (TextOf(resource.properties, "integrationType") == "MOCK") {
    integration.mock = MockOf(snapshot, resource);
    return integration;
  }
  Result<std::string> uri = FunctionUriOf(resource.properties, variables);
  if (uri) {
    integration.function_name = *FunctionNameOf(*uri);
    integration.qualifier = QualifierOf(*uri);
  } else {
    integration.refusal = std::move(uri).error().message;
  }
  integration.credentials_arn = TextOf(resource.properties, "credentialsArn");
  const bj::value* timeout = resource.properties.if_contains("timeoutInMillis");
  if (timeout && timeout->is_int64()) integration.timeout = base::Millis{timeout->get_int64()};
  return integration;
}

bool HasRouteResponse(const ApiState& snapshot, std::string_view route_id) {
  const auto& responses = snapshot.Of(kRouteResponse);
  return std::any_of(responses.begin(), responses.end(),
                     [&](const Resource& response) { return response.parent_id == route_id; });
}

// Selection value → name of a model becomes selection value → that model's schema.
std::map<std::string, std::string> SchemasOf(const ApiState& snapshot,
                                             std::map<std::string, std::string> models) {
  for (auto& [key, name] : models) {
    for (const Resource& model : snapshot.Of(kModel)) {
      if (TextOf(model.properties, "name") != name) continue;
      name = TextOf(model.properties, "schema");
      break;
    }
  }
  return models;
}

// Of the settings of a stage or route; what they leave out is as in `otherwise`.
std::optional<ThrottleDefinition> ThrottleOf(const bj::value* settings,
                                             std::optional<ThrottleDefinition> otherwise) {
  if (!settings || !settings->is_object()) return otherwise;
  const bj::value* rate = settings->get_object().if_contains("throttlingRateLimit");
  const bj::value* burst = settings->get_object().if_contains("throttlingBurstLimit");
  if (!rate && !burst) return otherwise;
  ThrottleDefinition throttle =
      otherwise.value_or(ThrottleDefinition{kAccountRequestsPerSecond, kAccountRequestsBurst});
  if (rate && rate->is_number()) throttle.rate = rate->to_number<double>();
  if (burst && burst->is_number()) throttle.burst = burst->to_number<double>();
  return throttle;
}

StageDefinition StageOf(const Properties& properties) {
  StageDefinition stage{std::string(TextOf(properties, "stageName")),
                        StringsOf(properties, "stageVariables")};
  stage.throttle = ThrottleOf(properties.if_contains("defaultRouteSettings"), std::nullopt);
  if (const bj::value* origins = properties.if_contains("origins");
      origins && origins->is_array()) {
    for (const bj::value& origin : origins->get_array()) {
      if (origin.is_string()) stage.origins.emplace_back(origin.get_string());
    }
  }
  const bj::value* routes = properties.if_contains("routeSettings");
  if (!routes || !routes->is_object()) return stage;
  for (const auto& [key, settings] : routes->get_object()) {
    bool has_own = settings.is_object() && (settings.get_object().contains("throttlingRateLimit") ||
                                            settings.get_object().contains("throttlingBurstLimit"));
    if (has_own) stage.route_throttles[key] = *ThrottleOf(&settings, stage.throttle);
  }
  return stage;
}

// The route response makes a route two-way. Whether the expression alone would do so on AWS is
// unknown, so its reader is warned.
RouteDefinition RouteOf(const ApiState& snapshot, const Resource& resource,
                        std::vector<std::string>& warnings) {
  const Properties& properties = resource.properties;
  RouteDefinition route;
  route.key = TextOf(properties, "routeKey");
  route.integration_id = IntegrationIdOf(TextOf(properties, "target"));
  route.refusal = RouteRefusal(route.key, TextOf(properties, "authorizationType"),
                               IsTrue(properties, "apiKeyRequired"));
  bool has_expression = !TextOf(properties, "routeResponseSelectionExpression").empty();
  bool has_response = HasRouteResponse(snapshot, resource.id);
  route.route_response = has_response;
  if (has_expression && !has_response) {
    warnings.push_back(
        fmt::format("route {} has a RouteResponseSelectionExpression but no "
                    "RouteResponse: its answers are not sent",
                    route.key));
  }
  if (!IsTrue(snapshot.api, "disableSchemaValidation")) {
    route.model_selection_expression = TextOf(properties, "modelSelectionExpression");
    route.request_models = SchemasOf(snapshot, StringsOf(properties, "requestModels"));
  }
  return route;
}

void WarnOfRefusals(const Stage& stage, std::vector<std::string>& warnings) {
  for (const Route* route : stage.routes()) {
    if (route->refusal.empty()) continue;
    warnings.push_back(fmt::format("route {} answers {}: {}", route->key,
                                   route->key == "$connect" ? "500" : "Internal server error",
                                   route->refusal));
  }
}

}  // namespace

std::string IntegrationRefusal(std::string_view integration_type) {
  if (integration_type == "AWS_PROXY" || integration_type == "MOCK") return {};
  return fmt::format("integrations of type {} do not run yet in gatehouse", integration_type);
}

// Nobody gets in where access control was asked for that does not run yet.
std::string RouteRefusal(std::string_view route_key, std::string_view authorization_type,
                         bool api_key_required) {
  if (!authorization_type.empty() && authorization_type != "NONE") {
    return fmt::format("AuthorizationType {} does not run yet in gatehouse", authorization_type);
  }
  if (route_key == "$connect" && api_key_required) {
    return "ApiKeyRequired does not run yet in gatehouse";
  }
  return {};
}

Result<CompiledStage> CompileStage(const ApiState& snapshot, const Properties& stage) {
  CompiledStage compiled;
  StageDefinition definition = StageOf(stage);
  ApiDefinition api;
  api.api_id = TextOf(snapshot.api, "apiId");
  api.name = TextOf(snapshot.api, "name");
  api.disable_execute_api_endpoint = IsTrue(snapshot.api, "disableExecuteApiEndpoint");
  api.route_selection_expression = TextOf(snapshot.api, "routeSelectionExpression");
  for (const Resource& integration : snapshot.Of(kIntegration)) {
    api.integrations.push_back(IntegrationOf(snapshot, integration, definition.stage_variables));
  }
  for (const Resource& route : snapshot.Of(kRoute)) {
    api.routes.push_back(RouteOf(snapshot, route, compiled.warnings));
  }
  auto result = Stage::Compile(std::move(api), std::move(definition));
  if (!result) return result.error();
  compiled.stage = *std::move(result);
  WarnOfRefusals(*compiled.stage, compiled.warnings);
  return compiled;
}

}  // namespace gatehouse::api
