#include "api/define/resource_schema.h"

#include <string>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "api/define/property_check.h"
#include "base/check.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

Error Invalid(std::string sentence) { return {ErrorCode::kInvalidArgument, std::move(sentence)}; }

std::string WithCapital(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

// Lays `given` over what `into` has under the row's name.
void Lay(const PropertyRow& row, Properties& into, bj::value given, ChangeKind change) {
  const bj::value* before = into.if_contains(row.name);
  bj::object merged;
  bool merges = (row.flags & kMerged) != 0 && change == ChangeKind::kUpdate;
  if (merges && before && before->is_object()) merged = before->get_object();
  if (!given.is_object()) {
    into.insert_or_assign(row.name, std::move(given));
    return;
  }
  for (auto& [name, entry] : given.get_object()) {
    if (entry.is_null()) {
      merged.erase(name);
    } else {
      merged.insert_or_assign(name, std::move(entry));
    }
  }
  into.insert_or_assign(row.name, std::move(merged));
}

void SetInitial(const PropertyRow& row, Properties& into) {
  if (row.initial.empty()) {
    into.erase(row.name);
  } else {
    into.insert_or_assign(row.name, bj::parse(row.initial));
  }
}

// What the change starts from.
Properties StartOf(std::span<const PropertyRow> rows, const Properties& before, ChangeKind change) {
  Properties start = before;
  if (change == ChangeKind::kUpdate) return start;
  for (const PropertyRow& row : rows) {
    bool stays = change == ChangeKind::kReplace && (row.flags & kImmutable) != 0;
    if (!stays) SetInitial(row, start);
  }
  return start;
}

Result<void> ApplyOne(const PropertyRow& row, Properties& into, const Properties& before,
                      const bj::value& given, ChangeKind change) {
  std::string name(row.name);
  if ((row.flags & kHttpOnly) != 0) {
    return Invalid(WithCapital(row.name) + " cannot be set for WEBSOCKET protocol Apis.");
  }
  Result<bj::value> checked = CheckProperty(row, given, name);
  if (!checked) return checked.error();
  if ((row.flags & kImmutable) != 0 && change != ChangeKind::kCreate) {
    const bj::value* old = before.if_contains(row.name);
    if (!old || *old != *checked) return Invalid(name + " cannot be changed");
    return {};
  }
  Lay(row, into, *std::move(checked), change);
  return {};
}

// Goes on after an error, so that all of them are told.
Properties Apply(ResourceKind kind, const Properties& before, const Properties& given,
                 ChangeKind change, std::vector<PropertyError>& errors) {
  std::span<const PropertyRow> rows = RowOf(kind).properties;
  Properties after = StartOf(rows, before, change);
  for (const auto& [name, value] : given) {
    const PropertyRow* row = FindProperty(rows, name);
    if (!row) {
      errors.push_back(
          {name, fmt::format("{} has no property {}", RowOf(kind).name, std::string_view(name))});
    } else if (value.is_null()) {
      if ((row->flags & kImmutable) == 0) SetInitial(*row, after);
    } else if (Result<void> applied = ApplyOne(*row, after, before, value, change); !applied) {
      errors.push_back({name, std::move(applied).error().message});
    }
  }
  for (const PropertyRow& row : rows) {
    const bj::value* wrong = given.if_contains(row.name);  // and told
    bool is_there = after.contains(row.name) || (wrong && !wrong->is_null());
    if ((row.flags & kRequired) == 0 || is_there) continue;
    errors.push_back({"", fmt::format("{} of {} is required", row.name, RowOf(kind).name)});
  }
  return after;
}

constexpr std::size_t kManyMax = 1000;  // where AWS names no quota

}  // namespace

// Counts of routes, integrations, stages and authorizers are AWS's quotas.
const KindRow& RowOf(ResourceKind kind) {
  using enum ResourceKind;
  static const KindRow kRows[kResourceKinds] = {
      {kApi, "Api", "apis", "apiId", 10, 600, ApiRows()},
      {kRoute, "Route", "routes", "routeId", 7, 300, RouteRows()},
      {kRouteResponse, "RouteResponse", "routeresponses", "routeResponseId", 6, kManyMax,
       RouteResponseRows()},
      {kIntegration, "Integration", "integrations", "integrationId", 7, 300, IntegrationRows()},
      {kIntegrationResponse, "IntegrationResponse", "integrationresponses", "integrationResponseId",
       6, kManyMax, IntegrationResponseRows()},
      {kAuthorizer, "Authorizer", "authorizers", "authorizerId", 6, 10, AuthorizerRows()},
      {kModel, "Model", "models", "modelId", 6, kManyMax, ModelRows()},
      {kDeployment, "Deployment", "deployments", "deploymentId", 6, kManyMax, DeploymentRows()},
      {kStage, "Stage", "stages", "stageName", 0, 10, StageRows()},
  };
  const KindRow& row = kRows[static_cast<std::size_t>(kind)];
  CHECK(row.kind == kind);
  return row;
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
