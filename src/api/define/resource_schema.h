// Which properties each kind of resource has, as tables that templates are read by, too, and the
// laying of what was given over what there was. Checks that need other resources are in
// resource_rules.h. Any thread. Source: API Gateway V2 API 2018-11-29 (shapes and bounds),
// docs/aws/websocket-api.md §12 (what WebSocket APIs allow).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/define/resource.h"
#include "aws/resource_type.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct KindRow {
  ResourceKind kind;
  aws::ResourceType type;       // "AWS::ApiGatewayV2::RouteResponse"
  std::string_view name;        // "RouteResponse", as in AWS's sentences
  std::string_view collection;  // "routeresponses", as in paths
  std::string_view id_member;   // "routeResponseId"
  std::size_t count_max;        // of an api, or of a parent
};

const KindRow& RowOf(ResourceKind kind);
// Of a template's type ("AWS::ApiGatewayV2::Route"); nothing: of another service.
std::optional<ResourceKind> KindOf(std::string_view type);
// Whether it belongs to a route or an integration, and to which of them.
bool HasParent(ResourceKind kind);
ResourceKind ParentOf(ResourceKind kind);

inline constexpr std::size_t kMapEntriesMax = 300;  // of a map or list

enum class ChangeKind {
  kCreate,
  kUpdate,   // what is not given stays; null returns to the default
  kReplace,  // what is not given returns to its default
};

// The resource's properties after the change. `before` has computed properties besides (ids,
// dates), which stay; it is empty for kCreate.
// Errors: kInvalidArgument (unknown property, type, bound, immutable, required).
Result<Properties> ApplyProperties(ResourceKind kind, const Properties& before,
                                   const Properties& given, ChangeKind change);

// Everything that is wrong with properties that a new resource is given, in their order.
struct PropertyError {
  std::string property;  // as given; empty: one that is missing
  std::string sentence;
};
std::vector<PropertyError> PropertyErrors(ResourceKind kind, const Properties& given);

// What AWS has for HTTP APIs alone.
inline constexpr std::string_view kOfHttpApisOnly = " cannot be set for WEBSOCKET protocol Apis.";
constexpr aws::Property OfHttpApis(const aws::Property& row) {
  return row.Refused().RefusedByCalls(kOfHttpApisOnly);
}
// Calls have it in their path.
constexpr aws::Property ApiIdRow() {
  return aws::Text("ApiId").Required().Replaces().InTemplates();
}

// The rows, by kind.
std::span<const aws::Property> ApiRows();
std::span<const aws::Property> StageRows();
std::span<const aws::Property> DeploymentRows();
std::span<const aws::Property> RouteRows();
std::span<const aws::Property> RouteResponseRows();
std::span<const aws::Property> AuthorizerRows();
std::span<const aws::Property> ModelRows();
std::span<const aws::Property> IntegrationRows();
std::span<const aws::Property> IntegrationResponseRows();

}  // namespace gatehouse::api
