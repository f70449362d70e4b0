#include "api/define/resource_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "api/define/integration_uri.h"
#include "api/language/selection_expression.h"
#include "api/stage/stage.h"
#include "aws/arn.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

constexpr std::string_view kTargetStart = "integrations/";
constexpr std::size_t kSchemaDepthMax = 100;

Error Invalid(std::string sentence) { return {ErrorCode::kInvalidArgument, std::move(sentence)}; }
Error Conflict(std::string sentence) { return {ErrorCode::kConflict, std::move(sentence)}; }

// Whether another resource of that kind (and parent) has the same text in that property.
bool IsTaken(const ApiState& state, ResourceKind kind, const Resource& resource,
             std::string_view property) {
  std::string_view text = TextOf(resource.properties, property);
  for (const Resource& other : state.Of(kind)) {
    bool same = other.id == resource.id && other.parent_id == resource.parent_id;
    if (same || other.parent_id != resource.parent_id) continue;
    if (TextOf(other.properties, property) == text) return true;
  }
  return false;
}

bool IsWord(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || more.find(c) != std::string_view::npos;
  });
}

Result<void> CheckApi(const Properties& api) {
  if (TextOf(api, "protocolType") == "HTTP") {
    return Invalid(
        "ProtocolType HTTP: gatehouse serves WebSocket APIs only (ProtocolType WEBSOCKET)");
  }
  std::string_view expression = TextOf(api, "routeSelectionExpression");
  if (expression.empty()) {
    return Invalid("Route selection expression is required for WEBSOCKET protocol Apis");
  }
  auto parsed = SelectionExpression::Parse(expression);
  if (!parsed) return parsed.error();
  return {};
}

Result<void> CheckRequestModels(const ApiState& state, const Properties& route) {
  const bj::value* models = route.if_contains("requestModels");
  if (!models) return {};
  for (const auto& [key, name] : models->get_object()) {
    const auto& all = state.Of(ResourceKind::kModel);
    bool known = std::any_of(all.begin(), all.end(), [&](const Resource& model) {
      return TextOf(model.properties, "name") == std::string_view(name.get_string());
    });
    if (known) continue;
    return Invalid(fmt::format("RequestModels {}: the API has no model named {}",
                               std::string_view(key), std::string_view(name.get_string())));
  }
  return {};
}

Result<void> CheckAuthorization(const ApiState& state, const Properties& route) {
  std::string_view type = TextOf(route, "authorizationType");
  std::string_view authorizer = TextOf(route, "authorizerId");
  if (type != "NONE" && TextOf(route, "routeKey") != "$connect") {
    return Invalid("Currently, authorization is restricted to the $connect route only");
  }
  if (type == "CUSTOM" && authorizer.empty()) {
    return Invalid("AuthorizerId is required for authorization type CUSTOM");
  }
  if (!authorizer.empty() && !state.Find(ResourceKind::kAuthorizer, authorizer)) {
    return Invalid(fmt::format("Invalid Authorizer identifier specified: {}", authorizer));
  }
  return {};
}

Result<void> CheckRoute(const ApiState& state, const Resource& resource) {
  const Properties& route = resource.properties;
  if (IsTaken(state, ResourceKind::kRoute, resource, "routeKey")) {
    return Conflict(
        fmt::format("Route with key {} already exists for this API", TextOf(route, "routeKey")));
  }
  std::string_view target = TextOf(route, "target");
  if (!target.empty()) {
    std::string_view id = IntegrationIdOf(target);
    if (id.empty()) {
      return Invalid(fmt::format("target \"{}\": the form is integrations/ID", target));
    }
    if (!state.Find(ResourceKind::kIntegration, id)) {
      return Invalid(fmt::format("target \"{}\": the API has no integration {}", target, id));
    }
  }
  if (Result<void> fine = CheckAuthorization(state, route); !fine) return fine;
  return CheckRequestModels(state, route);
}

Result<void> CheckIntegration(const Properties& integration) {
  std::string_view type = TextOf(integration, "integrationType");
  std::string_view uri = TextOf(integration, "integrationUri");
  if (type == "MOCK") return {};
  if (uri.empty()) return Invalid(fmt::format("integrationUri is required for type {}", type));
  if (type == "AWS_PROXY" && !IsFunctionUri(uri)) {
    return Invalid(fmt::format("Invalid function ARN or invalid uri: {}", uri));
  }
  bool is_aws = type == "AWS";
  if (is_aws && !aws::IsArn(uri)) {
    return Invalid(fmt::format("integrationUri \"{}\": type AWS takes an ARN", uri));
  }
  bool is_http = type.starts_with("HTTP");
  bool is_url = uri.starts_with("http://") || uri.starts_with("https://") || aws::IsArn(uri) ||
                uri.starts_with("${stageVariables.");
  if (is_http && !is_url) {
    return Invalid(fmt::format("integrationUri \"{}\": type {} takes a URL", uri, type));
  }
  if (TextOf(integration, "connectionType") == "VPC_LINK" &&
      TextOf(integration, "connectionId").empty()) {
    return Invalid("connectionId is required for connectionType VPC_LINK");
  }
  return {};
}

Result<void> CheckResponseKey(const ApiState& state, ResourceKind kind, const Resource& resource) {
  bool of_route = kind == ResourceKind::kRouteResponse;
  std::string_view property = of_route ? "routeResponseKey" : "integrationResponseKey";
  std::string_view key = TextOf(resource.properties, property);
  bool is_pattern = key.size() > 2 && key.starts_with('/') && key.ends_with('/');
  if (key != "$default" && (of_route || !is_pattern)) {
    return Invalid(fmt::format("{} \"{}\": {} is allowed", property, key,
                               of_route ? "only $default" : "$default or /regex/"));
  }
  if (IsTaken(state, kind, resource, property)) {
    return Conflict(fmt::format("{} with key {} already exists", RowOf(kind).name, key));
  }
  return {};
}

Result<void> CheckAuthorizer(const Properties& authorizer) {
  static constexpr std::array<std::string_view, 4> kStarts = {
      "route.request.header.", "route.request.querystring.", "context.", "stageVariables."};
  if (!IsFunctionUri(TextOf(authorizer, "authorizerUri"))) {
    return Invalid("Invalid Authorizer URI: " + std::string(TextOf(authorizer, "authorizerUri")));
  }
  const bj::value* sources = authorizer.if_contains("identitySource");
  for (const bj::value& source : sources->get_array()) {
    std::string_view text = source.get_string();
    bool known = std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view start) {
      return text.size() > start.size() && text.starts_with(start);
    });
    if (!known) {
      return Invalid(
          fmt::format("identitySource \"{}\": the forms are route.request.header.X, "
                      "route.request.querystring.X, context.X and stageVariables.X",
                      text));
    }
  }
  return {};
}

Result<void> CheckModel(const ApiState& state, const Resource& resource) {
  std::string_view name = TextOf(resource.properties, "name");
  if (!IsWord(name, "")) return Invalid("Model name must be alphanumeric: " + std::string(name));
  if (IsTaken(state, ResourceKind::kModel, resource, "name")) {
    return Conflict(fmt::format("Model with name {} already exists for this API", name));
  }
  bj::error_code failed;
  bj::parse_options options;
  options.max_depth = kSchemaDepthMax;
  bj::value schema = bj::parse(TextOf(resource.properties, "schema"), failed, {}, options);
  if (failed || !schema.is_object()) return Invalid("Model schema is no JSON object");
  return {};
}

Result<void> CheckStageVariables(const Properties& stage) {
  for (const auto& [name, value] : stage.at("stageVariables").get_object()) {
    if (std::string_view(name).empty() || !IsWord(name, "_")) {
      return Invalid(fmt::format("stage variable name \"{}\": letters, digits and _ are allowed",
                                 std::string_view(name)));
    }
    if (!IsWord(value.get_string(), "-._~:/?#&=,")) {
      return Invalid(
          fmt::format("the value of stage variable {} may have letters, digits and "
                      "-._~:/?#&=, only",
                      std::string_view(name)));
    }
  }
  return {};
}

Result<void> CheckStage(const ApiState& state, const Properties& stage) {
  if (!IsStageName(TextOf(stage, "stageName"))) {
    return Invalid("Stage name only allows a-zA-Z0-9_- characters, or $default");
  }
  std::string_view deployment = TextOf(stage, "deploymentId");
  if (!deployment.empty() && !state.Find(ResourceKind::kDeployment, deployment)) {
    return Invalid("Deployment id does not exist: " + std::string(deployment));
  }
  const bj::value* logs = stage.if_contains("accessLogSettings");
  if (logs) {
    std::string_view format = TextOf(logs->get_object(), "format");
    bool has_id = format.find("$context.requestId") != std::string_view::npos ||
                  format.find("$context.extendedRequestId") != std::string_view::npos;
    if (!has_id) return Invalid("accessLogSettings.format must contain $context.requestId");
    if (format.find('\n') < format.size() - 1) {
      return Invalid("accessLogSettings.format must be a single line");
    }
  }
  return CheckStageVariables(stage);
}

std::string IdsOf(const std::vector<const Resource*>& resources) {
  std::string ids;
  for (const Resource* resource : resources) {
    if (!ids.empty()) ids += ", ";
    ids += resource->id;
  }
  return ids;
}

// The resources of that kind whose property holds that text.
std::vector<const Resource*> Referring(const ApiState& state, ResourceKind kind,
                                       std::string_view property, std::string_view text) {
  std::vector<const Resource*> found;
  for (const Resource& resource : state.Of(kind)) {
    if (TextOf(resource.properties, property) == text) found.push_back(&resource);
  }
  return found;
}

}  // namespace

std::string_view IntegrationIdOf(std::string_view target) {
  if (!target.starts_with(kTargetStart)) return {};
  target.remove_prefix(kTargetStart.size());
  return target;
}

Result<void> CheckResource(const ApiState& state, ResourceKind kind, const Resource& resource) {
  switch (kind) {
    case ResourceKind::kApi:
      return CheckApi(resource.properties);
    case ResourceKind::kRoute:
      return CheckRoute(state, resource);
    case ResourceKind::kIntegration:
      return CheckIntegration(resource.properties);
    case ResourceKind::kRouteResponse:
    case ResourceKind::kIntegrationResponse:
      return CheckResponseKey(state, kind, resource);
    case ResourceKind::kAuthorizer:
      return CheckAuthorizer(resource.properties);
    case ResourceKind::kModel:
      return CheckModel(state, resource);
    case ResourceKind::kStage:
      return CheckStage(state, resource.properties);
    case ResourceKind::kDeployment:
      break;
  }
  return {};
}

Result<void> CheckDeletion(const ApiState& state, ResourceKind kind, const Resource& resource) {
  using enum ResourceKind;
  if (kind == kIntegration) {
    std::string target = std::string(kTargetStart) + resource.id;
    std::vector<const Resource*> routes = Referring(state, kRoute, "target", target);
    if (routes.empty()) return {};
    return Conflict(
        fmt::format("Cannot delete Integration because it is referenced by the "
                    "following Routes with Ids: [{}]",
                    IdsOf(routes)));
  }
  if (kind == kAuthorizer) {
    std::vector<const Resource*> routes = Referring(state, kRoute, "authorizerId", resource.id);
    if (routes.empty()) return {};
    return Conflict(
        fmt::format("Cannot delete Authorizer because it is referenced by the "
                    "following Routes with Ids: [{}]",
                    IdsOf(routes)));
  }
  if (kind == kDeployment && !Referring(state, kStage, "deploymentId", resource.id).empty()) {
    return Invalid("Active stages pointing to this deployment must be moved or deleted");
  }
  return {};
}

}  // namespace gatehouse::api
