#include "api/define/resource_schema.h"

#include <string>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "api/define/property_check.h"
#include "base/check.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;
using aws::Property;

Error Invalid(std::string sentence) { return {ErrorCode::kInvalidArgument, std::move(sentence)}; }

// Lays `given` over what `into` has under the row's name.
void Lay(const Property& row, Properties& into, bj::value given, ChangeKind change) {
  const std::string name = WithoutCapital(row.name);
  const bj::value* before = into.if_contains(name);
  bj::object merged;
  bool merges = row.Is(Property::kMerged) && change == ChangeKind::kUpdate;
  if (merges && before && before->is_object()) merged = before->get_object();
  if (!given.is_object()) {
    into.insert_or_assign(name, std::move(given));
    return;
  }
  for (auto& [key, entry] : given.get_object()) {
    if (entry.is_null()) {
      merged.erase(key);
    } else {
      merged.insert_or_assign(key, std::move(entry));
    }
  }
  into.insert_or_assign(name, std::move(merged));
}

void SetInitial(const Property& row, Properties& into) {
  const std::string name = WithoutCapital(row.name);
  if (row.initial.empty()) {
    into.erase(name);
  } else {
    into.insert_or_assign(name, bj::parse(row.initial));
  }
}

// What the change starts from.
Properties StartOf(std::span<const Property> rows, const Properties& before, ChangeKind change) {
  Properties start = before;
  if (change == ChangeKind::kUpdate) return start;
  for (const Property& row : rows) {
    if (row.Is(Property::kTemplatesOnly)) continue;
    bool stays = change == ChangeKind::kReplace && row.Is(Property::kImmutable);
    if (!stays) SetInitial(row, start);
  }
  return start;
}

Result<void> ApplyOne(const Property& row, Properties& into, const Properties& before,
                      const bj::value& given, ChangeKind change) {
  if (!row.calls_refusal.empty()) {
    return Invalid(std::string(row.name).append(row.calls_refusal));
  }
  const std::string name = WithoutCapital(row.name);
  Result<bj::value> checked = CheckProperty(row, given, name);
  if (!checked) return checked.error();
  if (row.Is(Property::kImmutable) && change != ChangeKind::kCreate) {
    const bj::value* old = before.if_contains(name);
    if (!old || *old != *checked) return Invalid(name + " cannot be changed");
    return {};
  }
  Lay(row, into, *std::move(checked), change);
  return {};
}

// Goes on after an error, so that all of them are told.
Properties Apply(ResourceKind kind, const Properties& before, const Properties& given,
                 ChangeKind change, std::vector<PropertyError>& errors) {
  std::span<const Property> rows = RowOf(kind).type.properties;
  Properties after = StartOf(rows, before, change);
  for (const auto& [name, value] : given) {
    const Property* row = FindInCalls(rows, name);
    if (!row) {
      errors.push_back(
          {name, fmt::format("{} has no property {}", RowOf(kind).name, std::string_view(name))});
    } else if (value.is_null()) {
      if (!row->Is(Property::kImmutable)) SetInitial(*row, after);
    } else if (Result<void> applied = ApplyOne(*row, after, before, value, change); !applied) {
      errors.push_back({name, std::move(applied).error().message});
    }
  }
  for (const Property& row : rows) {
    const bool required = row.Is(Property::kRequired) || row.Is(Property::kRequiredByCalls);
    if (!required || row.Is(Property::kTemplatesOnly)) continue;
    const std::string name = WithoutCapital(row.name);
    const bj::value* wrong = given.if_contains(name);  // and told
    if (after.contains(name) || (wrong && !wrong->is_null())) continue;
    errors.push_back({"", fmt::format("{} of {} is required", name, RowOf(kind).name)});
  }
  return after;
}

constexpr std::size_t kManyMax = 1000;  // where AWS names no quota
constexpr std::string_view kService = "AWS::ApiGatewayV2::";
constexpr std::string_view kSource = "docs/aws/websocket-api.md §12";

// With an id of that length.
aws::ResourceType Type(std::string_view name, std::span<const Property> properties,
                       std::size_t id_length, std::string_view attributes) {
  aws::ResourceType type;
  type.name = name;
  type.properties = properties;
  type.id = aws::ResourceType::kShort;
  type.id_size = id_length;
  type.attributes = attributes;
  type.source = kSource;
  return type;
}

// A stage's id is its name.
aws::ResourceType StageType() {
  aws::ResourceType type;
  type.name = "AWS::ApiGatewayV2::Stage";
  type.properties = StageRows();
  type.name_property = "StageName";
  type.source = kSource;
  return type;
}

KindRow Kind(ResourceKind kind, const aws::ResourceType& type, std::string_view collection,
             std::string_view id_member, std::size_t count_max) {
  return {kind, type, type.name.substr(kService.size()), collection, id_member, count_max};
}

}  // namespace

// Counts of routes, integrations, stages and authorizers are AWS's quotas.
const KindRow& RowOf(ResourceKind kind) {
  using enum ResourceKind;
  static const KindRow kRows[kResourceKinds] = {
      Kind(kApi, Type("AWS::ApiGatewayV2::Api", ApiRows(), 10, "ApiId ApiEndpoint"), "apis",
           "apiId", 600),
      Kind(kRoute, Type("AWS::ApiGatewayV2::Route", RouteRows(), 7, "RouteId"), "routes", "routeId",
           300),
      Kind(kRouteResponse,
           Type("AWS::ApiGatewayV2::RouteResponse", RouteResponseRows(), 6, "RouteResponseId"),
           "routeresponses", "routeResponseId", kManyMax),
      Kind(kIntegration,
           Type("AWS::ApiGatewayV2::Integration", IntegrationRows(), 7, "IntegrationId"),
           "integrations", "integrationId", 300),
      Kind(kIntegrationResponse,
           Type("AWS::ApiGatewayV2::IntegrationResponse", IntegrationResponseRows(), 6,
                "IntegrationResponseId"),
           "integrationresponses", "integrationResponseId", kManyMax),
      Kind(kAuthorizer, Type("AWS::ApiGatewayV2::Authorizer", AuthorizerRows(), 6, "AuthorizerId"),
           "authorizers", "authorizerId", 10),
      Kind(kModel, Type("AWS::ApiGatewayV2::Model", ModelRows(), 6, "ModelId"), "models", "modelId",
           kManyMax),
      Kind(kDeployment, Type("AWS::ApiGatewayV2::Deployment", DeploymentRows(), 6, "DeploymentId"),
           "deployments", "deploymentId", kManyMax),
      Kind(kStage, StageType(), "stages", "stageName", 10),
  };
  const KindRow& row = kRows[static_cast<std::size_t>(kind)];
  CHECK(row.kind == kind);
  return row;
}

std::optional<ResourceKind> KindOf(std::string_view type) {
  for (std::size_t i = 0; i < kResourceKinds; ++i) {
    const auto kind = static_cast<ResourceKind>(i);
    if (RowOf(kind).type.name == type) return kind;
  }
  return std::nullopt;
}

bool HasParent(ResourceKind kind) {
  return kind == ResourceKind::kRouteResponse || kind == ResourceKind::kIntegrationResponse;
}

ResourceKind ParentOf(ResourceKind kind) {
  CHECK(HasParent(kind));
  return kind == ResourceKind::kRouteResponse ? ResourceKind::kRoute : ResourceKind::kIntegration;
}

Result<Properties> ApplyProperties(ResourceKind kind, const Properties& before,
                                   const Properties& given, ChangeKind change) {
  std::vector<PropertyError> errors;
  Properties after = Apply(kind, before, given, change, errors);
  if (!errors.empty()) return Invalid(std::move(errors.front().sentence));
  return after;
}

std::vector<PropertyError> PropertyErrors(ResourceKind kind, const Properties& given) {
  std::vector<PropertyError> errors;
  (void)Apply(kind, {}, given, ChangeKind::kCreate, errors);
  return errors;
}

}  // namespace gatehouse::api
