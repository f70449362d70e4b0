#include "api/stage/stage.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace gatehouse::api {
namespace {

constexpr std::size_t kStageNameMax = 128;

const IntegrationDefinition* FindIntegration(const ApiDefinition& api, const std::string& id) {
  for (const IntegrationDefinition& integration : api.integrations) {
    if (integration.integration_id == id) return &integration;
  }
  return nullptr;
}

// Why a route cannot run; empty: it can.
std::string RefusalOf(const RouteDefinition& route, const IntegrationDefinition* integration) {
  if (!route.refusal.empty()) return route.refusal;
  return integration ? integration->refusal : "the route has no integration";
}

Result<void> CompileMock(Route& route) {
  if (!route.integration->mock) return {};
  auto mock = MockIntegration::Compile(*route.integration->mock);
  if (!mock) return mock.error();
  route.mock = *std::move(mock);
  route.reads_body = route.mock->reads_body();
  return {};
}

Result<void> CompileModels(Route& route) {
  if (route.model_selection_expression.empty()) return {};
  auto models = RequestModels::Compile(route.model_selection_expression, route.request_models);
  if (!models) return models.error();
  route.models = *std::move(models);
  route.reads_body = route.reads_body || route.models->reads_body();
  return {};
}

// A MOCK integration or model that cannot be compiled refuses the route.
Route CompileRoute(RouteDefinition said, const IntegrationDefinition* integration) {
  Route route{std::move(said)};
  route.integration = integration;
  route.refusal = RefusalOf(route, integration);
  if (!route.refusal.empty()) return route;
  Result<void> compiled = CompileMock(route);
  if (compiled) compiled = CompileModels(route);
  if (!compiled) route.refusal = std::move(compiled).error().message;
  return route;
}

std::shared_ptr<TokenBucket> BucketOf(const ThrottleDefinition& throttle) {
  return std::make_shared<TokenBucket>(throttle.rate, throttle.burst);
}

}  // namespace

bool IsStageName(std::string_view name) {
  if (name == "$default") return true;
  return !name.empty() && name.size() <= kStageNameMax &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

Result<std::shared_ptr<const Stage>> Stage::Compile(ApiDefinition api, StageDefinition stage) {
  if (!IsStageName(stage.stage_name)) {
    return Error{
        ErrorCode::kInvalidArgument,
        "stage name \"" + stage.stage_name +
            "\": 1 to 128 letters, digits, hyphens and underscores are allowed, or $default"};
  }
  auto expression = SelectionExpression::Parse(api.route_selection_expression);
  if (!expression) return expression.error();
  std::shared_ptr<Stage> compiled(new Stage);
  compiled->api_ = std::move(api);
  compiled->stage_ = std::move(stage);
  compiled->expression_ = std::make_unique<SelectionExpression>(std::move(*expression));
  if (compiled->stage_.throttle) compiled->throttle_ = BucketOf(*compiled->stage_.throttle);
  for (RouteDefinition& said : std::exchange(compiled->api_.routes, {})) {
    const IntegrationDefinition* integration = nullptr;
    if (!said.integration_id.empty()) {
      integration = FindIntegration(compiled->api_, said.integration_id);
      if (!integration) {
        return Error{ErrorCode::kInvalidArgument,
                     "route " + said.key + ": no integration " + said.integration_id};
      }
    }
    const std::string key = said.key;
    Route entry = CompileRoute(std::move(said), integration);
    auto own = compiled->stage_.route_throttles.find(key);
    bool has_own = own != compiled->stage_.route_throttles.end();
    entry.throttle = has_own ? BucketOf(own->second) : compiled->throttle_;
    entry.index = compiled->routes_.size();
    auto [place, is_new] = compiled->routes_.emplace(key, std::move(entry));
    if (!is_new) {
      return Error{ErrorCode::kInvalidArgument, "route " + key + " is given twice"};
    }
    compiled->routes_by_index_.push_back(&place->second);
  }
  return std::shared_ptr<const Stage>(std::move(compiled));
}

std::shared_ptr<const Stage> Stage::WithoutRoutes() const {
  std::shared_ptr<Stage> empty(new Stage);
  empty->api_.api_id = api_.api_id;
  empty->api_.name = api_.name;
  empty->stage_.stage_name = stage_.stage_name;
  empty->expression_ = std::make_unique<SelectionExpression>(*expression_);
  return empty;
}

const Route* Stage::Find(std::string_view key) const {
  auto it = routes_.find(key);
  return it == routes_.end() ? nullptr : &it->second;
}

const Route* Stage::SelectRoute(std::string_view value) const {
  const bool of_lifecycle =
      value.starts_with('$') && (value == "$connect" || value == "$disconnect");
  const Route* route = of_lifecycle ? nullptr : Find(value);
  return route ? route : default_route();
}

std::string Stage::RouteKeysForPeople() const {
  std::string keys;
  for (const Route* route : routes_by_index_) {
    if (route->key == "$connect" || route->key == "$disconnect") continue;
    if (!keys.empty()) keys += ", ";
    keys += route->key;
  }
  return keys.empty() ? "none" : keys;
}

}  // namespace gatehouse::api
