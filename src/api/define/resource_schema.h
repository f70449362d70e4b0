// Which properties each kind of resource has, as tables, and the laying of what was given over what
// there was. Checks that need other resources are in resource_rules.h. Any thread.
// Source: API Gateway V2 API 2018-11-29 (shapes and bounds), docs/aws/websocket-api.md §12 (what
// WebSocket APIs allow).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/define/resource.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

enum class PropertyType {
  kString,
  kBoolean,
  kInteger,
  kNumber,
  kStrings,    // a list
  kStringMap,  // name → string
  kObject,     // of `members`
  kObjectMap,  // name → object of `members`
};

enum PropertyFlag : unsigned {
  kRequired = 1,
  kImmutable = 2,  // as it was created
  kMerged = 4,     // an update changes the members given; "" or null takes one out
  kHttpOnly = 8,   // AWS has it for HTTP APIs alone
};

struct PropertyRow {
  std::string_view name;
  PropertyType type = PropertyType::kString;
  // Characters of a string, or of each string of a list or map; the value of an integer.
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view allowed = {};  // "NONE|AWS_IAM": one of these; empty: any
  std::string_view initial = {};  // JSON; empty: absent unless given
  unsigned flags = 0;
  std::span<const PropertyRow> members = {};
};

struct KindRow {
  ResourceKind kind;
  std::string_view name;        // "RouteResponse", as in AWS's sentences
  std::string_view collection;  // "routeresponses", as in paths
  std::string_view id_member;   // "routeResponseId"
  std::size_t id_length;        // of ids that we make
  std::size_t count_max;        // of an api, or of a parent
  std::span<const PropertyRow> properties;
};

const KindRow& RowOf(ResourceKind kind);
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

// The rows, one span per file.
std::span<const PropertyRow> ApiRows();
std::span<const PropertyRow> StageRows();
std::span<const PropertyRow> DeploymentRows();
std::span<const PropertyRow> RouteRows();
std::span<const PropertyRow> RouteResponseRows();
std::span<const PropertyRow> AuthorizerRows();
std::span<const PropertyRow> ModelRows();
std::span<const PropertyRow> IntegrationRows();
std::span<const PropertyRow> IntegrationResponseRows();

}  // namespace gatehouse::api
